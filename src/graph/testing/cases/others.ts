import { at, filled } from "../naive";
import { type Case, float, floats, type Input, int, type Refusal, string, values, weights } from "../rewrite-case";

const D = 12;
const x = floats((s) => [s.B, s.S, D]);
const vector = weights(D);
const epsilon = float(1e-5);
const of =
  (operator: string) =>
  (form: string, inputs: Case["inputs"], rest: Partial<Case> = {}): Case => ({ operator, form, inputs, ...rest });

const skip = of("com.microsoft:SkipLayerNormalization");
const simple = of("com.microsoft:SkipSimplifiedLayerNormalization");
const ids = (limit: number, dims: Input["dims"] = (s) => [s.B, s.S]): Input =>
  values("int32", dims, (_i, _s, random) => Math.floor(limit * random()));
const embed = of("com.microsoft:EmbedLayerNormalization");
const tables = [weights(20, D), weights(40, D), weights(2, D), vector, vector];
const words = [weights(20, D), weights(40, D), null, vector, vector];
/** Ones, then zeros: padding on the right. */
const mask = values(
  "int32",
  (s) => [s.B, s.S],
  (i, s) => Number(i % s.S <= Math.floor(i / s.S) + 1),
);

export const layerNormalizationCases: readonly Case[] = [
  skip("a sum and its norm", [x, x, vector, vector], { attributes: { epsilon } }),
  skip("no shift", [x, x, vector], { attributes: { epsilon } }),
  skip("a bias, and the sum", [x, x, vector, vector, vector], {
    outputs: [true, false, false, true],
    attributes: { epsilon },
  }),
  skip("the sum without a bias", [x, x, vector, vector], { outputs: [true, false, false, true] }),
  skip("one skip for all rows", [x, floats((s) => [1, s.S, D]), vector, vector], { attributes: { epsilon } }),
  skip("a skip of rank 2", [x, floats((s) => [s.S, D]), vector, vector], { attributes: { epsilon } }),
  skip("rank 2", [floats((s) => [s.S, D]), floats((s) => [s.S, D]), vector, vector], { attributes: { epsilon } }),
  simple("a sum and its norm", [x, x, vector], { attributes: { epsilon } }),
  simple("a bias, and the sum", [x, x, vector, vector], {
    outputs: [true, false, false, true],
    attributes: { epsilon },
  }),
  embed("words, places and segments", [ids(20), ids(2), ...tables], { outputs: [true, true], attributes: { epsilon } }),
  embed("no segments", [ids(20), null, ...words], { outputs: [true, true] }),
  embed("lengths of a mask", [ids(20), ids(2), ...tables, mask], {
    outputs: [true, true],
    attributes: { mask_index_type: int(1) },
  }),
  embed("given places", [ids(20), ids(2), ...tables, null, ids(40)], { outputs: [true, true] }),
  embed("places for all rows, and the sum", [ids(20), ids(2), ...tables, null, ids(40, (s) => [1, s.S])], {
    outputs: [true, true, true],
  }),
];

export const layerNormalizationRefusals: readonly Refusal[] = [
  {
    ...skip("the mean", [x, x, vector, vector], { outputs: [true, true] }),
    message: /^unsupported form: SkipLayerNormalization that returns its mean or deviation \(fused\)$/,
  },
  {
    ...simple("the deviation", [x, x, vector], { outputs: [true, false, true] }),
    message: /^unsupported form: SkipSimplifiedLayerNormalization that returns its mean or deviation \(fused\)$/,
  },
];

const softmaxOf = (row: readonly number[]): number[] => {
  const top = Math.max(...row);
  const exps = row.map((v) => Math.exp(v - top));
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / sum);
};

const biasSoftmax = of("com.microsoft:BiasSoftmax");

export const activationCases: readonly Case[] = [
  of("com.microsoft:BiasGelu")("a bias", [x, vector]),
  of("com.microsoft:FastGelu")("a bias", [x, vector]),
  of("com.microsoft:QuickGelu")("its own factor", [x]),
  of("com.microsoft:QuickGelu")("another factor", [x], { attributes: { alpha: float(0.7) } }),
  of("com.microsoft:QuickGelu")("none: SiLU", [x], { attributes: { alpha: float(1) } }),
  of("Dropout")("inference", [x]),
  of("Dropout")("a ratio", [x, values("float32", [], () => 0.5, true)]),
  of("Dropout")("as an attribute", [x], { opset: 11, attributes: { ratio: float(0.5) } }),
  biasSoftmax("a mask", [floats((s) => [s.B, 2, s.S, s.T]), floats((s) => [s.B, 1, 1, s.T])], {
    attributes: { axis: int(3), is_inner_broadcast: int(1) },
    reference: ([data, bias]) => [
      filled(
        data.dims,
        (b, h, i, j) =>
          softmaxOf(Array.from({ length: data.dims[3] }, (_, c) => at(data, b, h, i, c) + at(bias, b, 0, 0, c)))[j],
      ),
    ],
  }),
  of("com.microsoft:BiasAdd")("a bias and a skip", [x, vector, x], {
    reference: ([a, bias, b]) => [filled(a.dims, (n, i, c) => at(a, n, i, c) + at(bias, c) + at(b, n, i, c))],
  }),
];

