import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folderOf } from "../cli/folder";
import { createNodeSession } from "../cli/session";
import { fixturesDir } from "../onnx/testing/fixtures";
import { float32, type Tensor } from "../tensor/tensor";
import type { Encoding } from "../text/encoding";
import type { MethodContext } from "./attribution";
import { readModel } from "./conformance/folder";
import { type Engine, openEngine } from "./engine";
import { attribute } from "./explain";
import { attnLrp } from "./methods/attn-lrp";
import { gradientXInput } from "./methods/gradient-x-input";
import { leaveOneOut } from "./methods/leave-one-out";
import { saliency } from "./methods/saliency";
import type { PassResult, PassRow, Place, Wanted } from "./passes";
import { passesOf } from "./passes-of";
import { batchOf } from "./row-feeds";
import type { Target } from "./target";

const files = [
  "bert-seqcls/onnx/model.onnx",
  "bert-mlm/onnx/model.onnx",
  "deberta-v2/onnx/model.onnx",
  "gpt2/onnx/model.onnx",
  "gpt_neox/onnx/model.onnx",
  "llama/genai/fp32/model.onnx",
  "squeezebert/onnx/model_dynamo18.onnx",
];

const rowOf = (ids: readonly number[], position: number | null): PassRow => ({
  ids,
  mask: ids.map(() => 1),
  segments: ids.map(() => 0),
  position,
});

const numbers = ({ data }: Tensor): number[] => Array.from(data as Float32Array);
const dot = (a: Tensor, b: Tensor): number => numbers(a).reduce((sum, v, i) => sum + v * (b.data[i] as number), 0);
const largest = (t: Tensor): number => numbers(t).reduce((most, v) => Math.max(most, Math.abs(v)), 0);

function expectClose(found: Tensor, wanted: Tensor, limit = 2e-5): void {
  expect(found.dims).toEqual(wanted.dims);
  const scale = Math.max(1e-6, largest(wanted));
  const off = numbers(found).reduce((most, v, i) => Math.max(most, Math.abs(v - (wanted.data[i] as number))), 0);
  expect(off / scale).toBeLessThan(limit);
}

describe.each(files)("%s", { timeout: 60_000 }, (name) => {
  let engine: Engine;
  const perToken = () => engine.canonical.facts.dims(engine.canonical.answers[0].name)?.length === 3;
  const long = [11, 12, 13, 14, 15, 16];
  const short = [17, 18, 19, 20];
  const row = (ids: readonly number[], at = ids.length - 1) => rowOf(ids, perToken() ? at : null);
  const target: Target = { position: null, index: 1 };
  const runAll = async (rows: readonly PassRow[], wanted: Wanted): Promise<PassResult[]> => {
    const results: PassResult[] = [];
    await passesOf(engine).run(rows, wanted, (result, i) => {
      results[i] = result;
    });
    expect(Object.keys(results)).toHaveLength(rows.length);
    return results;
  };
  const one = async (r: PassRow, wanted: Wanted) => (await runAll([r], wanted))[0];

  beforeAll(async () => {
    const [folder, ...path] = name.split("/");
    const model = await readModel(folderOf(`${fixturesDir()}/${folder}`), path.join("/"));
    engine = await openEngine(model, createNodeSession);
  }, 60_000);
  afterAll(() => engine.release(), 60_000);

  const places = (): Place[] => {
    const sites = engine.sites.map((s) => s.index);
    const layers = engine.anatomy.residual?.layers.map((_, layer) => layer) ?? [];
    return [
      { at: "embedding" },
      ...layers.map((layer) => ({ at: "residual", layer }) as const),
      ...sites.flatMap((site) => (["probs", "heads", "module"] as const).map((at) => ({ at, site }))),
      ...(engine.anatomy.residual?.finalNorm ? [{ at: "final norm" } as const] : []),
    ];
  };

  test("rows run together are what each is alone, in values and derivatives", async () => {
    const rows = [row(long), row(short), row([...long].reverse(), 2), row([5, 6, 7, 8], 1)];
    const wanted: Wanted = { target, read: places(), by: places() };
    const together = await runAll(rows, wanted);
    for (const [i, r] of rows.entries()) {
      const alone = await one(r, wanted);
      expect(together[i].value).toBeCloseTo(alone.value, 4);
      for (const place of places()) {
        expectClose(together[i].read(place), alone.read(place));
        expectClose(together[i].cotangent(place), alone.cotangent(place));
      }
    }
  });

  test("a plain pass and one of the explaining session give the same row and values", async () => {
    const plain = await one(row(long), { target, read: places() });
    const explained = await one(row(long), { target, read: places(), by: [{ at: "embedding" }] });
    expect(numbers(float32([plain.row.length], explained.row))).toEqual(
      numbers(float32([plain.row.length], plain.row)),
    );
    for (const place of places()) expectClose(plain.read(place), explained.read(place), 1e-6);
  });

  test("the row of a plain pass is that of all logits at its position", async () => {
    const [{ name: answer }] = engine.canonical.answers;
    const all = (await engine.runBatch(batchOf([row(long)]), [answer]))[answer];
    const width = all.dims.at(-1) as number;
    for (const at of perToken() ? [0, 3, long.length - 1] : [0]) {
      const { row: found } = await one(row(long, at), { target });
      const wanted = (all.data as Float32Array).slice(at * width, (at + 1) * width);
      expectClose(float32([width], found), float32([width], wanted), 1e-6);
    }
  });

  test("a position that a row lacks is refused", async () => {
    if (!perToken()) return expect((await one(row(short, 9), { target })).value).toBeTypeOf("number");
    await expect(one(row(short, 9), { target })).rejects.toThrow("no position: 9 of 4 tokens");
  });

  test("what is run is base + alpha (own - base)", async () => {
    const own = await passesOf(engine).embeddings(long);
    const base = float32(
      own.dims,
      numbers(own).map((_, i) => Math.sin(i)),
    );
    const alphas = [0, 0.25, 1];
    const results = await runAll([...alphas.map((alpha) => ({ ...row(long), base, alpha })), row(long)], {
      target,
      read: [{ at: "embedding" }],
    });
    alphas.forEach((alpha, i) => {
      const wanted = numbers(own).map((v, j) => numbers(base)[j] + alpha * (v - numbers(base)[j]));
      expectClose(results[i].read({ at: "embedding" }), float32(own.dims, wanted), 1e-6);
    });
    expect(results[0].read({ at: "embedding" })).toEqual(base);
    expect(results[3].read({ at: "embedding" })).toEqual(own);
    expect(results[2].value).toBeCloseTo(results[3].value, 4);
  });

  test.each([
    { index: 1, as: "logit" },
    { index: 1, against: 0, as: "log-probability" },
    { index: 0, against: 1, as: "probability" },
  ] as const)("the derivative by the embedding is the slope of $as of $index against $against", async (asked) => {
    const own = await passesOf(engine).embeddings(long);
    const result = await one(row(long), { target: { position: null, ...asked }, by: [{ at: "embedding" }] });
    const derivative = result.cotangent({ at: "embedding" });
    const step = (2e-3 / Math.max(largest(derivative), 1e-3)) * Math.max(Math.abs(result.value), 0.1);
    const along = (t: number): PassRow => {
      const moved = numbers(own).map((v, i) => v + t * step * (derivative.data[i] as number));
      return { ...row(long), base: float32(own.dims, moved), alpha: 0 };
    };
    const values = await runAll([along(1), along(-1)], { target: { position: null, ...asked } });
    const slope = (values[0].value - values[1].value) / (2 * step);
    const expected = dot(derivative, derivative);
    expect(Math.abs(slope - expected)).toBeLessThan(0.02 * expected + 1e-6);
  });

  test("probabilities, heads and module share out the same of the target", async () => {
    const all = places();
    const result = await one(row(long), { target, read: all, by: all });
    for (const { index: site } of engine.sites) {
      const [probs, heads] = [
        { at: "probs", site },
        { at: "heads", site },
      ] as const;
      // heads = probs · values
      expect(dot(result.read(probs), result.cotangent(probs))).toBeCloseTo(
        dot(result.read(heads), result.cotangent(heads)),
        4,
      );
    }
  });
});

