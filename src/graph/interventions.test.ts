import { describe, expect, test } from "vitest";
import { feedsOf } from "../explain/feeds";
import { float32, zeros } from "../tensor/tensor";
import { anatomyOf } from "./anatomy";
import { canonicalise } from "./canonicalise";
import { interventionInputs, withInterventions } from "./interventions";
import { usedInputs } from "./prune";
import { withTaps } from "./taps";
import { type FixtureFile, fixtureFiles } from "./testing/fixtures";
import { runModel } from "./testing/run";

const ids = [3, 14, 15, 9];

function prepare(file: FixtureFile) {
  const plain = canonicalise(file.model(), file.config);
  const anatomy = anatomyOf(plain);
  const used = usedInputs(plain.model.graph);
  const feeds = feedsOf(
    plain.inputs.filter((i) => used.has(i.name)),
    plain.inputs.some((i) => i.role === "pixels")
      ? { pixels: zeros("float32", [1, 3, ...plain.point.image]) }
      : { ids: [ids], mask: [ids.map(() => 1)], segments: [ids.map(() => 0)] },
  );
  const tapped = withTaps(plain, anatomy);
  const { canonical, defaults } = withInterventions(plain, anatomy);
  const changed = withTaps(canonical, anatomy);
  const only = (model: typeof tapped) => {
    const read = usedInputs(model.graph);
    return { ...model, graph: { ...model.graph, inputs: model.graph.inputs.filter((i) => read.has(i.name)) } };
  };
  return { plain, anatomy, feeds, defaults, before: only(tapped), after: only(changed), external: file.external() };
}

describe("interventions that are left alone change nothing, bit for bit", () => {
  test.each(fixtureFiles().map((file) => [file.name, file] as const))("%s", async (_name, file) => {
    const { feeds, defaults, before, after, external } = prepare(file);
    const names = before.graph.outputs.map((o) => o.name);
    const was = await runModel(before, feeds, names, external);
    const is = await runModel(after, { ...feeds, ...defaults }, names, external);
    for (const name of names) {
      expect(is[name].dims).toEqual(was[name].dims);
      expect(
        Array.from(is[name].data as Float32Array).every((v, i) => v === (was[name].data as Float32Array)[i]),
        name,
      ).toBe(true);
    }
  });
});

describe("interventions", () => {
  const file = fixtureFiles().find((f) => /gpt2\b.*model\.onnx$/.test(f.name)) as FixtureFile;

  test("an embedding on the way from a base is base + alpha (x - base)", async () => {
    const { anatomy, feeds, defaults, after, external } = prepare(file);
    const [source] = anatomy.embedding.sources;
    const own = (await runModel(after, { ...feeds, ...defaults }, [source], external))[source];
    const base = float32(
      own.dims,
      Array.from({ length: own.data.length }, (_, i) => Math.sin(i)),
    );
    const changed = {
      ...feeds,
      ...defaults,
      [interventionInputs.base]: base,
      [interventionInputs.alpha]: float32([1, 1, 1], [0.25]),
    };
    const got = (await runModel(after, changed, [source], external))[source].data as Float32Array;
    const x = own.data as Float32Array;
    got.forEach((v, i) => {
      expect(v).toBeCloseTo(Math.sin(i) + 0.25 * (x[i] - Math.sin(i)), 5);
    });
  });

  test("a delta reaches the layers behind it and none before", async () => {
    const { anatomy, feeds, defaults, after, external } = prepare(file);
    const layers = anatomy.residual!.layers.map((l) => l.value);
    const plain = await runModel(after, { ...feeds, ...defaults }, layers, external);
    const moved = { ...feeds, ...defaults, [interventionInputs.delta(1)]: float32([1, 1, 1], [0.5]) };
    const got = await runModel(after, moved, layers, external);
    expect(got[layers[0]].data).toEqual(plain[layers[0]].data);
    (got[layers[1]].data as Float32Array).forEach((v, i) => {
      expect(v).toBeCloseTo((plain[layers[1]].data as Float32Array)[i] + 0.5, 5);
    });
    expect(got[layers[2]].data).not.toEqual(plain[layers[2]].data);
  });

  test("a head that isn't kept attends to nothing, and a pattern takes its place", async () => {
    const { anatomy, feeds, defaults, after, external } = prepare(file);
    const { value } = anatomy.sites[0].probs;
    const plain = (await runModel(after, { ...feeds, ...defaults }, [value], external))[value];
    const [, heads, rows, columns] = plain.dims;
    const keep = float32(
      [1, heads, 1, 1],
      Array.from({ length: heads }, (_, h) => (h === 1 ? 0 : 1)),
    );
    const pattern = float32(
      plain.dims,
      Array.from({ length: plain.data.length }, (_, i) => (Math.floor(i / (rows * columns)) === 1 ? 1 / columns : 0)),
    );
    const changed = {
      ...feeds,
      ...defaults,
      [interventionInputs.keep(0)]: keep,
      [interventionInputs.pattern(0)]: pattern,
    };
    const got = (await runModel(after, changed, [value], external))[value].data as Float32Array;
    const was = plain.data as Float32Array;
    got.forEach((v, i) => {
      expect(v).toBe(Math.floor(i / (rows * columns)) === 1 ? Math.fround(1 / columns) : was[i]);
    });
  });
});
