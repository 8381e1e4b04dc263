import { describe, expect, test } from "vitest";
import {
  float,
  floats,
  graph as graphAttribute,
  int,
  ints,
  string,
  tensorAttribute,
  weightOf,
} from "../../onnx/attributes";
import { dtypeCodes } from "../../onnx/codes";
import type { Attribute, Model, Node } from "../../onnx/model";
import { randomNumbers } from "../../onnx/testing/random";
import { graph, modelOf, node as sampleNode } from "../../onnx/testing/sample";
import { type DType, float32, int64, sizeOf, type Tensor, tensor, typedArrayOf } from "../../tensor/tensor";
import { info, runModel } from "../testing/run";
import { type Fact, Facts } from ".";
import { creationRules } from "./creation";
import { elementwiseRules } from "./elementwise";
import { matrixRules } from "./matrix";
import { movementRules } from "./movement";
import { reductionRules } from "./reduction";

interface Case {
  readonly op: string;
  readonly inputs: readonly (Tensor | null)[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly opset?: number;
  readonly domain?: string;
  readonly outputs?: number;
  /** Its sizes hang on more than sizes: nothing is promised. */
  readonly open?: boolean;
}

const random = randomNumbers(3);
const of = (dtype: DType, dims: readonly number[], value: (i: number) => number): Tensor => {
  const data = new (typedArrayOf(dtype))(sizeOf(dims));
  for (let i = 0; i < data.length; i++)
    data[i] = (data instanceof BigInt64Array ? BigInt(value(i)) : value(i)) as never;
  return { dtype, dims, data };
};
const reals = (...dims: number[]): Tensor =>
  float32(
    dims,
    Array.from({ length: sizeOf(dims) }, () => 4 * random() - 2),
  );
const positive = (...dims: number[]): Tensor =>
  float32(
    dims,
    Array.from({ length: sizeOf(dims) }, () => 0.1 + random()),
  );
const whole = (...values: number[]): Tensor => int64([values.length], values);
const truths = (...dims: number[]): Tensor => of("bool", dims, () => Number(random() < 0.5));
const bytes = (...dims: number[]): Tensor => of("uint8", dims, () => Math.floor(256 * random()));
const halves = float32([8], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.49, -3.51]);

const one = (op: string, ...inputs: (Tensor | null)[]): Case => ({ op, inputs });
const with_ = (attributes: Readonly<Record<string, Attribute>>, each: Case, rest: Partial<Case> = {}): Case => ({
  ...each,
  attributes,
  ...rest,
});
const at = (opset: number, each: Case): Case => ({ ...each, opset });
const microsoft = (each: Case): Case => ({ ...each, domain: "com.microsoft" });

const keep =
  "Elu Erf HardSigmoid HardSwish LeakyRelu Mish Relu Selu Sigmoid Softplus Softsign Tanh ThresholdedRelu Sin Cos Tan Atan Sinh Cosh Asinh Celu Shrink Softmax LogSoftmax Hardmax LpNormalization MeanVarianceNormalization Abs Neg Sign Floor Ceil Exp Identity IsNaN IsInf Dropout Trilu"
    .split(" ")
    .map((op) => one(op, reals(2, 3, 4)));
const unit = "Asin Acos Atanh Sqrt Log Reciprocal".split(" ").map((op) => one(op, float32([3], [0.25, 0.5, 0.75])));
const binary = "Add Sub Mul Div Min Max Sum Mean".split(" ").map((op) => one(op, reals(2, 1, 4), reals(3, 1)));
const onIntegers = "Add Sub Mul Div Mod Min Max"
  .split(" ")
  .map((op) => one(op, whole(-7, 7, -8, 9), whole(2, -2, 3, -4)));
const comparisons = "Equal Greater GreaterOrEqual Less LessOrEqual"
  .split(" ")
  .flatMap((op) => [one(op, whole(1, 2, 3), whole(3, 2, 1)), one(op, reals(2, 1, 4), reals(3, 1))]);
