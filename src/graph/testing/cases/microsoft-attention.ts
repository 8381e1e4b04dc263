import type { Attribute } from "../../../onnx/model";
import { at, filled, naiveAttention, vectors } from "../naive";
import {
  type Case,
  float,
  floats,
  type Input,
  int,
  ints,
  type Refusal,
  type Sizes,
  values,
  weights,
} from "../rewrite-case";

const H = 4;
const d = 8;
const D = H * d;
const operator = "com.microsoft:Attention";
const num_heads = int(H);
const form = (name: string, inputs: Case["inputs"], rest: Partial<Case> = {}): Case => ({
  operator,
  form: name,
  inputs,
  ...rest,
  attributes: { num_heads, ...rest.attributes },
});
const x = floats((s) => [s.B, s.S, 12]);
const w = weights(12, 3 * D);
const bias = weights(3 * D);

const keep = (dims: Input["dims"]): Input =>
  values("int32", dims, (i, s, random) => {
    const width = dims(s)[dims(s).length - 1];
    return Number(i % width === 0 || random() < 0.7);
  });
/** How many keys each row has, at least one. */
const lengths = (length: (s: Sizes) => number): Input =>
  values(
    "int32",
    (s) => [s.B],
    (i, s) => 1 + ((i + 1) % length(s)),
  );
const past = floats((s) => [2, s.B, H, s.P, d]);
const causal = { unidirectional: int(1) } satisfies Record<string, Attribute>;

const S = (s: Sizes) => s.S;
const T = (s: Sizes) => s.T;
const P = (s: Sizes) => s.P;

/** Queries, keys and values of every head from elements (part, row, head, place, width). */
const packed =
  (
    element: (
      feeds: Parameters<NonNullable<Case["reference"]>>[0],
      part: number,
      b: number,
      h: number,
      i: number,
      c: number,
    ) => number,
    keys: (s: Sizes) => number,
  ): NonNullable<Case["reference"]> =>
  (feeds, sizes) => {
    const results = Array.from({ length: sizes.B }, (_, b) =>
      Array.from({ length: H }, (__, h) => {
        const [query, key, value] = [sizes.S, keys(sizes), keys(sizes)].map((n, part) =>
          vectors(n, d, (i, c) => element(feeds, part, b, h, i, c)),
        );
        return naiveAttention({ q: query, k: key, v: value });
      }),
    );
    return [filled([sizes.B, sizes.S, D], (b, i, c) => results[b][Math.floor(c / d)].context[i][c % d])];
  };

export const msAttentionCases: readonly Case[] = [
  form("no mask", [x, w, bias]),
  form("no bias", [x, w], {
    // The kernels at hand fail without one.
    reference: ([input, weight], { B, S: places }) => {
      const projected = (b: number, i: number, c: number) =>
        Array.from({ length: 12 }, (_, e) => at(input, b, i, e) * at(weight, e, c)).reduce(
          (sum, each) => sum + each,
          0,
        );
      return packed((_feeds, part, b, h, i, c) => projected(b, i, part * D + h * d + c), S)([], {
        B,
        S: places,
        T: 0,
        P: 0,
      });
    },
  }),
  form("a mask of keys", [x, w, bias, keep((s) => [s.B, s.S])]),
  form("a mask of keys, filled otherwise", [x, w, bias, keep((s) => [s.B, s.S])], {
    attributes: { mask_filter_value: float(-2) },
  }),
  form("a mask of queries and keys", [x, w, bias, keep((s) => [s.B, s.S, s.S])]),
  form("lengths", [x, w, bias, lengths((s) => s.S)]),
  form("causal", [x, w, bias], { attributes: causal }),
  form("causal with a mask of keys", [x, w, bias, keep((s) => [s.B, s.S])], { attributes: causal }),
  form("a scale", [x, w, bias], { attributes: { scale: float(0.3) } }),
  form("sizes of their own", [x, weights(12, 2 * D + 3 * H), weights(2 * D + 3 * H)], {
    attributes: { qkv_hidden_sizes: ints([D, D, 3 * H]) },
  }),
  form("a position bias", [x, w, bias, null, null, floats((s) => [s.B, H, s.S, s.S])]),
  form("a position bias for all rows, and a mask", [
    x,
    w,
    bias,
    keep((s) => [s.B, s.S]),
    null,
    floats((s) => [1, H, s.S, s.S]),
  ]),
  form("a cache", [x, w, bias, null, past], { outputs: [true, true], attributes: causal }),
  form("a cache and a mask of its length", [x, w, bias, keep((s) => [s.B, s.P + s.S]), past], {
    outputs: [true, true],
    attributes: causal,
  }),
  form("an empty cache", [x, w, bias, null, past], {
    outputs: [true, true],
    attributes: causal,
    sizes: [{ B: 2, S: 4, T: 4, P: 0 }],
  }),
  form("what a cache would hold", [x, w, bias], { outputs: [true, true] }),
];

