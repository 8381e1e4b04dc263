import type { Builder } from "../../graph/builder";
import { GraphError } from "../../graph/error";
import { operatorOf } from "../../graph/rewrites";
import type { Value } from "../../onnx/model";
import type { Mode } from "../explaining";
import { type Entry, type Gradient, isStop, isStraight, type Rules } from "../gradient";
import { exact } from "../gradients";
import { largerOfTwo, largest } from "./maxima";
import { groupNorm, instanceNorm, layerNorm, rmsNorm } from "./norms";
import { type Pairs, pairsOf } from "./pairs";
import { halfway } from "./products";
import { division, norm, power, reciprocal, squareRoot, sumOfSquares } from "./quotients";
import { rescaled, type Scale, secantOfExp } from "./rescale";
import { logSoftmax, logSumExp, partsOf, softmax } from "./softmax";

type Rule = (pairs: Pairs, exact: Gradient) => Gradient;

const unary =
  (scale: Scale): Rule =>
  (pairs, gradient) =>
    rescaled(pairs, gradient, scale);
const [curve, lines] = [unary("curve"), unary("lines")];

/** Operators whose multipliers aren't their gradient. */
export const rules: Readonly<Record<string, Rule>> = {
  Abs: lines,
  Clip: lines,
  HardSigmoid: lines,
  LeakyRelu: lines,
  PRelu: lines,
  Relu: lines,
  Cos: curve,
  Elu: curve,
  Erf: curve,
  Exp: curve,
  "com.microsoft:FastGelu": curve,
  Gelu: curve,
  "com.microsoft:Gelu": curve,
  HardSwish: curve,
  Mish: curve,
  Selu: curve,
  Sigmoid: curve,
  Sin: curve,
  Softplus: curve,
  Softsign: curve,
  Swish: curve,
  Tanh: curve,
  Log: unary("magnitude"),
  Div: division,
  Pow: power,
  Reciprocal: reciprocal,
  ReduceL2: norm,
  ReduceSumSquare: sumOfSquares,
  Sqrt: squareRoot,
  Conv: halfway,
  Einsum: halfway,
  Gemm: halfway,
  MatMul: halfway,
  Mul: halfway,
  LogSoftmax: logSoftmax,
  ReduceLogSumExp: logSumExp,
  Softmax: softmax,
  GroupNormalization: groupNorm,
  InstanceNormalization: instanceNorm,
  LayerNormalization: layerNorm,
  RMSNormalization: rmsNorm,
  SimplifiedLayerNormalization: rmsNorm,
  Max: (pairs) => largerOfTwo(pairs, 1),
  Min: (pairs) => largerOfTwo(pairs, -1),
  MaxPool: largest,
  ReduceMax: largest,
  ReduceMin: (pairs, gradient) => largest(pairs, gradient, -1),
};

/** Operators whose outputs are linear in their activations, and straight-through ones, which count as such. */
export const linear: ReadonlySet<string> = new Set(
  (
    "Add AveragePool BatchNormalization Cast CastLike Concat ConvInteger CumSum DequantizeLinear Dropout " +
    "DynamicQuantizeLinear Expand Flatten Gather GatherElements GatherND GlobalAveragePool Identity MatMulInteger Mean " +
    "com.microsoft:MatMulBnb4 com.microsoft:MatMulNBits Neg Pad QLinearMatMul QuantizeLinear ReduceMean ReduceSum " +
    "Reshape ScatterElements ScatterND Slice Split Squeeze Sub Sum Tile Transpose Trilu Unsqueeze Where"
  ).split(" "),
);

/** Operators that no complete rule is known for here. */
export const unruled: ReadonlySet<string> = new Set(["ReduceL1", "ReduceLogSum", "ReduceProd", "TopK"]);

/** DeepLIFT's multipliers for a graph whose batch has the given size at the generic point. */
export function deepliftRules(batch: number): Rules {
  const pairs = pairsOf(batch);
  return (node) => {
    const entry = exact(node);
    const operator = operatorOf(node);
    if (!entry || isStop(entry) || isStraight(entry) || linear.has(operator)) return entry;
    return rules[operator]?.(pairs, entry) ?? refusal;
  };
}

const refusal: Entry = (_c, node) => {
  throw new GraphError("no gradient", `DeepLIFT through ${operatorOf(node)}`, node);
};

/**
 * DeepLIFT (Shrikumar et al. 2017) by true rescale rules: what each value's multiplier times its Δ sums to is the target's Δ.
 * The batch holds pairs, rows as they are and then the rows that they are held against.
 */
export const deepliftMode: Mode = {
  name: "deeplift",
  rules: ({ canonical }) => deepliftRules(canonical.point.batch),
  normalised(b: Builder, logits: Value, batch: number) {
    const pairs = pairsOf(batch);
    const c = { b, dims: (v: Value) => b.dimsOf(v) ?? [] };
    const { log, weights } = partsOf(c, pairs, logits, [1]);
    const slopes = secantOfExp(
      c as Parameters<typeof secantOfExp>[0],
      pairs,
      log,
      b.op("Softmax", [logits], { axis: -1 }),
    );
    return { slopes, weights };
  },
};
