import { intAttribute } from "../../onnx/attributes";
import { dtypeOf } from "../../onnx/codes";
import type { DType } from "../../tensor/tensor";
import { broadcast, type Fact, followed, like, type ShapeRule } from "./fact";

type Compute = (...operands: number[]) => number;

const isInteger = (dtype: DType | null): boolean => dtype !== null && !/float/.test(dtype) && dtype !== "bool";

/** Element i of a broadcast operand; `dims` is the result's shape. */
function elementAt(fact: Fact, dims: readonly number[], i: number): number {
  const own = fact.dims as readonly number[];
  let rest = i;
  let index = 0;
  let stride = 1;
  for (let axis = dims.length - 1, k = own.length - 1; k >= 0; axis--, k--) {
    const at = rest % dims[axis];
    rest = Math.floor(rest / dims[axis]);
    if (own[k] !== 1) index += at * stride;
    stride *= own[k];
  }
  return (fact.value as readonly number[])[index];
}

/** Broadcasts; follows small values by `compute` over (operands, whether they are integers). */
const elementwise =
  (
    compute: ((integers: boolean) => Compute) | null,
    dtype: (inputs: readonly (Fact | null)[]) => DType | null,
  ): ShapeRule =>
  (_node, inputs) => {
    const present = inputs.filter((f): f is Fact => f !== null);
    const dims = broadcast(...present.map((f) => f.dims));
    const result: Fact = { dtype: dtype(inputs), dims };
    if (!compute || !dims || present.some((f) => f.value === undefined)) return [result];
    const size = dims.reduce((n, d) => n * d, 1);
    if (size > followed) return [result];
    const apply = compute(isInteger(present[0].dtype));
    return [
      { ...result, value: Array.from({ length: size }, (_, i) => apply(...present.map((f) => elementAt(f, dims, i)))) },
    ];
  };

const first = (inputs: readonly (Fact | null)[]): DType | null => inputs[0]?.dtype ?? null;
const second = (inputs: readonly (Fact | null)[]): DType | null => inputs[1]?.dtype ?? null;
const bool = (): DType => "bool";

const same = (compute: Compute | null = null): ShapeRule => elementwise(compute && (() => compute), first);
const comparison = (compute: Compute): ShapeRule => elementwise(() => compute, bool);

/** Rounds half to even, as ONNX does. */
const roundEven = (x: number): number => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

/** Towards zero, and never -0; what is below every integer becomes the least, as runtimes do. */
const truncated = (v: number): number => Math.max(Math.trunc(v), -(2 ** 63)) + 0;

function castTo(x: Fact | null | undefined, dtype: DType | null): Fact {
  const value = x?.value?.map((v) => (dtype === "bool" ? Number(v !== 0) : isInteger(dtype) ? truncated(v) : v));
  return { ...like(x, dtype), ...(value ? { value } : {}) };
}

const cast: ShapeRule = (node, [x]) => [castTo(x, dtypeOf(intAttribute(node, "to", 0)))];

const castLike: ShapeRule = (_node, [x, model]) => [castTo(x, model?.dtype ?? null)];

const unary = Object.fromEntries(
  "Elu Erf Gelu FastGelu QuickGelu HardSigmoid HardSwish LeakyRelu Mish PRelu Relu Selu Sigmoid Softplus Softsign Swish Tanh ThresholdedRelu Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh BiasGelu Celu Shrink Dropout BitwiseNot Softmax LogSoftmax Hardmax CumSum Trilu GroupNormalization InstanceNormalization LpNormalization MeanVarianceNormalization"
    .split(" ")
    .map((op): [string, ShapeRule] => [
      op,
      (node, [x]) => node.outputs.map((_, i) => like(x, i === 0 ? undefined : "bool")),
    ]),
);

/** Operators that work element by element, or that keep their first input's shape. */
export const elementwiseRules: Readonly<Record<string, ShapeRule>> = {
  ...unary,
  Identity: (_node, [x]) => [x ?? { dtype: null, dims: null }],
  Cast: cast,
  CastLike: castLike,
  Abs: same(Math.abs),
  Neg: same((a) => -a),
  Sign: same(Math.sign),
  Floor: same(Math.floor),
  Ceil: same(Math.ceil),
  Round: same(roundEven),
  Sqrt: same(Math.sqrt),
  Exp: same(Math.exp),
  Log: same(Math.log),
  Reciprocal: same((a) => 1 / a),
  Add: same((a, b) => a + b),
  Sub: same((a, b) => a - b),
  Mul: same((a, b) => a * b),
  Div: elementwise((integers) => (a, b) => (integers ? Math.trunc(a / b) : a / b), first),
  Mod: elementwise(() => (a, b) => a - Math.floor(a / b) * b, first),
  Pow: same((a, b) => a ** b),
  Min: same(Math.min),
  Max: same(Math.max),
  Sum: same((...all) => all.reduce((a, b) => a + b, 0)),
  Mean: same((...all) => all.reduce((a, b) => a + b, 0) / all.length),
  Clip: (_node, [x]) => [like(x)],
  Where: elementwise(() => (c, a, b) => (c ? a : b), second),
  Equal: comparison((a, b) => Number(a === b)),
  Greater: comparison((a, b) => Number(a > b)),
  GreaterOrEqual: comparison((a, b) => Number(a >= b)),
  Less: comparison((a, b) => Number(a < b)),
  LessOrEqual: comparison((a, b) => Number(a <= b)),
  And: comparison((a, b) => Number(a && b)),
  Or: comparison((a, b) => Number(a || b)),
  Xor: comparison((a, b) => Number(!a !== !b)),
  Not: comparison((a) => Number(!a)),
  IsNaN: comparison((a) => Number(Number.isNaN(a))),
  IsInf: comparison((a) => Number(Math.abs(a) === Number.POSITIVE_INFINITY)),
  BitShift: same(),
  BitwiseAnd: same(),
  BitwiseOr: same(),
  BitwiseXor: same(),
};