test("rows aren't run once they are no longer wanted", { timeout: 60_000 }, async () => {
  const model = await readModel(folderOf(`${fixturesDir()}/gpt2`), "onnx/model.onnx");
  const engine = await openEngine(model, createNodeSession);
  let turns = 0;
  const passes = passesOf(engine, async () => {
    if (++turns > 1) throw new Error("a newer request");
  });
  const done: number[] = [];
  const rows = [rowOf([1, 2, 3], 2), rowOf([1, 2, 3, 4], 3)];
  await expect(
    passes.run(rows, { target: { position: null, index: 0 } }, (_, i) => {
      done.push(i);
    }),
  ).rejects.toThrow("a newer request");
  expect(done).toEqual([0]);
  expect(passes.spent).toMatchObject({ forward: 1, backward: 0 });
  await engine.release();
});

test("the time that a session takes to be made is no method's, and told apart", { timeout: 60_000 }, async () => {
  const model = await readModel(folderOf(`${fixturesDir()}/bert-seqcls`), "onnx/model.onnx");
  let clock = 0;
  const made: number[] = [];
  const engine = await openEngine(model, async (source) => {
    made.push(clock);
    clock += 1000; // by this clock, sessions take a second and runs take ten
    const session = await createNodeSession(source);
    const run: typeof session.run = (feeds, fetches) => {
      clock += 10;
      return session.run(feeds, fetches);
    };
    return { ...session, inputNames: session.inputNames, outputNames: session.outputNames, run };
  });
  try {
    const now = () => clock;
    const ids = [11, 12, 13, 14];
    const encoding = { ids, mask: ids.map(() => 1), segments: ids.map(() => 0) } as unknown as Encoding;
    const trace = await engine.run({ ...encoding, special: ids.map(() => false) } as Encoding);
    const target: Target = { position: null, index: 1 };
    const context: MethodContext = {
      ...{ engine, trace, target, seed: 0, onPartial: () => {}, passes: passesOf(engine, undefined, now) },
      units: ids.map((_, i) => ({ tokens: [i], special: false })),
      substitutes: { pad: 0, mask: 1, unknown: 2 },
    };
    const costs = [];
    for (const method of [leaveOneOut, gradientXInput, saliency, attnLrp])
      costs.push((await attribute(method, context, {}, now)).cost);
    // Five texts of one length share a run; going back is a session of its own, and relevance another.
    expect(costs).toEqual([
      { forward: 5, backward: 0, ms: 10 },
      { forward: 1, backward: 1, ms: 10, preparing: 1000 },
      { forward: 1, backward: 1, ms: 10 },
      { forward: 1, backward: 1, ms: 10, preparing: 1000 },
    ]);
    expect(made).toHaveLength(3);
  } finally {
    await engine.release();
  }
});