export const msAttentionRefusals: readonly Refusal[] = [
  {
    ...form("first and last places", [
      x,
      w,
      bias,
      values(
        "int32",
        (s) => [2 * s.B],
        () => 0,
      ),
    ]),
    message: /^unsupported form: Attention with a mask of shape \[2018\] \(fused\)$/,
  },
  {
    ...form("a rotation", [x, w, bias], { attributes: { do_rotary: int(1) } }),
    message: /^unsupported form: Attention with do_rotary \(fused\)$/,
  },
  {
    ...form("a shared buffer", [x, w, bias, null, past], { attributes: { past_present_share_buffer: int(1) } }),
    message: /^unsupported form: Attention with a cache longer than what it holds \(fused\)$/,
  },
  {
    ...form("an attribute of a later version", [x, w, bias], { attributes: { window: int(3) } }),
    message: /^unsupported form: Attention with window \(fused\)$/,
  },
];

const mha = "com.microsoft:MultiHeadAttention";
const formOf = (name: string, inputs: Case["inputs"], rest: Partial<Case> = {}): Case => ({
  ...form(name, inputs, rest),
  operator: mha,
});
const flat = (length: (s: Sizes) => number, width = D): Input => floats((s) => [s.B, length(s), width]);
const [q, k, v] = [flat(S), flat(T), flat(T, H * 5)];
const ofHeads = (length: (s: Sizes) => number): Input => floats((s) => [s.B, H, length(s), d]);

export const multiHeadAttentionCases: readonly Case[] = [
  formOf("separate", [q, k, v]),
  formOf("a bias of the projections", [q, k, v, weights(2 * D + H * 5)]),
  formOf("a mask of keys", [q, k, v, null, keep((s) => [s.B, s.T])]),
  formOf("a mask of keys, filled otherwise", [q, k, v, null, keep((s) => [s.B, s.T])], {
    attributes: { mask_filter_value: float(-1.5) },
  }),
  formOf("a mask of queries and keys", [q, flat(S), flat(S), null, keep((s) => [s.B, s.S, s.S])]),
  formOf("lengths", [q, k, v, null, lengths(T)]),
  formOf("an attention bias", [q, k, v, null, null, floats((s) => [s.B, H, s.S, s.T])]),
  formOf("an attention bias for all rows and heads", [q, k, v, null, null, floats((s) => [1, 1, s.S, s.T])]),
  formOf("a mask and an attention bias", [q, k, v, null, keep((s) => [s.B, s.T]), floats((s) => [1, H, s.S, s.T])]),
  formOf("causal", [q, flat(S), flat(S)], { attributes: causal }),
  formOf("a scale", [q, k, v], { attributes: { scale: float(0.2) } }),
  formOf("a cache", [q, flat(S), flat(S), null, null, null, ofHeads(P), ofHeads(P)], { outputs: [true, true, true] }),
  formOf("a cache, causal, with a bias", [q, flat(S), flat(S), weights(3 * D), null, null, ofHeads(P), ofHeads(P)], {
    outputs: [true, true, true],
    attributes: causal,
  }),
  formOf(
    "a cache and a mask of its length",
    [q, flat(S), flat(S), null, keep((s) => [s.B, s.P + s.S]), null, ofHeads(P), ofHeads(P)],
    {
      outputs: [true, true, true],
    },
  ),
  formOf("what a cache would hold", [q, k, v], { outputs: [true, true, true] }),
  formOf("keys and values of a cache, in heads", [q, ofHeads(T), ofHeads(T)]),
  formOf("keys and values of a cache, with a bias of the queries", [q, ofHeads(T), ofHeads(T), weights(3 * D)], {
    // The bias of keys and values is in the cache already; the kernels at hand take none here.
    reference: packed(
      ([query, key, value, b], part, row, h, i, c) =>
        part === 0 ? at(query, row, i, h * d + c) + at(b, h * d + c) : at(part === 1 ? key : value, row, h, i, c),
      T,
    ),
  }),
  formOf("the products", [q, k, v, null, keep((s) => [s.B, s.T])], { outputs: [true, false, false, true] }),
  formOf("packed", [floats((s) => [s.B, s.S, H, 3, d])], {
    reference: packed(([x5], part, row, h, i, c) => at(x5, row, i, h, part, c), S),
  }),
  formOf("packed keys and values", [q, floats((s) => [s.B, s.T, H, 2, d])], {
    reference: packed(
      ([query, kv], part, row, h, i, c) => (part === 0 ? at(query, row, i, h * d + c) : at(kv, row, i, h, part - 1, c)),
      T,
    ),
  }),
];

export const multiHeadAttentionRefusals: readonly Refusal[] = [
  {
    ...formOf("packed lengths", [
      q,
      k,
      v,
      null,
      values(
        "int32",
        (s) => [3 * s.B + 2],
        () => 0,
      ),
    ]),
    message: /^unsupported form: MultiHeadAttention with a mask of shape \[3029\] \(fused\)$/,
  },
  { ...formOf("no keys", [q]), message: /^unsupported form: MultiHeadAttention without keys or values \(fused\)$/ },
  {
    ...formOf("beams", [q, k, v, null, null, null, ofHeads(P), ofHeads(P), values("int32", [1], () => 0)]),
    message: /^unsupported form: MultiHeadAttention with input 8 \(fused\)$/,
  },
  {
    ...formOf("packed with a bias", [floats((s) => [s.B, s.S, H, 3, d]), null, null, weights(3 * D)]),
    message: /^unsupported form: MultiHeadAttention with packed queries and a bias \(fused\)$/,
  },
];
