import { describe, expect, test } from "vitest";
import { feedsOf, type TokenBatch } from "../../explain/feeds";
import { tensorOf } from "../../onnx/attributes";
import type { Tensor } from "../../tensor/tensor";
import { canonicalise } from "../canonicalise";
import { withTaps } from "../taps";
import { type Layout, layouts } from "../testing/layouts";
import { at, naiveAttention, vectors } from "../testing/naive";
import { runModel } from "../testing/run";
import { transformer } from "../testing/transformer";
import { anatomyOf } from ".";
import { readTap } from "./read";

/** Three texts, of five, three and four tokens. */
const texts = [
  [3, 14, 15, 9, 26],
  [5, 35, 8],
  [9, 7, 9, 3],
];
const length = 5;
const filledUp = (row: readonly number[], rest: number) => [
  ...row,
  ...new Array<number>(length - row.length).fill(rest),
];
const batch: TokenBatch = {
  ids: texts.map((row) => filledUp(row, 0)),
  mask: texts.map((row) =>
    filledUp(
      row.map(() => 1),
      0,
    ),
  ),
  segments: texts.map(() => new Array<number>(length).fill(0)),
};

/** The same attention by its definition, of the projections that the graph computed. */
function expected(
  layout: Layout,
  results: Record<string, Tensor>,
  site: number,
  row: number,
  head: number,
  causal: boolean,
) {
  const { heads = 2, size = 4, kvHeads = heads } = layout;
  const kvHead = layout.kv === "tiled" ? head % kvHeads : Math.floor(head / (heads / kvHeads));
  const of = (name: string, h: number) =>
    vectors(length, size, (i, c) => at(results[`${name}.${site}`], row, i, h * size + c));
  const [q, k, v] = [of("q", head), of("k", kvHead), of("v", kvHead)];
  const score = (x: number, i: number, j: number) => (batch.mask[row][j] === 0 || (causal && j > i) ? x - 10000 : x);
  return { q, k, v, probs: naiveAttention({ q, k, v, score }).probs };
}

const product = (a: readonly number[][], b: readonly number[][]): number[][] =>
  a.map((line) => b[0].map((_, d) => line.reduce((sum, weight, j) => sum + weight * b[j][d], 0)));

const rows = ({ dims: [, columns], data }: Tensor): number[][] =>
  Array.from({ length: data.length / columns }, (_, i) =>
    Array.from((data as Float32Array).subarray(i * columns, (i + 1) * columns)),
  );

function close(found: readonly number[][], wanted: readonly number[][], what: string): void {
  expect([what, found.length, found[0].length]).toEqual([what, wanted.length, wanted[0].length]);
  found.forEach((row, i) => {
    row.forEach((v, j) => {
      if (!(Math.abs(v - wanted[i][j]) <= 1e-5))
        throw new Error(`${what}: [${i}, ${j}] is ${v} instead of ${wanted[i][j]}`);
    });
  });
}

async function readsRight(layout: Layout, causal: boolean): Promise<void> {
  const { heads = 2, kvHeads = heads } = layout;
  const canonical = canonicalise(transformer({ ...layout, causal }), null);
  const anatomy = anatomyOf(canonical);
  expect(anatomy.sites.map((s) => [s.heads, s.kvHeads])).toEqual([
    [heads, kvHeads],
    [heads, kvHeads],
  ]);
  expect(anatomy.residual?.layers.map((t) => t.value)).toEqual(["h.0", "h.1", "h.2"]);
  expect(anatomy.residual?.finalNorm?.value).toBe("normed");
  const names = ["q.0", "q.1", "k.0", "k.1", "v.0", "v.1"];
  const tapped = withTaps(canonical, anatomy);
  const outputs = [...tapped.graph.outputs, ...names.map((name) => ({ name, dtype: null, dims: null }))];
  const model = { ...tapped, graph: { ...tapped.graph, outputs } };
  const results = await runModel(model, feedsOf(canonical.inputs, batch), [...new Set(outputs.map((o) => o.name))]);
  const sizes = { batch: texts.length, tokens: length };
  anatomy.sites.forEach((site, index) => {
    for (let row = 0; row < texts.length; row++) {
      // What the heads' outputs come to by the output projection.
      const projection = tensorOf(canonical.model.graph.initializers.get(`wo.${index}`)!);
      const size = projection.dims[0] / heads;
      const added = Array.from({ length }, () => new Array<number>(projection.dims[1]).fill(0));
      for (let head = 0; head < heads; head++) {
        const what = `layer ${index}, row ${row}, head ${head}`;
        const { q, k, v, probs } = expected(layout, results, index, row, head, causal);
        close(
          rows(readTap(results[site.probs.value], site.probs.layout, sizes, "key", row, head)),
          probs,
          `${what}: probs`,
        );
        close(
          rows(readTap(results[site.q.value], site.q.layout, sizes, "width", row, head)),
          scaledLike(q, results, site.q.value),
          `${what}: q`,
        );
        close(
          rows(readTap(results[site.k.value], site.k.layout, sizes, "width", row, site.kHead[head])),
          k,
          `${what}: k`,
        );
        close(
          rows(readTap(results[site.v.value], site.v.layout, sizes, "width", row, site.vHead[head])),
          v,
          `${what}: v`,
        );
        const mixed = product(probs, v);
        close(
          rows(readTap(results[site.mixed!.value], site.mixed!.layout, sizes, "width", row, head)),
          mixed,
          `${what}: mixed`,
        );
        mixed.forEach((line, i) => {
          line.forEach((value, d) => {
            for (let to = 0; to < added[i].length; to++)
              added[i][to] += value * (projection.data[(head * size + d) * added[i].length + to] as number);
          });
        });
      }
      close(
        rows(readTap(results[site.module!.value], site.module!.layout, sizes, "width", row, 0)),
        added,
        `layer ${index}, row ${row}: module`,
      );
    }
  });
}

/** Queries as they are: no layout here scales them before the product. */
const scaledLike = (q: number[][], _results: Record<string, Tensor>, _value: string): number[][] => q;

describe("attention is read the same from every layout, or refused", () => {
  const readable = layouts.filter((l) => !l.refused);
  test.each(readable.map((l) => [l.name, l] as const))("%s", (_name, layout) => readsRight(layout, false));
  test.each(readable.slice(0, 3).map((l) => [l.name, l] as const))("%s, causal", (_name, layout) =>
    readsRight(layout, true),
  );
  test.each(layouts.filter((l) => l.refused).map((l) => [l.name, l] as const))("refused: %s", (_name, layout) => {
    expect(() => anatomyOf(canonicalise(transformer(layout), null))).toThrow(layout.refused);
  });
});