const logic = "And Or Xor".split(" ").map((op) => one(op, truths(4, 1), truths(5)));
const bits = "BitwiseAnd BitwiseOr BitwiseXor".split(" ").map((op) => one(op, whole(12, 10), whole(10, 6)));
const reductions =
  "ReduceSum ReduceMean ReduceProd ReduceMax ReduceMin ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp"
    .split(" ")
    .flatMap((op) => [
      one(op, positive(2, 3, 4), whole(1)),
      with_({ keepdims: int(0) }, one(op, positive(2, 3, 4), whole(-1, 0))),
      with_({ keepdims: int(0) }, one(op, positive(5))),
      with_({ noop_with_empty_axes: int(1) }, one(op, positive(5))),
      ...(op === "ReduceSum"
        ? []
        : [at(13, with_({ axes: ints([0, -1]), keepdims: int(1) }, one(op, positive(2, 3, 4))))]),
    ]);

const branchOf = (value: Tensor) =>
  graphAttribute(
    graph({
      name: "branch",
      nodes: [sampleNode("Identity", ["inner"], ["chosen"])],
      outputs: [info("chosen", value.dtype)],
      initializers: new Map([["inner", weightOf("inner", value)]]),
    }),
  );
const choice = (then: Tensor, otherwise: Tensor) => ({ then_branch: branchOf(then), else_branch: branchOf(otherwise) });
const packedWeight = { K: int(32), N: int(5), bits: int(4), block_size: int(16) };

