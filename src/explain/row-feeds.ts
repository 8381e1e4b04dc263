import type { Anatomy, Layout } from "../graph/anatomy";
import { writeTap } from "../graph/anatomy/write";
import { GraphError } from "../graph/error";
import { interventionInputs } from "../graph/interventions";
import { fromPatches } from "../image/patches";
import { float32, type Tensor, zeros } from "../tensor/tensor";
import type { Batch } from "./feeds";
import type { PassRow } from "./passes";
import type { Target } from "./target";
import type { TargetRows } from "./target-feeds";

/** Rows of equal length as a batch; images on the way from their base. */
export function batchOf(rows: readonly PassRow[]): Batch {
  if (rows[0].image) {
    const images = rows.map(moved);
    const [first] = images;
    const data = new Float32Array(rows.length * first.data.length);
    images.forEach((image, i) => {
      data.set(image.data as Float32Array, i * first.data.length);
    });
    return { pixels: { dtype: "float32", dims: [rows.length, ...first.dims], data } };
  }
  return { ids: rows.map((r) => r.ids), mask: rows.map((r) => r.mask), segments: rows.map((r) => r.segments) };
}

function moved({ image, base, alpha = 1 }: PassRow): Tensor {
  if (!image) throw new Error("no image: rows of images and of tokens can't share a batch");
  const { pixels, patches } = image;
  if (!base) return pixels;
  const [own, from] = [pixels.data as Float32Array, fromPatches(base, patches, pixels).data as Float32Array];
  return { ...pixels, data: own.map((v, i) => from[i] + alpha * (v - from[i])) };
}

/** The interventions that put rows on the way from their bases; none where no row has one. */
export function changesOf(rows: readonly PassRow[], { embedding }: Anatomy): Record<string, Tensor> {
  if (!rows.some((r) => r.base) || rows[0].image) return {};
  if (!embedding.rows) throw new GraphError("unsupported form", "a base of word embeddings that weren't found as rows");
  const { layout } = embedding.rows;
  const tokens = rows[0].ids.length;
  const shape = rows.find((r) => r.base)?.base?.dims as readonly number[];
  if (shape[0] !== tokens) throw new RangeError(`wrong base: [${shape}] for ${tokens} tokens`);
  const bases = rows.map((r) => r.base ?? zeros("float32", shape));
  return {
    [interventionInputs.base]: writeTap(bases, layout),
    [interventionInputs.alpha]: perRow(
      rows.map((r) => r.alpha ?? 1),
      tokens,
      layout,
    ),
  };
}

/** One number a batch row, in a shape that broadcasts over its tokens and width. */
function perRow(numbers: readonly number[], tokens: number, { axes }: Layout): Tensor {
  if (axes.some((roles) => roles.includes("batch") && roles.length > 1)) {
    const each = numbers.map((n) => float32([tokens, 1], new Array<number>(tokens).fill(n)));
    return writeTap(each, { axes, heads: 1 });
  }
  return float32(
    axes.map((roles) => (roles.includes("batch") ? numbers.length : 1)),
    numbers,
  );
}

/** A target of each row, read at the row's own position. */
export const targetRowsOf = (rows: readonly PassRow[], { index, against, as = "logit" }: Target): TargetRows => ({
  classes: rows.map(() => (against === undefined ? [index] : [index, against])),
  weights: rows.map(() => (against === undefined ? [1] : [1, -1])),
  positions: rows.map((r) => r.position ?? 0),
  scale: as,
});
