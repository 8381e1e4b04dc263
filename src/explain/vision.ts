import type { Anatomy } from "../graph/anatomy";
import { tokensOf } from "../graph/anatomy/residual";
import type { Canonical } from "../graph/canonicalise";
import { label } from "../graph/error";
import { topologyOf } from "../graph/topology";
import { imageEncoding } from "../image/patches";
import { fixedSize, type Preparation } from "../image/preparation";
import { numberFor } from "../image/prepare";
import { intsAttribute } from "../onnx/attributes";
import type { Node, Value } from "../onnx/model";
import type { Tensor } from "../tensor/tensor";
import type { Encoding } from "../text/encoding";
import type { Config } from "./architecture";
import type { ImageInput } from "./trace";

/** How a model cuts images into tokens. */
export interface Vision {
  /** Height and width that the graph was read at. */
  readonly size: readonly [number, number];
  /** @throws RangeError where patches weren't found in the graph, or an image is smaller than one */
  encode(height: number, width: number): Encoding;
}

/** The configuration with the size that images really come in, where that is told: the graph is read at it. */
export function configFor(config: Config, preparation: Preparation | null): Config {
  const size = preparation && fixedSize(preparation);
  return size ? { ...config, image_size: size } : config;
}

/** An image as a model reads it. */
export const imageInput = (pixels: Tensor, preparation: Preparation): ImageInput => ({
  pixels,
  range: {
    black: [0, 1, 2].map((channel) => numberFor(0, channel, preparation)),
    white: [0, 1, 2].map((channel) => numberFor(255, channel, preparation)),
  },
});

/** Patches of a convolution that takes pixels. */
interface Cut {
  readonly kernel: readonly [number, number];
  readonly step: readonly [number, number];
}

const alongTheWay = new Set([
  "Identity",
  "Cast",
  "Sub",
  "Add",
  "Mul",
  "Div",
  "Reshape",
  "QuantizeLinear",
  "DequantizeLinear",
  "DynamicQuantizeLinear",
]);

/** Null for models that read text. */
export function visionOf(canonical: Canonical, anatomy: Anatomy, config: Config): Vision | null {
  const pixels = canonical.inputs.find((i) => i.role === "pixels");
  if (!pixels) return null;
  const { image: size } = canonical.point;
  const convolution = convolutionOf(canonical, pixels.name);
  const cut = convolution ? cutOf(convolution, canonical) : statedCut(config);
  const counts = new Set(anatomy.sites.map((site) => tokensOf(canonical, site)));
  const [tokens] = counts;
  const refused = (why: string): Vision => ({
    size,
    encode() {
      throw new RangeError(`no patches: ${why}, so tokens have no place in the image`);
    },
  });
  if (!cut && convolution) return refused(`${label(convolution)} makes patches that overlap or reach over the edge`);
  if (!cut) return refused("no convolution takes pixel_values, and config.json has no patch_size");
  if (counts.size > 1) return refused(`layers have ${[...counts].join(" and ")} tokens`);
  const across = (of: readonly [number, number]) => of.map((n, i) => countOf(n, cut, i)) as [number, number];
  const [rows, columns] = across(size);
  const others = tokens - rows * columns;
  if (rows < 1 || columns < 1 || others < 0)
    return refused(`${tokens} tokens for ${rows} × ${columns} patches of ${size.join(" × ")} pixels`);
  const { before, behind } = namesOf(others, config);
  return {
    size,
    encode(height, width) {
      const [down, wide] = across([height, width]);
      if (down < 1 || wide < 1) throw new RangeError(`too small: ${width} × ${height} pixels have no patch`);
      const grid = { rows: down, columns: wide, height, width, step: cut.step, first: before.length };
      return imageEncoding(grid, before, behind);
    },
  };
}

const countOf = (size: number, { kernel, step }: Cut, axis: number): number =>
  Math.floor((size - kernel[axis]) / step[axis]) + 1;

/** The first convolution that takes pixels. */
function convolutionOf({ model }: Canonical, pixels: Value): Node | null {
  const { consumers } = topologyOf(model.graph);
  const pending: Value[] = [pixels];
  const seen = new Set<Value>(pending);
  for (const value of pending)
    for (const node of consumers.get(value) ?? []) {
      if (node.opType === "Conv" || node.opType === "ConvInteger") return node;
      if (!alongTheWay.has(node.opType) || seen.has(node.outputs[0])) continue;
      seen.add(node.outputs[0]);
      pending.push(node.outputs[0]);
    }
  return null;
}

/** Patches side by side; null where they are padded or overlap. */
function cutOf(node: Node, { facts }: Canonical): Cut | null {
  const step = intsAttribute(node, "strides", [1, 1]);
  const pads = intsAttribute(node, "pads", [0, 0, 0, 0]);
  const [, , tall, wide] = facts.dims(node.inputs[1]) ?? [];
  if (step.length !== 2 || pads.some((p) => p > 0) || tall !== step[0] || wide !== step[1]) return null;
  return { kernel: [tall, wide], step: [step[0], step[1]] };
}

function statedCut(config: Config): Cut | null {
  const stated = config?.patch_size;
  const [tall, wide] = Array.isArray(stated) ? stated.map(Number) : [Number(stated), Number(stated)];
  return tall > 0 && wide > 0 ? { kernel: [tall, wide], step: [tall, wide] } : null;
}

/** Tokens that stand for no patch: before the patches, or behind them where they are queries of a detector. */
function namesOf(count: number, config: Config): { before: readonly string[]; behind: readonly string[] } {
  const detects = Math.min(count, Math.max(0, Number(config?.num_detection_tokens) || 0));
  const distilled = config?.model_type === "deit";
  const before = Array.from({ length: count - detects }, (_, i) =>
    i === 0 ? "[CLS]" : distilled && i === 1 ? "[DIST]" : `[REG${i}]`,
  );
  return { before, behind: Array.from({ length: detects }, (_, i) => `[DET${i + 1}]`) };
}
