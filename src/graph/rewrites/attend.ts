import type { Value } from "../../onnx/model";
import type { Builder } from "../builder";

/** What stands between the product of queries and keys and the softmax. Masks and biases broadcast to [B, H, S, T]. */
export interface AttendOptions {
  /** Already multiplied in where null. */
  readonly scale: number | null;
  /** cap · tanh(scores / cap) */
  readonly softcap?: number;
  /** Added to the scores. */
  readonly biases?: readonly Value[];
  /** Boolean: false is not attended. */
  readonly allowed?: readonly Value[];
  /** Which keys a query sees by its place. */
  readonly places?: Places;
  /** One more logit a row in the softmax's denominator, [H] or a scalar; it attends to nothing. */
  readonly sink?: Value;
}

/** Query i stands at the place of key i + T - S, or of key i + `offset` where that is given. */
export interface Places {
  readonly causal?: boolean;
  /** How many keys before its own place a query sees; all where absent or negative. */
  readonly back?: number;
  /** How many keys behind its own place a query sees; all where absent or negative. */
  readonly ahead?: number;
  readonly offset?: Value;
}

const lowest: Readonly<Record<string, number>> = {
  float16: -65504,
  float32: -3.4028234663852886e38,
  float64: -1e300,
  bfloat16: -3.38e38,
};

/** Boolean [S, T]: which keys each query may see by its place alone; null where it may see all. */
function placeMask(b: Builder, q: Value, k: Value, { causal, back = -1, ahead = -1, offset }: Places): Value | null {
  if (!causal && back < 0 && ahead < 0) return null;
  const [s, t] = [b.dim(q, 2), b.dim(k, 2)];
  const keys = b.unsqueeze(b.range(t), [0]); // [1, T]
  const queries = b.add(b.unsqueeze(b.range(s), [1]), offset ?? b.sub(t, s)); // [S, 1], as key positions
  const not = (compared: "Greater" | "Less", bound: Value) => b.op("Not", [b.op(compared, [keys, bound])]);
  return [
    ...(causal ? [not("Greater", queries)] : []),
    ...(ahead < 0 ? [] : [not("Greater", b.add(queries, b.integer(ahead)))]),
    ...(back < 0 ? [] : [not("Less", b.sub(queries, b.integer(back)))]),
  ].reduce((all, each) => b.op("And", [all, each]));
}

/** softmax(scale · q kᵀ + ...) v, spelled out. q: [B, H, S, d], k: [B, H, T, d], v: [B, H, T, dv] -> [B, H, S, dv]. */
export function attend(
  b: Builder,
  q: Value,
  k: Value,
  v: Value,
  options: AttendOptions,
): { context: Value; probs: Value; scores: Value } {
  let scores = b.matmul(q, b.transpose(k, [0, 1, 3, 2])); // [B, H, S, T]
  if (options.scale !== null) scores = b.mul(scores, b.scalar(options.scale, q));
  if (options.softcap) {
    const cap = b.scalar(options.softcap, q);
    scores = b.mul(b.op("Tanh", [b.div(scores, cap)]), cap);
  }
  for (const bias of options.biases ?? []) scores = b.add(scores, bias);
  const place = placeMask(b, q, k, options.places ?? {});
  const allowed = [...(options.allowed ?? []), ...(place ? [place] : [])];
  const floor = lowest[b.dtypeOf(q) ?? "float32"] ?? lowest.float32;
  for (const mask of allowed) scores = b.where(mask, scores, b.scalar(floor, q));
  const probs = options.sink === undefined ? b.softmax(scores) : sinkSoftmax(b, scores, options.sink);
  return { context: b.matmul(probs, v), probs, scores };
}

/** A softmax with one more column, which is dropped afterwards. */
function sinkSoftmax(b: Builder, scores: Value, sink: Value): Value {
  const column = b.op("Expand", [
    sink,
    b.op("Concat", [b.slice(b.op("Shape", [scores]), 0, 0, 3), b.integers([1])], { axis: 0 }),
  ]); // [B, H, S, 1]
  return b.slice(b.softmax(b.concat([scores, column], -1)), 3, 0, -1);
}

/** [B, S, H·d] -> [B, H, S, d] */
export const toHeads = (b: Builder, x: Value, heads: number): Value =>
  b.transpose(b.op("Reshape", [x, b.integers([0, 0, heads, -1])]), [0, 2, 1, 3]);

/** [B, H, S, d] -> [B, S, H·d]. The width is given, so that empty batches keep it. */
export const fromHeads = (b: Builder, x: Value): Value => b.reshape(b.transpose(x, [0, 2, 1, 3]), [0, 0, -1]);

/** Repeats each of the kv-heads for its group: [B, Hkv, T, d] -> [B, Hkv · groups, T, d]. */
export function repeatHeads(b: Builder, x: Value, groups: number): Value {
  if (groups === 1) return x;
  const [batch, kvHeads, length, width] = [0, 1, 2, 3].map((axis) => b.dim(x, axis));
  const spread = b.op("Expand", [
    b.unsqueeze(x, [2]),
    b.concat([batch, kvHeads, b.integers([groups]), length, width], 0),
  ]);
  return b.reshapeTo(spread, [batch, -1, length, width]);
}

/** Puts the cache before new keys or values, along the third axis. */
export const withPast = (b: Builder, past: Value | undefined, x: Value): Value => (past ? b.concat([past, x], 2) : x);
