import type { Attribute } from "../../../onnx/model";
import { at, filled, naiveAttention, vectors } from "../naive";
import { type Case, float, floats, type Input, int, type Refusal, type Sizes, values } from "../rewrite-case";

const H = 4;
const d = 6;
const operator = "Attention";
const heads = (n: number, length: (s: Sizes) => number, width = d): Input => floats((s) => [s.B, n, length(s), width]);
const S = (s: Sizes) => s.S;
const T = (s: Sizes) => s.T;
const P = (s: Sizes) => s.P;
const q = heads(H, S);
const [k, v] = [heads(H, T), heads(H, T, 5)];
const [own, ownValue] = [heads(H, S), heads(H, S, 5)];
/** True or false by turns, but never false for a whole row: the first key is always seen. */
const boolean = (dims: Input["dims"]): Input =>
  values("bool", dims, (i, s, random) => {
    const width = dims(s)[dims(s).length - 1];
    return Number(i % width === 0 || random() < 0.6);
  });
const flat = { q_num_heads: int(H), kv_num_heads: int(2) } satisfies Record<string, Attribute>;
const flatInputs = [
  floats((s) => [s.B, s.S, H * d]),
  floats((s) => [s.B, s.T, 2 * d]),
  floats((s) => [s.B, s.T, 2 * 5]),
];
const form = (name: string, inputs: Case["inputs"], rest: Partial<Case> = {}): Case => ({
  operator,
  form: name,
  opset: 23,
  inputs,
  ...rest,
});

/** Opset 25 has windows; the kernels at hand don't know it yet. */
const windowed =
  (back: number, ahead: number, causal: boolean): NonNullable<Case["reference"]> =>
  ([query, key, value, , pastKey, pastValue], { B, S: queries, P: past }) => {
    const cached = pastKey ? past : 0;
    const seen = cached + queries;
    const of = (old: typeof key, fresh: typeof key, b: number, h: number) =>
      vectors(seen, fresh.dims[3], (j, c) => (j < cached ? at(old, b, h, j, c) : at(fresh, b, h, j - cached, c)));
    const results = Array.from({ length: B }, (_, b) =>
      Array.from({ length: H }, (__, h) =>
        naiveAttention({
          q: vectors(queries, d, (i, c) => at(query, b, h, i, c)),
          k: of(pastKey, key, b, h),
          v: of(pastValue, value, b, h),
          score: (x, i, j) => {
            const place = cached + i;
            const outside = j < place - back || (ahead >= 0 && j > place + ahead) || (causal && j > place);
            return outside ? Number.NEGATIVE_INFINITY : x;
          },
        }),
      ),
    );
    return [filled([B, H, queries, 5], (b, h, i, c) => results[b][h].context[i][c])];
  };

export const attentionCases: readonly Case[] = [
  form("heads apart", [q, k, v]),
  form("heads side by side, grouped", flatInputs, { attributes: flat }),
  form("grouped heads", [q, heads(2, T), heads(2, T)]),
  form("one key head", [q, heads(1, T), heads(1, T)]),
  form("a scale", [q, k, v], { attributes: { scale: float(0.7) } }),
  form("a float mask of rank 2", [q, k, v, floats((s) => [s.S, s.T])]),
  form("a float mask of rank 3", [q, k, v, floats((s) => [1, s.S, s.T])]),
  form("a float mask of rank 4", [q, k, v, floats((s) => [s.B, H, s.S, s.T])]),
  form("a float mask for all heads", [q, k, v, floats((s) => [s.B, 1, s.S, s.T])]),
  form("a boolean mask of rank 2", [q, k, v, boolean((s) => [s.S, s.T])]),
  form("a boolean mask of rank 4", [q, k, v, boolean((s) => [s.B, 1, s.S, s.T])]),
  form("a soft cap", [q, k, v], { attributes: { softcap: float(1.5) } }),
  form("a soft cap and a mask", [q, k, v, floats((s) => [s.B, 1, s.S, s.T])], { attributes: { softcap: float(1.5) } }),
  form("causal", [q, own, ownValue], { attributes: { is_causal: int(1) } }),
  form("causal with a mask", [q, own, ownValue, boolean((s) => [s.B, 1, s.S, s.S])], {
    attributes: { is_causal: int(1) },
  }),
  form("a cache", [q, own, ownValue, null, heads(H, P), heads(H, P, 5)], { outputs: [true, true, true] }),
  form("a cache, causal", [q, own, ownValue, null, heads(H, P), heads(H, P, 5)], {
    outputs: [true, true, true],
    attributes: { is_causal: int(1) },
  }),
  form(
    "a cache, side by side, grouped",
    [flatInputs[0], floats((s) => [s.B, s.S, 2 * d]), floats((s) => [s.B, s.S, 10]), null, heads(2, P), heads(2, P, 5)],
    {
      outputs: [true, true, true],
      attributes: { ...flat, is_causal: int(1) },
    },
  ),
  form("causal with more keys than queries", [q, k, v], { attributes: { is_causal: int(1) } }),
  form("a window", [q, own, ownValue], {
    opset: 25,
    attributes: { left_window_size: int(1), right_window_size: int(2) },
    reference: windowed(1, 2, false),
  }),
  form("a window on the left alone, with a cache", [q, own, ownValue, null, heads(H, P), heads(H, P, 5)], {
    opset: 25,
    attributes: { left_window_size: int(2), is_causal: int(1) },
    reference: windowed(2, -1, true),
  }),
  form("probabilities", [q, k, v, floats((s) => [s.S, s.T])], {
    outputs: [true, false, false, true],
    attributes: { qk_matmul_output_mode: int(3) },
  }),
  form("capped products", [q, k, v, floats((s) => [s.S, s.T])], {
    outputs: [true, false, false, true],
    attributes: { qk_matmul_output_mode: int(2), softcap: float(1.5) },
  }),
  form("a mask of all but one key", [
    q,
    k,
    v,
    values(
      "bool",
      (s) => [s.S, s.T],
      (i, s) => Number(i % s.T === 1),
    ),
  ]),
];

export const attentionRefusals: readonly Refusal[] = [
  {
    ...form("lengths of the cache", [
      q,
      k,
      v,
      null,
      null,
      null,
      values(
        "int64",
        (s) => [s.B],
        (_i, s) => s.T,
      ),
    ]),
    opset: 24,
    message: /unsupported form: Attention with nonpad_kv_seqlen/,
  },
  {
    ...form("raw products", [q, k, v], { outputs: [true, false, false, true] }),
    message: /unsupported form: Attention that returns raw products \(fused\)/,
  },
];