const cases: readonly Case[] = [
  ...keep,
  ...unit,
  ...binary,
  ...onIntegers,
  ...comparisons,
  ...logic,
  ...bits,
  ...reductions,
  at(20, one("Gelu", reals(2, 3))),
  at(24, one("Swish", reals(2, 3))),
  ...["FastGelu", "QuickGelu", "Gelu"].map((op) => microsoft(one(op, reals(2, 3)))),
  microsoft(one("BiasGelu", reals(2, 3), reals(3))),
  one("PRelu", reals(2, 3), reals(3)),
  one("Not", truths(4)),
  one("Round", halves),
  one("BitwiseNot", whole(5, -3)),
  {
    ...with_(
      { direction: string("LEFT") },
      one(
        "BitShift",
        bytes(3),
        of("uint8", [3], () => 2),
      ),
    ),
  },
  one("CumSum", reals(2, 3), int64([], [1])),
  one("Acosh", float32([2], [1.5, 2.5])),
  at(21, with_({ num_groups: int(2) }, one("GroupNormalization", reals(2, 4, 3), reals(4), reals(4)))),
  one("InstanceNormalization", reals(2, 4, 3), reals(4), reals(4)),
  with_({ to: int(dtypeCodes.int64) }, one("Cast", float32([5], [1.9, -1.9, 0, 2.5, -0.5]))),
  with_({ to: int(dtypeCodes.int64) }, one("Cast", float32([2], [Number.NEGATIVE_INFINITY, -3.7]))),
  with_({ to: int(dtypeCodes.bool) }, one("Cast", float32([3], [0, 0.5, -1]))),
  with_({ to: int(dtypeCodes.float32) }, one("Cast", whole(3, -4))),
  one("CastLike", float32([2], [1.9, -1.9]), whole(1)),
  one("Pow", float32([3], [1, 2, 3]), float32([], [2])),
  one("Clip", reals(2, 3), float32([], [-1]), float32([], [1])),
  one("Where", truths(2, 1), whole(1, 2, 3), whole(4, 5, 6)),
  // Moving
  one("Reshape", reals(2, 3, 4), whole(0, -1)),
  one("Reshape", reals(2, 3, 4), whole(6, 4)),
  with_({ allowzero: int(1) }, one("Reshape", reals(0, 3), whole(3, 0))),
  one("Reshape", reals(0, 3), whole(0, 3, 1)),
  one("Transpose", whole(1, 2, 3)),
  one("Transpose", reals(2, 3, 4)),
  with_({ perm: ints([2, 0, 1]) }, one("Transpose", reals(2, 3, 4))),
  with_({ axis: int(0) }, one("Concat", whole(1, 2), whole(3))),
  with_({ axis: int(-2) }, one("Concat", reals(2, 3, 4), reals(2, 1, 4))),
  with_({ axis: int(0) }, one("Concat", int64([2, 2], [1, 2, 3, 4]), int64([1, 2], [5, 6]))),
  one("Slice", whole(1, 2, 3, 4, 5), whole(1), whole(-1)),
  one("Slice", whole(1, 2, 3, 4, 5), whole(-1), whole(-100), whole(0), whole(-2)),
  one("Slice", reals(4, 5, 6), whole(1, 0), whole(2 ** 40, 3), whole(-1, 0), whole(2, 1)),
  one("Slice", reals(4, 5), whole(7), whole(9), whole(1)),
  at(9, with_({ starts: ints([1]), ends: ints([3]), axes: ints([1]) }, one("Slice", reals(2, 5)))),
  one("Unsqueeze", whole(1, 2), whole(0, -1)),
  at(11, with_({ axes: ints([1]) }, one("Unsqueeze", reals(2, 3)))),
  one("Squeeze", int64([1, 2, 1], [3, 4]), whole(0)),
  one("Squeeze", reals(1, 2, 1)),
  at(11, with_({ axes: ints([-1]) }, one("Squeeze", reals(1, 2, 1)))),
  with_({ axis: int(1) }, one("Split", reals(2, 7), whole(3, 4)), { outputs: 2 }),
  with_({ axis: int(-1), num_outputs: int(3) }, one("Split", reals(2, 7)), { outputs: 3 }),
  at(11, with_({ split: ints([1, 2, 2]) }, one("Split", reals(5, 2)), { outputs: 3 })),
  at(13, with_({}, one("Split", reals(6, 2)), { outputs: 3 })),
  with_({ axis: int(0) }, one("Split", whole(4, 5, 6), whole(1, 2)), { outputs: 2 }),
  one("Gather", whole(5, 6, 7), whole(-1, 0)),
  one("Gather", whole(5, 6, 7), int64([], [1])),
  with_({ axis: int(1) }, one("Gather", reals(2, 3, 4), int64([2, 2], [0, 1, 2, -1]))),
  with_({ axis: int(-1) }, one("Gather", reals(2, 3), int64([], [2]))),
  one("GatherND", reals(2, 3, 4), int64([2, 2], [0, 1, 1, 2])),
  with_({ batch_dims: int(1) }, one("GatherND", reals(2, 3, 4), int64([2, 1], [1, 2]))),
  with_({ axis: int(1) }, one("GatherElements", reals(2, 3), int64([2, 1], [0, 2]))),
  one("ScatterND", reals(4, 2), int64([1, 1], [1]), reals(1, 2)),
  with_({ axis: int(0) }, one("ScatterElements", reals(3, 2), int64([1, 2], [1, 0]), reals(1, 2))),
  one("Expand", whole(7), whole(2, 3)),
  one("Expand", reals(3, 1), whole(2, 1, 4)),
  one("Tile", reals(2, 3), whole(2, 1)),
  one("Tile", whole(4, 5), whole(2)),
  one("Pad", reals(2, 3), whole(0, 1, 2, 0)),
  one("Pad", reals(4, 5), whole(-1, 0, 0, -2)),
  one("Pad", reals(2, 3, 4), whole(1, 2), null, whole(-1)),
  at(9, with_({ pads: ints([1, 0, 0, 2]) }, one("Pad", reals(2, 3)))),
  one("Shape", reals(2, 3, 4)),
  with_({ start: int(-2) }, one("Shape", reals(2, 3, 4))),
  with_({ start: int(1), end: int(-1) }, one("Shape", reals(2, 3, 4))),
  one("Size", reals(2, 3, 4)),
  with_({ axis: int(2) }, one("Flatten", reals(2, 3, 4))),
  with_({ axis: int(-1) }, one("Flatten", reals(2, 3, 4))),
  one(
    "NonZero",
    of("int64", [2, 3], (i) => i % 2),
  ),
  with_({ mode: string("nearest") }, one("Resize", reals(1, 1, 2, 3), null, float32([4], [1, 1, 2, 1.5]))),
  with_({ mode: string("nearest") }, one("Resize", reals(1, 1, 2, 3), null, null, whole(1, 1, 4, 5))),
  with_({ blocksize: int(2) }, one("DepthToSpace", reals(1, 8, 2, 3)), { open: true }),
  // Reducing to places
  with_({ axis: int(1) }, one("ArgMax", reals(2, 3, 4))),
  with_({ axis: int(-1), keepdims: int(0) }, one("ArgMin", reals(2, 3, 4))),
  with_({ axis: int(1) }, one("TopK", reals(2, 5), whole(3)), { outputs: 2 }),
  one("GlobalAveragePool", reals(2, 3, 4, 5)),
  // Products
  one("MatMul", reals(2, 1, 3, 4), reals(5, 4, 6)),
  one("MatMul", reals(4), reals(2, 4, 6)),
  one("MatMul", reals(2, 3, 4), reals(4)),
  one("MatMul", reals(4), reals(4)),
  one("MatMulInteger", bytes(2, 3), bytes(3, 4)),
  one(
    "QLinearMatMul",
    bytes(2, 3),
    float32([], [0.1]),
    bytes(),
    bytes(3, 4),
    float32([], [0.1]),
    bytes(),
    float32([], [5]),
    bytes(),
  ),
  with_({ transA: int(1), transB: int(1), alpha: float(0.5) }, one("Gemm", reals(3, 2), reals(4, 3), reals(4))),
  one("Gemm", reals(2, 3), reals(3, 4)),
  with_({ equation: string("bij, bjk -> bik") }, one("Einsum", reals(2, 3, 4), reals(2, 4, 5))),
  with_({ equation: string("bij->bji") }, one("Einsum", reals(2, 3, 4))),
  with_(
    { strides: ints([2, 1]), pads: ints([1, 0, 1, 2]) },
    one("Conv", reals(2, 3, 8, 9), reals(4, 3, 3, 2), reals(4)),
  ),
  with_(
    { auto_pad: string("SAME_UPPER"), strides: ints([2]), group: int(4) },
    one("Conv", reals(2, 4, 9), reals(4, 1, 3)),
  ),
  with_({ dilations: ints([2]) }, one("Conv", reals(2, 3, 9), reals(4, 3, 3))),
  with_({ pads: ints([1, 1]) }, one("ConvInteger", bytes(2, 3, 8), bytes(4, 3, 3))),
  with_(
    { strides: ints([2, 1]), pads: ints([1, 0, 0, 2]) },
    one("ConvTranspose", reals(2, 3, 5, 6), reals(3, 4, 3, 2)),
  ),
  with_(
    { dilations: ints([2]), group: int(2), output_padding: ints([1]), strides: ints([3]) },
    one("ConvTranspose", reals(2, 4, 5), reals(4, 3, 2)),
  ),
  with_({ kernel_shape: ints([3, 2]), strides: ints([2, 1]) }, one("MaxPool", reals(2, 3, 8, 9)), { outputs: 2 }),
  with_({ kernel_shape: ints([3]), pads: ints([1, 1]) }, one("AveragePool", reals(2, 3, 8))),
  microsoft(
    with_(
      { k: int(1), activation_type: string("relu") },
      one("MoE", reals(2, 3, 4), reals(6, 5), reals(5, 8, 4), null, reals(5, 4, 8)),
    ),
  ),
  microsoft(
    with_(
      { k: int(1), activation_type: string("relu"), expert_weight_bits: int(8) },
      one(
        "QMoE",
        reals(6, 16),
        reals(6, 2),
        bytes(2, 16, 16),
        positive(2, 16),
        null,
        bytes(2, 16, 16),
        positive(2, 16),
      ),
    ),
  ),
  microsoft(with_(packedWeight, one("MatMulNBits", reals(2, 3, 32), bytes(5, 2, 8), positive(10)))),
  microsoft(
    with_(
      { K: int(32), N: int(5), block_size: int(16), quant_type: int(1) },
      one("MatMulBnb4", reals(2, 3, 32), bytes(80), positive(10)),
    ),
  ),
  microsoft(
    with_(
      { bits: int(4), block_size: int(16), gather_axis: int(0), quantize_axis: int(1) },
      one("GatherBlockQuantized", bytes(6, 16), int64([2, 3], [0, 1, 2, 3, 4, 5]), positive(6, 2)),
    ),
  ),
  with_({}, one("DynamicQuantizeLinear", reals(2, 3)), { outputs: 3 }),
  one(
    "QuantizeLinear",
    reals(2, 3),
    float32([], [0.1]),
    of("int8", [], () => 3),
  ),
  one("QuantizeLinear", reals(2, 3), float32([], [0.1])),
  one("DequantizeLinear", bytes(2, 3), float32([], [0.1]), bytes()),
  with_({ axis: int(-1) }, one("LayerNormalization", reals(2, 3, 4), reals(4), reals(4)), { outputs: 3 }),
  with_({ axis: int(1) }, one("LayerNormalization", reals(2, 3, 4), reals(3, 4)), { outputs: 3 }),
  at(23, one("RMSNormalization", reals(2, 3, 4), reals(4))),
  with_({ axis: int(-1), epsilon: float(1e-5) }, one("SimplifiedLayerNormalization", reals(2, 3, 4), reals(4)), {
    outputs: 2,
  }),
  one("BatchNormalization", reals(2, 3, 4), reals(3), reals(3), reals(3), positive(3)),
  // Making
  with_({ value: tensorAttribute(weightOf("", whole(4, 5))) }, one("Constant")),
  with_({ value_float: float(0.5) }, one("Constant")),
  with_({ value_int: int(-3) }, one("Constant")),
  with_({ value_floats: floats([0.5, 1]) }, one("Constant")),
  with_({ value_ints: ints([1, 2]) }, one("Constant")),
  one("ConstantOfShape", whole(2, 3)),
  with_({ value: tensorAttribute(weightOf("", whole(7))) }, one("ConstantOfShape", whole(2, 3))),
  one("Range", int64([], [2]), int64([], [9]), int64([], [3])),
  one("Range", int64([], [5]), int64([], [-1]), int64([], [-2])),
  one("Range", float32([], [0]), float32([], [1]), float32([], [0.25])),
  one("OneHot", whole(1, 0), int64([], [3]), float32([2], [0, 1])),
  with_({ axis: int(0) }, one("OneHot", int64([2, 2], [1, 0, 2, 1]), int64([], [3]), float32([2], [0, 1]))),
  one("EyeLike", reals(2, 3)),
  with_({ dtype: int(dtypeCodes.int64) }, one("EyeLike", reals(2, 3))),
  one("RandomNormalLike", reals(2, 3)),
  one("RandomUniformLike", reals(2, 3)),
  with_(
    choice(whole(1, 2), whole(1, 2)),
    one(
      "If",
      of("bool", [], () => 1),
    ),
  ),
  with_(
    choice(whole(1, 2), whole(3)),
    one(
      "If",
      of("bool", [], () => 1),
    ),
  ),
  with_(
    choice(whole(1, 2), whole(3)),
    one(
      "If",
      of("bool", [], () => 0),
    ),
  ),
];

