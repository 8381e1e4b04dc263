import { at, filled } from "../naive";
import { type Case, float, floats, type Input, int, type Refusal, values } from "../rewrite-case";

const H = 3;
const d = 8;
const max = 32;
const angle = (i: number, half: number): number => Math.floor(i / half) / 3 ** (i % half);
const cache = (half: number, of: (x: number) => number): Input =>
  values("float32", [max, half], (i) => of(angle(i, half)), true);
const caches = (half: number): readonly Input[] => [cache(half, Math.cos), cache(half, Math.sin)];
/** Already looked up: [B, S, half]. */
const gathered = (half: number): readonly Input[] =>
  [Math.cos, Math.sin].map((of) =>
    values(
      "float32",
      (s) => [s.B, s.S, half],
      (i) => of(angle(i, half) / 5),
    ),
  );
const inHeads = floats((s) => [s.B, H, s.S, d]);
const flat = floats((s) => [s.B, s.S, H * d]);
const positions = values(
  "int64",
  (s) => [s.B, s.S],
  (i, s) => (3 * Math.floor(i / s.S) + (i % s.S)) % max,
);
const standard = (form: string, inputs: Case["inputs"], attributes: Case["attributes"] = {}): Case => ({
  operator: "RotaryEmbedding",
  form,
  opset: 23,
  inputs,
  attributes,
});
const microsoft = (form: string, inputs: Case["inputs"], attributes: Case["attributes"] = {}): Case => ({
  operator: "com.microsoft:RotaryEmbedding",
  form,
  inputs,
  attributes,
});
const offset = values("int64", [1], () => 4);

export const rotaryEmbeddingCases: readonly Case[] = [
  standard("heads apart", [inHeads, ...caches(d / 2), positions]),
  standard("heads side by side", [flat, ...caches(d / 2), positions], { num_heads: int(H) }),
  standard("neighbours", [inHeads, ...caches(d / 2), positions], { interleaved: int(1) }),
  standard("a part", [inHeads, ...caches(d / 4), positions], { rotary_embedding_dim: int(d / 2) }),
  standard("neighbours of a part, side by side", [flat, ...caches(d / 4), positions], {
    num_heads: int(H),
    interleaved: int(1),
    rotary_embedding_dim: int(d / 2),
  }),
  standard("angles looked up", [inHeads, ...gathered(d / 2)]),
  standard("angles looked up, side by side", [flat, ...gathered(d / 2)], { num_heads: int(H) }),
  microsoft("heads apart", [inHeads, positions, ...caches(d / 2)]),
  microsoft("heads side by side", [flat, positions, ...caches(d / 2)]),
  microsoft("an offset", [inHeads, offset, ...caches(d / 2)]),
  microsoft("an offset, side by side", [flat, offset, ...caches(d / 2)]),
  microsoft("neighbours", [inHeads, positions, ...caches(d / 2)], { interleaved: int(1) }),
  microsoft("a part", [floats((s) => [s.B, H, s.S, 2 * d]), positions, ...caches(d / 2)], {
    num_heads: int(H),
    rotary_embedding_dim: int(d),
  }),
  microsoft("a part, side by side", [floats((s) => [s.B, s.S, H * 2 * d]), positions, ...caches(d / 2)], {
    num_heads: int(H),
    rotary_embedding_dim: int(d),
  }),
  {
    ...microsoft("heads apart, by its formula", [inHeads, positions, ...caches(d / 2)]),
    reference: ([x, places, cos, sin]) => [
      filled(x.dims, (b, h, i, c) => {
        const [place, half] = [at(places, b, i), d / 2];
        const [even, odd] = [at(x, b, h, i, c % half), at(x, b, h, i, (c % half) + half)];
        const [cosine, sine] = [at(cos, place, c % half), at(sin, place, c % half)];
        return c < half ? even * cosine - odd * sine : odd * cosine + even * sine;
      }),
    ],
  },
];

export const rotaryEmbeddingRefusals: readonly Refusal[] = [
  {
    ...microsoft("a scale", [inHeads, positions, ...caches(d / 2)], { scale: float(2) }),
    message: /^unsupported form: RotaryEmbedding with a scale \(fused\)$/,
  },
  {
    ...microsoft("packed rows", [inHeads, positions, ...caches(d / 2)], { is_packed_batching: int(1) }),
    message: /^unsupported form: RotaryEmbedding of packed rows \(fused\)$/,
  },
];
