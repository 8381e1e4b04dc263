import type { Attribute } from "../../../onnx/model";
import { type Case, float, floats, type Input, int, type Refusal, type Sizes, values, weights } from "../rewrite-case";

const H = 4;
const KV = 2;
const d = 16;
const max = 32;
const operator = "com.microsoft:GroupQueryAttention";
const heads = { num_heads: int(H), kv_num_heads: int(KV) } satisfies Record<string, Attribute>;
const q = floats((s) => [s.B, s.S, H * d]);
const kv = floats((s) => [s.B, s.S, KV * d]);
const packed = floats((s) => [s.B, s.S, (H + 2 * KV) * d]);
const wide = [floats((s) => [s.B, s.S, KV * 2 * d]), floats((s) => [s.B, s.S, KV * 2 * d])];
const past = floats((s) => [s.B, KV, s.P, d]);
const empty = floats((s) => [s.B, KV, 0, d]);
const lengths = (cached: (s: Sizes) => number): Input =>
  values(
    "int32",
    (s) => [s.B],
    (_i, s) => cached(s) + s.S - 1,
  );
const total = (cached: (s: Sizes) => number): Input => values("int32", [1], (_i, s) => cached(s) + s.S);
const none = () => 0;
const P = (s: Sizes) => s.P;
const own = [lengths(none), total(none)];
const cached = [lengths(P), total(P)];
const angles = (width: number): readonly Input[] => [
  values("float32", [max, width / 2], (i) => Math.cos(Math.floor(i / (width / 2)) / 3 ** (i % (width / 2))), true),
  values("float32", [max, width / 2], (i) => Math.sin(Math.floor(i / (width / 2)) / 3 ** (i % (width / 2))), true),
];
const rotary = { do_rotary: int(1) } satisfies Record<string, Attribute>;
const form = (name: string, inputs: Case["inputs"], rest: Partial<Case> = {}): Case => ({
  operator,
  form: name,
  inputs,
  ...rest,
  outputs: rest.outputs ?? [true, true, true],
  attributes: { ...heads, ...rest.attributes },
});
/** The kernels at hand take several new tokens after a cache in one row alone. */
const afterCache: readonly Sizes[] = [
  { B: 1, S: 4, T: 4, P: 3 },
  { B: 3, S: 1, T: 1, P: 5 },
];
const positions = values(
  "int64",
  (s) => [s.B, s.S],
  (i, s) => 2 + (i % s.S),
);

export const groupQueryAttentionCases: readonly Case[] = [
  form("separate", [q, kv, kv, null, null, ...own]),
  form("an empty cache", [q, kv, kv, empty, empty, ...own]),
  form("packed", [packed, null, null, null, null, ...own]),
  form("a cache", [q, kv, kv, past, past, ...cached], { sizes: afterCache }),
  form("a scale", [q, kv, kv, null, null, ...own], { attributes: { scale: float(0.4) } }),
  form("a soft cap", [q, kv, kv, null, null, ...own], { attributes: { softcap: float(1.5) } }),
  form("a window", [q, kv, kv, null, null, ...own], { attributes: { local_window_size: int(2) } }),
  form("a window after a cache", [q, kv, kv, past, past, ...cached], {
    sizes: afterCache,
    attributes: { local_window_size: int(3) },
  }),
  form("a rotation", [q, kv, kv, null, null, ...own, ...angles(d)], { attributes: rotary }),
  form("a rotation of packed heads", [packed, null, null, null, null, ...own, ...angles(d)], { attributes: rotary }),
  form("a rotation of neighbours", [q, kv, kv, null, null, ...own, ...angles(d)], {
    attributes: { ...rotary, rotary_interleaved: int(1) },
  }),
  form("a rotation of a part", [floats((s) => [s.B, s.S, H * 2 * d]), ...wide, null, null, ...own, ...angles(d)], {
    attributes: rotary,
  }),
  form("a rotation after a cache", [q, kv, kv, past, past, ...cached, ...angles(d)], {
    sizes: afterCache,
    attributes: rotary,
  }),
  form("a rotation to given places", [q, kv, kv, null, null, ...own, ...angles(d), positions], { attributes: rotary }),
  form(
    "a rotation, and one head for all",
    [q, floats((s) => [s.B, s.S, d]), floats((s) => [s.B, s.S, d]), null, null, ...own, ...angles(d)],
    {
      attributes: { ...rotary, kv_num_heads: int(1) },
    },
  ),
  form("an attention bias", [q, kv, kv, null, null, ...own, null, null, null, floats((s) => [s.B, H, s.S, s.S])]),
  form("an attention bias for all heads", [
    q,
    kv,
    kv,
    null,
    null,
    ...own,
    null,
    null,
    null,
    floats((s) => [1, 1, s.S, s.S]),
  ]),
  form("a smooth softmax", [q, kv, kv, null, null, ...own], { attributes: { smooth_softmax: int(1) } }),
  form("sinks", [q, kv, kv, null, null, ...own, null, null, null, null, weights(H)]),
  form(
    "a soft cap, a bias and a window",
    [q, kv, kv, null, null, ...own, null, null, null, floats((s) => [1, H, s.S, s.S])],
    {
      attributes: { softcap: float(1.5), local_window_size: int(2) },
    },
  ),
  form("probabilities", [q, kv, kv, null, null, ...own], {
    outputs: [true, true, true, true],
    attributes: { qk_output: int(2) },
  }),
  form(
    "rows shorter than the batch",
    [
      q,
      kv,
      kv,
      null,
      null,
      values(
        "int32",
        (s) => [s.B],
        (i, s) => s.S - 1 - Math.min(i, s.S - 1),
      ),
      own[1],
      ...angles(d),
    ],
    {
      attributes: rotary,
      outputs: [true],
      // What is behind a row's end is nobody's.
      defined: ([row, place], s) => place < s.S - Math.min(row, s.S - 1),
    },
  ),
];

export const groupQueryAttentionRefusals: readonly Refusal[] = [
  {
    ...form("both directions", [q, kv, kv, null, null, ...own], { attributes: { causal: int(0) } }),
    message: /^unsupported form: GroupQueryAttention that isn't causal \(fused\)$/,
  },
  {
    ...form("a quantised cache", [q, kv, kv, past, past, ...cached, null, null, null, null, null, weights(1)]),
    message: /^unsupported form: GroupQueryAttention with a quantised cache \(fused\)$/,
  },
  {
    ...form("norms of queries and keys", [
      q,
      kv,
      kv,
      null,
      null,
      ...own,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      weights(d),
      weights(d),
    ]),
    message: /^unsupported form: GroupQueryAttention with input 14 \(fused\)$/,
  },
];