const rules = { ...elementwiseRules, ...movementRules, ...matrixRules, ...reductionRules, ...creationRules };

function nodeOf({ op, inputs, attributes, domain, outputs = 1 }: Case): Node {
  return {
    name: "",
    opType: op,
    domain: domain ?? "",
    inputs: inputs.map((t, i) => (t ? `in${i}` : "")),
    outputs: Array.from({ length: outputs }, (_, i) => `out${i}`),
    attributes: new Map(Object.entries(attributes ?? {})),
  };
}

const titleOf = (each: Case, i: number): string =>
  `${i} ${each.op}(${each.inputs.map((t) => (t ? `${t.dtype}[${t.dims}]` : "-")).join(", ")})`;

describe("a rule tells what its operator gives", () => {
  test.each(cases.map((each, i) => [titleOf(each, i), each] as const))("%s", async (_name, each) => {
    const opset = each.opset ?? 18;
    const node = nodeOf(each);
    const weights = new Map(each.inputs.flatMap((t, i) => (t ? [[`in${i}`, weightOf(`in${i}`, t)] as const] : [])));
    const known = new Facts(opset, new Map());
    known.weights({ initializers: weights });
    known.infer(node);
    const model: Model = modelOf(opset, {
      nodes: [node],
      // Types that the runtime doesn't infer for operators of its own are given.
      outputs: node.outputs.map((o) => info(o, known.of(o).dtype)),
      initializers: weights,
    });
    const results = await runModel(model, {});
    for (const output of node.outputs) {
      const { dtype, dims, data } = results[output];
      const fact = known.of(output);
      expect(fact.dtype).toBe(dtype);
      if (!each.open) expect(fact.dims).toEqual(dims);
      const found = Array.from(data as ArrayLike<number | bigint>, Number);
      fact.value?.forEach((v, i) => {
        expect([
          i,
          dtype === "float32" ? Math.abs(v - found[i]) <= 1e-5 * Math.max(1, Math.abs(v)) : Object.is(v, found[i]),
        ]).toEqual([i, true]);
      });
    }
    // Where only the shapes of the large tensors are known, nothing else is claimed.
    const bound = new Map(
      each.inputs.flatMap((t, i): [string, Fact][] =>
        t && t.dtype === "float32" ? [[`in${i}`, { dtype: t.dtype, dims: t.dims }]] : [],
      ),
    );
    const shapes = new Facts(opset, bound);
    shapes.weights({ initializers: new Map([...weights].filter(([name]) => !bound.has(name))) });
    shapes.infer(node);
    for (const output of node.outputs) {
      const { dims } = shapes.of(output);
      if (dims) expect(dims).toEqual(results[output].dims);
    }
  });

  test("and every rule has such a case", () => {
    const covered = new Set(cases.map((each) => each.op));
    expect(Object.keys(rules).filter((op) => !covered.has(op))).toEqual([]);
  });
});