export const activationRefusals: readonly Refusal[] = [
  {
    ...biasSoftmax("several axes at once", [floats((s) => [s.B, 2, s.S, s.T]), floats((s) => [s.B, 1, 1, s.T])], {
      attributes: { axis: int(2), is_inner_broadcast: int(1) },
    }),
    message: /^unsupported form: BiasSoftmax over axes 2 to 3 at once \(fused\)$/,
  },
];

const fused = of("com.microsoft:FusedMatMul");
const gemm = of("com.microsoft:FusedGemm");
const einsum = (equation: string, ...inputs: Input[]): Case => ({
  operator: "Einsum",
  form: equation,
  inputs,
  attributes: { equation: string(equation) },
});
const H = 3;
const q = floats((s) => [s.B, s.S, H, 4]);
const k = floats((s) => [s.B, s.T, H, 4]);
const probs = floats((s) => [s.B, H, s.S, s.T]);

export const productCases: readonly Case[] = [
  fused("plain", [x, weights(D, 5)]),
  fused("the left one transposed", [floats((s) => [s.B, D, s.S]), floats((s) => [s.B, D, s.T])], {
    attributes: { transA: int(1) },
  }),
  fused("the right one transposed, and a factor", [floats((s) => [s.B, 2, s.S, 4]), floats((s) => [s.B, 2, s.T, 4])], {
    attributes: { transB: int(1), alpha: float(0.5) },
  }),
  fused("both transposed", [floats((s) => [s.B, D, s.S]), floats((s) => [s.B, s.T, D])], {
    attributes: { transA: int(1), transB: int(1) },
  }),
  of("com.microsoft:TransposeMatMul")("the right one transposed", [x, floats((s) => [s.B, s.T, D])], {
    attributes: { transB: int(1), alpha: float(2) },
  }),
  ...["Relu", "Tanh", "Sigmoid", "Softplus"].map((activation) =>
    gemm(activation, [floats((s) => [s.S, D]), weights(5, D), weights(5)], {
      attributes: { activation: string(activation), transB: int(1), alpha: float(0.5), beta: float(2) },
    }),
  ),
  einsum("bqhd,bkhd->bhqk", q, k),
  einsum("bqhd, bkhd -> bqhk", q, k),
  einsum("bhqk,bkhd->bqhd", probs, k),
  einsum(
    "bnqk,bnkd->bqnd",
    probs,
    floats((s) => [s.B, H, s.T, 4]),
  ),
  einsum(
    "ij,jk->ik",
    floats((s) => [s.S, D]),
    weights(D, 5),
  ),
  einsum("btd,dhe->bthe", x, weights(D, H, 4)),
  einsum("bthe,hed->btd", q, weights(H, 4, D)),
  einsum("btd,de->bte", x, weights(D, 5)),
  einsum("bqhd,bkhd->hqkb", q, k),
  einsum(
    "i,j->ij",
    floats((s) => [s.S]),
    floats((s) => [s.T]),
  ),
  einsum(
    "bi,bi->b",
    floats((s) => [s.S, D]),
    floats((s) => [s.S, D]),
  ),
  einsum(
    "bhsd,btd->bhst",
    floats((s) => [s.B, H, s.S, 4]),
    floats((s) => [s.B, s.T, 4]),
  ),
  einsum("BQHD,BKHD->BHQK", q, k),
];

export const productRefusals: readonly Refusal[] = [
  {
    ...fused("a moved batch axis", [x, x], { attributes: { transBatchA: int(1) } }),
    message: /^unsupported form: FusedMatMul that moves its batch axis \(fused\)$/,
  },
  {
    ...gemm("LeakyRelu", [floats((s) => [s.S, D]), weights(D, 5), weights(5)], {
      attributes: { activation: string("LeakyRelu"), activation_alpha: float(0.1) },
    }),
    message: /^unsupported form: FusedGemm with activation LeakyRelu \(fused\)$/,
  },
];

const bytes = (...dims: number[]): Input => values("uint8", dims, (_i, _s, random) => Math.floor(256 * random()), true);
const signed = (...dims: number[]): Input =>
  values("int8", dims, (_i, _s, random) => Math.floor(255 * random()) - 127, true);
const scales = (n: number): Input =>
  values("float32", n === 1 ? [1] : [n], (_i, _s, random) => 0.01 + 0.02 * random(), true);
const scalar = (value: number): Input => values("float32", [], () => value, true);
const zero = (dtype: "uint8" | "int8", value: number, ...dims: number[]): Input =>
  values(dtype, dims, () => value, true);
