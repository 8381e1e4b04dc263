import type { Model, Value, ValueInfo } from "../onnx/model";
import type { DType } from "../tensor/tensor";
import { GraphError } from "./error";
import type { Fact } from "./shapes";

/** What a graph input means. */
export type InputRole =
  | "ids"
  | "mask"
  | "segments"
  | "positions"
  | "pixels"
  /** A key-value cache, or the state of a recurrent layer: fed empty. */
  | "past"
  | "cache branch"
  | "cache position"
  | "kept logits"
  | "head mask";

export interface ModelInput {
  readonly name: Value;
  readonly role: InputRole;
  readonly dtype: DType;
  readonly dims: ValueInfo["dims"];
}

const byName: Readonly<Record<string, InputRole>> = {
  input_ids: "ids",
  attention_mask: "mask",
  token_type_ids: "segments",
  position_ids: "positions",
  pixel_values: "pixels",
  use_cache_branch: "cache branch",
  cache_position: "cache position",
  num_logits_to_keep: "kept logits",
  logits_to_keep: "kept logits",
  head_mask: "head mask",
};

const ofEncoderDecoder = /^(decoder_|encoder_|labels$)/;
const ofCache = /^(past|cache|key_cache|value_cache|conv_state|ssm_state|recurrent_state)/;

/** The meaning of each graph input; throws for one that has none here, and for the inputs of encoder-decoders. */
export function inputsOf(model: Model): readonly ModelInput[] {
  const weights = model.graph.initializers;
  return model.graph.inputs
    .filter((i) => !weights.has(i.name))
    .map((info) => {
      const role = byName[info.name] ?? (ofCache.test(info.name) ? "past" : undefined);
      if (!role && ofEncoderDecoder.test(info.name)) {
        throw new GraphError(
          "encoder-decoder",
          `the graph takes ${info.name}; models of two stacks aren't read yet, only encoders and decoders`,
        );
      }
      if (!role || !info.dtype) {
        throw new GraphError(
          "unknown input",
          `${info.name} ${info.dtype ?? ""} [${info.dims ?? "?"}]; known are ${Object.keys(byName).join(", ")} and caches`,
        );
      }
      return { name: info.name, role, dtype: info.dtype, dims: info.dims };
    });
}

/** Sizes that stand for the batch, the sequence and the images, each unlike any other size in the model. */
export interface Point {
  readonly batch: number;
  readonly length: number;
  /** Height and width in pixels. */
  readonly image: readonly [number, number];
}

const lengths = [23, 19, 29, 17, 31, 13, 37, 11, 41, 43, 7, 47, 53];
const batches = [1009, 1013, 1019, 1021, 1031, 1033];

/** Picks a point whose numbers no weight of the model has as a size. */
export function pointOf(model: Model, config: Readonly<Record<string, unknown>> | null): Point {
  const sizes = new Set<number>();
  for (const weight of model.graph.initializers.values()) for (const d of weight.dims) sizes.add(d);
  for (const [key, value] of Object.entries(config ?? {}))
    if (typeof value === "number" && key !== "id") sizes.add(value);
  const limits = ["max_position_embeddings", "n_positions", "max_seq_len", "n_ctx"]
    .map((key) => config?.[key])
    .filter((v): v is number => typeof v === "number" && v > 1);
  // Positions of some models start at 2, so stay below the limit by more than that.
  const limit = Math.min(Number.POSITIVE_INFINITY, ...limits) - 3;
  const length = lengths.find((n) => n <= limit && !sizes.has(n)) ?? lengths.find((n) => !sizes.has(n)) ?? 23;
  const size = config?.image_size;
  const side = typeof size === "number" ? [size, size] : Array.isArray(size) ? size.map(Number) : [224, 224];
  return { batch: batches.find((n) => !sizes.has(n)) ?? 1009, length, image: [side[0], side[1] ?? side[0]] };
}

/** The fact of a graph input at a point. */
export function bindInput(input: ModelInput, point: Point): Fact {
  const { dims, dtype, role, name } = input;
  const rank = (n: number) => {
    if (dims && dims.length !== n)
      throw new GraphError("unknown input", `${name} has ${dims.length} dimensions where ${n} were expected`);
  };
  const bound = (...sizes: number[]): Fact => {
    rank(sizes.length);
    return {
      dtype,
      dims: sizes.map((size, i) => (typeof dims?.[i] === "number" && dims[i] > 0 ? (dims[i] as number) : size)),
    };
  };
  const free = () => {
    if (typeof dims?.[0] === "number" && dims[0] > 1)
      throw new GraphError(
        "unsupported form",
        `${name} of a fixed batch of ${dims[0]} rows; export the model with a dynamic batch axis, or with one row`,
      );
  };
  switch (role) {
    case "ids":
    case "mask":
    case "segments":
    case "positions":
      rank(2);
      free();
      if (typeof dims?.[1] === "number" && dims[1] > 0)
        throw new GraphError(
          "unsupported form",
          `${name} of a fixed length of ${dims[1]} tokens; export the model with a dynamic sequence axis`,
        );
      return bound(point.batch, point.length);
    case "pixels":
      free();
      return bound(point.batch, 3, ...point.image);
    case "cache position":
      return bound(point.length);
    case "cache branch":
      return { ...bound(1), value: [0] };
    case "kept logits":
      return { dtype, dims: [], value: [0] };
    case "head mask":
      return { dtype, dims: dims?.map((d) => (typeof d === "number" ? d : 1)) ?? null };
    case "past":
      return {
        dtype,
        dims: dims
          ? dims.map((d, i) => (typeof d === "number" && d > 0 ? d : i === batchAxis(dims) ? point.batch : 0))
          : null,
      };
  }
}

/**
 * The batch axis of a cache: the first symbolic one of [B, H, P, d] or [2, B, H, P, d]. Where only one is symbolic behind
 * the place of the batch, that is the cache's length, and the batch is fixed: -1.
 */
export function batchAxis(dims: NonNullable<ValueInfo["dims"]>): number {
  const symbolic = dims.flatMap((d, i) => (typeof d === "number" && d > 0 ? [] : [i]));
  return symbolic.length === 1 && symbolic[0] > (dims.length === 5 ? 1 : 0) ? -1 : (symbolic[0] ?? -1);
}