describe("what doesn't fit is an error that names its node", () => {
  test.each([
    [
      "MatMul",
      [reals(2, 3), reals(4, 5)],
      /^no shape: MatMul: shapes do not fit: MatMul of \[2,3\] and \[4,5\] \(out0\)$/,
    ],
    ["Add", [reals(2, 3), reals(4)], /^no shape: Add: shapes do not broadcast: \[2,3\] and \[4\] \(out0\)$/],
    [
      "Reshape",
      [reals(2, 3), whole(4, 2)],
      /^no shape: Reshape: shapes do not fit: Reshape of \[2,3\] to \[4,2\] \(out0\)$/,
    ],
  ] as const)("%s", (op, inputs, message) => {
    const facts = new Facts(18, new Map());
    facts.weights({ initializers: new Map(inputs.map((t, i) => [`in${i}`, weightOf(`in${i}`, t)])) });
    expect(() => facts.infer(nodeOf({ op, inputs }))).toThrow(message);
  });
});

test("an operator without a rule leaves its results unknown", () => {
  const facts = new Facts(18, new Map([["x", { dtype: "float32" as const, dims: [2] }]]));
  facts.infer(sampleNode("NobodyKnows", ["x"], ["y"]));
  expect(facts.of("y")).toEqual({ dtype: null, dims: null });
});

test("4-bit and half weights are followed by value", () => {
  const facts = new Facts(18, new Map());
  facts.weights({
    initializers: new Map([
      ["half", weightOf("half", tensor("float16", [2], Uint16Array.of(0x3c00, 0xc000)))],
      ["double", weightOf("double", tensor("float64", [1], Float64Array.of(0.1)))],
    ]),
  });
  expect(facts.of("half").value).toEqual([1, -2]);
  expect(facts.of("double").value).toEqual([0.1]);
});