const quantised = values(
  "uint8",
  (s) => [s.B, s.S, D],
  (_i, _s, random) => Math.floor(256 * random()),
);
const toFloat = of("com.microsoft:MatMulIntegerToFloat");
const dynamic = of("com.microsoft:DynamicQuantizeMatMul");
const qAttention = of("com.microsoft:QAttention");
const heads = int(2);
const qkv = 3 * D;
const lengths = values(
  "int32",
  (s) => [s.B],
  (i, s) => 1 + (i % s.S),
);
const keep = values(
  "int32",
  (s) => [s.B, s.S],
  (i, s) => Number(i % s.S <= Math.floor(i / s.S)),
);
/** Sums of integers in float32 come in another order. */
const tolerance = 2e-5;

const qEmbed = of("com.microsoft:QEmbedLayerNormalization");
const qTables = (kinds: boolean): Case["inputs"] => [
  bytes(20, D),
  bytes(40, D),
  kinds ? bytes(2, D) : null,
  bytes(D),
  bytes(D),
];
const five = (of: (table: number) => Input, kinds: boolean): Case["inputs"] =>
  [0, 1, 2, 3, 4].map((table) => (table === 2 && !kinds ? null : of(table)));
const tableScales = (kinds: boolean) => five((table) => scalar(0.01 * (1 + table)), kinds);
const tableZeros = (kinds: boolean) => five((table) => zero("uint8", 100 + 10 * table), kinds);

export const quantisedCases: readonly Case[] = [
  qEmbed(
    "words, places and segments",
    [ids(20), ids(2), ...qTables(true), null, ...tableScales(true), ...tableZeros(true)],
    { outputs: [true, true], attributes: { epsilon } },
  ),
  qEmbed("no segments", [ids(20), null, ...qTables(false), null, ...tableScales(false), ...tableZeros(false)], {
    outputs: [true, true],
    attributes: { epsilon },
  }),
  qEmbed("lengths of a mask", [ids(20), ids(2), ...qTables(true), mask, ...tableScales(true), ...tableZeros(true)], {
    outputs: [true, true],
    attributes: { epsilon },
  }),
  toFloat("no zero points", [quantised, bytes(D, 5), scalar(0.02), scalar(0.03)], { tolerance }),
  toFloat(
    "zero points and a bias",
    [quantised, signed(D, 5), scalar(0.02), scalar(0.03), zero("uint8", 128), zero("int8", 3), weights(5)],
    { tolerance },
  ),
  toFloat(
    "a scale a column",
    [quantised, signed(D, 5), scalar(0.02), scales(5), zero("uint8", 128), zero("int8", 3, 5), weights(5)],
    { tolerance },
  ),
  dynamic("no zero point", [x, signed(D, 5), scalar(0.03)], { tolerance }),
  dynamic("a scale a column, a zero point and a bias", [x, signed(D, 5), scales(5), zero("int8", -2, 5), weights(5)], {
    tolerance,
  }),
  dynamic("unsigned", [x, bytes(D, 5), scalar(0.03), zero("uint8", 120)], { tolerance }),
  qAttention(
    "no mask",
    [quantised, signed(D, qkv), weights(qkv), scalar(0.02), scalar(0.01), null, zero("uint8", 128), zero("int8", 0)],
    { attributes: { num_heads: heads }, tolerance },
  ),
  qAttention(
    "a scale a column, and lengths",
    [
      quantised,
      signed(D, qkv),
      weights(qkv),
      scalar(0.02),
      scales(qkv),
      lengths,
      zero("uint8", 128),
      zero("int8", 1, qkv),
    ],
    { attributes: { num_heads: heads }, tolerance },
  ),
  qAttention(
    "a mask of keys",
    [quantised, bytes(D, qkv), weights(qkv), scalar(0.02), scalar(0.01), keep, zero("uint8", 128), zero("uint8", 127)],
    { attributes: { num_heads: heads }, tolerance },
  ),
  qAttention(
    "causal",
    [quantised, bytes(D, qkv), weights(qkv), scalar(0.02), scalar(0.01), null, zero("uint8", 128), zero("uint8", 127)],
    { attributes: { num_heads: heads, unidirectional: int(1) }, tolerance },
  ),
];

export const quantisedRefusals: readonly Refusal[] = [
  {
    ...qAttention(
      "a cache",
      [
        quantised,
        signed(D, qkv),
        weights(qkv),
        scalar(0.02),
        scalar(0.01),
        null,
        zero("uint8", 128),
        zero("int8", 0),
        floats((s) => [2, s.B, 2, s.P, 6]),
      ],
      { attributes: { num_heads: heads } },
    ),
    message: /^unsupported form: QAttention with a cache \(fused\)$/,
  },
  {
    ...qAttention("a rotation", [quantised, signed(D, qkv), weights(qkv), scalar(0.02), scalar(0.01)], {
      attributes: { num_heads: heads, do_rotary: int(1) },
    }),
    message: /^unsupported form: QAttention with do_rotary \(fused\)$/,
  },
];
