import { describe, expect, test } from "vitest";
import { folderOf } from "../../cli/folder";
import { createNodeSession } from "../../cli/session";
import { readModel } from "../../explain/conformance/folder";
import { type Engine, openEngine } from "../../explain/engine";
import type { PassRow } from "../../explain/passes";
import { passesOf } from "../../explain/passes-of";
import type { Target } from "../../explain/target";
import { fixtureFiles } from "../../graph/testing/fixtures";
import { byPatch } from "../../image/patches";
import { fixturesDir } from "../../onnx/testing/fixtures";
import { randomNumbers } from "../../onnx/testing/random";
import { float32, type Tensor, zeros } from "../../tensor/tensor";
import { deepliftMode } from ".";

const rounded = /quant|uint8|int4|q4|bnb4|int8/;
const files = fixtureFiles()
  .map(({ name }) => name)
  .filter((name) => !rounded.test(name));
const texts = [
  [11, 23, 7, 42, 8, 29],
  [5, 17, 3, 12],
];
const targets = (likeliest: number): readonly Target[] => [
  { position: null, index: 1 },
  { position: null, index: 1, against: 0, as: "log-probability" },
  { position: null, index: likeliest, as: "probability" },
];

async function rowsOf(engine: Engine): Promise<PassRow[]> {
  const dims = engine.canonical.facts.dims(engine.canonical.answers[0].name) ?? [];
  if (engine.vision) {
    const random = randomNumbers(3);
    const [height, width] = engine.vision.size;
    const { ids, mask, segments, patches } = engine.vision.encode(height, width);
    const black = zeros("float32", [3, height, width]);
    const pixels = { ...black, data: (black.data as Float32Array).map(() => 2 * random() - 1) };
    const base = byPatch(black, patches!, ids.length);
    return [{ ids, mask, segments, position: null, image: { pixels, patches: patches! }, base }];
  }
  const passes = passesOf(engine);
  const rows: PassRow[] = [];
  for (const ids of texts) {
    const base = await passes.embeddings(ids.map((_, i) => (i === 0 ? ids[0] : 1)));
    const position = dims.length === 3 ? ids.length - 1 : null;
    rows.push({ ids, mask: ids.map(() => 1), segments: ids.map(() => 0), position, base });
  }
  return rows;
}

const sumOf = (multiplier: Tensor, own: Tensor, base: Tensor): number =>
  (multiplier.data as Float32Array).reduce(
    (sum, m, i) => sum + m * ((own.data[i] as number) - (base.data[i] as number)),
    0,
  );

describe("multipliers times what the embedding differs by sum to what the target differs by", () => {
  test.each(files)("%s", { timeout: 120_000 }, async (name) => {
    const [folder, ...path] = name.split("/");
    const model = await readModel(folderOf(`${fixturesDir()}/${folder}`), path.join("/"));
    const engine = await openEngine(model, createNodeSession, { modes: [deepliftMode] });
    try {
      const rows = await rowsOf(engine);
      const passes = passesOf(engine);
      let likeliest = 0;
      await passes.run(rows.slice(0, 1), { target: { position: null, index: 0 } }, ({ row }) => {
        likeliest = row.indexOf(row.reduce((a, b) => Math.max(a, b)));
      });
      for (const target of targets(likeliest)) {
        const bases = new Map<number, number>();
        await passes.run(
          rows.map((r) => ({ ...r, alpha: 0 })),
          { target },
          ({ value }, i) => {
            bases.set(i, value);
          },
        );
        const at = { at: "embedding" } as const;
        let checked = 0;
        await passes.run(rows, { target, read: [at], by: [at], mode: "deeplift" }, (result, i) => {
          const difference = result.value - (bases.get(i) as number);
          const sum = sumOf(result.cotangent(at), result.read(at), rows[i].base as Tensor);
          const size = Math.max(Math.abs(difference), 1e-3); // less of a probability is next to nothing
          expect(Math.abs(sum - difference) / size, JSON.stringify(target)).toBeLessThan(1e-3);
          checked++;
        });
        expect(checked).toBe(rows.length);
      }
    } finally {
      await engine.release();
    }
  });
});

const target: Target = { position: null, index: 1 };

test("a row without a base is refused", { timeout: 60_000 }, async () => {
  const model = await readModel(folderOf(`${fixturesDir()}/gpt2`), "onnx/model.onnx");
  const engine = await openEngine(model, createNodeSession);
  const row: PassRow = { ids: [1, 2], mask: [1, 1], segments: [0, 0], position: 1 };
  const wanted = { target, by: [{ at: "embedding" }], mode: "deeplift" } as const;
  await expect(passesOf(engine).run([row], wanted, () => {})).rejects.toThrow("no base");
  await engine.release();
});

test("a zero difference has a multiplier that isn't infinite", { timeout: 60_000 }, async () => {
  const model = await readModel(folderOf(`${fixturesDir()}/gpt2`), "onnx/model.onnx");
  const engine = await openEngine(model, createNodeSession);
  const ids = [4, 9, 2];
  const base = await passesOf(engine).embeddings(ids);
  const row: PassRow = { ids, mask: [1, 1, 1], segments: [0, 0, 0], position: 2, base };
  const at = { at: "embedding" } as const;
  const found: Tensor[] = [];
  for (const mode of ["deeplift", "gradient"] as const)
    await passesOf(engine).run([row], { target, by: [at], mode }, (result) => {
      found.push(result.cotangent(at));
    });
  // At no difference a multiplier is the derivative.
  const [multiplier, derivative] = found.map(({ data }) => data as Float32Array);
  multiplier.forEach((m, i) => {
    expect(m).toBeCloseTo(derivative[i], 4);
  });
  expect(float32([multiplier.length], multiplier).data.some((m) => m !== 0)).toBe(true);
  await engine.release();
});
