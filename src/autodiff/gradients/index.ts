import { operatorOf } from "../../graph/rewrites";
import type { Node } from "../../onnx/model";
import { type Entry, stops } from "../gradient";
import { abs } from "./Abs";
import { add } from "./Add";
import { averagePool } from "./AveragePool";
import { batchNormalization } from "./BatchNormalization";
import { cast } from "./Cast";
import { clip } from "./Clip";
import { concat } from "./Concat";
import { conv } from "./Conv";
import { convInteger } from "./ConvInteger";
import { cos } from "./Cos";
import { cumSum } from "./CumSum";
import { dequantizeLinear } from "./DequantizeLinear";
import { div } from "./Div";
import { dropout } from "./Dropout";
import { dynamicQuantizeLinear } from "./DynamicQuantizeLinear";
import { einsum } from "./Einsum";
import { elu } from "./Elu";
import { erf } from "./Erf";
import { exp } from "./Exp";
import { expand } from "./Expand";
import { fastGelu } from "./FastGelu";
import { gather } from "./Gather";
import { gatherElements } from "./GatherElements";
import { gatherND } from "./GatherND";
import { gelu } from "./Gelu";
import { gemm } from "./Gemm";
import { globalAveragePool } from "./GlobalAveragePool";
import { groupNormalization } from "./GroupNormalization";
import { hardSigmoid } from "./HardSigmoid";
import { hardSwish } from "./HardSwish";
import { identity } from "./Identity";
import { instanceNormalization } from "./InstanceNormalization";
import { layerNormalization } from "./LayerNormalization";
import { leakyRelu } from "./LeakyRelu";
import { log } from "./Log";
import { logSoftmax } from "./LogSoftmax";
import { matMul } from "./MatMul";
import { matMulBnb4 } from "./MatMulBnb4";
import { matMulInteger } from "./MatMulInteger";
import { matMulNBits } from "./MatMulNBits";
import { max } from "./Max";
import { maxPool } from "./MaxPool";
import { mean } from "./Mean";
import { mish } from "./Mish";
import { mul } from "./Mul";
import { neg } from "./Neg";
import { pad } from "./Pad";
import { pow } from "./Pow";
import { pRelu } from "./PRelu";
import { qLinearMatMul } from "./QLinearMatMul";
import { quantizeLinear } from "./QuantizeLinear";
import { reciprocal } from "./Reciprocal";
import { reduceL1 } from "./ReduceL1";
import { reduceL2 } from "./ReduceL2";
import { reduceLogSum } from "./ReduceLogSum";
import { reduceLogSumExp } from "./ReduceLogSumExp";
import { reduceMax } from "./ReduceMax";
import { reduceMean } from "./ReduceMean";
import { reduceProd } from "./ReduceProd";
import { reduceSum } from "./ReduceSum";
import { reduceSumSquare } from "./ReduceSumSquare";
import { relu } from "./Relu";
import { reshape } from "./Reshape";
import { rmsNormalization } from "./RMSNormalization";
import { scatterElements } from "./ScatterElements";
import { scatterND } from "./ScatterND";
import { selu } from "./Selu";
import { sigmoid } from "./Sigmoid";
import { sin } from "./Sin";
import { slice } from "./Slice";
import { softmax } from "./Softmax";
import { softplus } from "./Softplus";
import { softsign } from "./Softsign";
import { split } from "./Split";
import { sqrt } from "./Sqrt";
import { sub } from "./Sub";
import { sum } from "./Sum";
import { swish } from "./Swish";
import { tanh } from "./Tanh";
import { tile } from "./Tile";
import { topK } from "./TopK";
import { transpose } from "./Transpose";
import { trilu } from "./Trilu";
import { where } from "./Where";

const truth = stops("a truth value does not change by little");
const sizes = stops("sizes do not depend on the elements");
const places = stops("an index does not change by little");
const steps = stops("a step function is flat");

/** By operator, with its domain where that isn't ai.onnx. What isn't here stops the walker with its node's name. */
export const gradients: Readonly<Record<string, Entry>> = {
  Abs: abs,
  Add: add,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: cast,
  CastLike: cast,
  Clip: clip,
  Concat: concat,
  Conv: conv,
  ConvInteger: convInteger,
  Cos: cos,
  CumSum: cumSum,
  DequantizeLinear: dequantizeLinear,
  Div: div,
  Dropout: dropout,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  Einsum: einsum,
  Elu: elu,
  Erf: erf,
  Exp: exp,
  Expand: expand,
  "com.microsoft:FastGelu": fastGelu,
  Flatten: reshape,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Gelu: gelu,
  "com.microsoft:Gelu": gelu,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  GroupNormalization: groupNormalization,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  Identity: identity,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  LeakyRelu: leakyRelu,
  Log: log,
  LogSoftmax: logSoftmax,
  MatMul: matMul,
  "com.microsoft:MatMulBnb4": matMulBnb4,
  MatMulInteger: matMulInteger,
  "com.microsoft:MatMulNBits": matMulNBits,
  Max: max,
  MaxPool: maxPool,
  Mean: mean,
  Min: max,
  Mish: mish,
  Mul: mul,
  Neg: neg,
  Pad: pad,
  Pow: pow,
  PRelu: pRelu,
  QLinearMatMul: qLinearMatMul,
  QuantizeLinear: quantizeLinear,
  Reciprocal: reciprocal,
  ReduceL1: reduceL1,
  ReduceL2: reduceL2,
  ReduceLogSum: reduceLogSum,
  ReduceLogSumExp: reduceLogSumExp,
  ReduceMax: reduceMax,
  ReduceMean: reduceMean,
  ReduceMin: reduceMax,
  ReduceProd: reduceProd,
  ReduceSum: reduceSum,
  ReduceSumSquare: reduceSumSquare,
  Relu: relu,
  Reshape: reshape,
  RMSNormalization: rmsNormalization,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Selu: selu,
  Sigmoid: sigmoid,
  SimplifiedLayerNormalization: rmsNormalization,
  Sin: sin,
  Slice: slice,
  Softmax: softmax,
  Softplus: softplus,
  Softsign: softsign,
  Split: split,
  Sqrt: sqrt,
  Squeeze: reshape,
  Sub: sub,
  Sum: sum,
  Swish: swish,
  Tanh: tanh,
  Tile: tile,
  TopK: topK,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: reshape,
  Where: where,
  And: truth,
  Equal: truth,
  Greater: truth,
  GreaterOrEqual: truth,
  IsInf: truth,
  IsNaN: truth,
  Less: truth,
  LessOrEqual: truth,
  Not: truth,
  Or: truth,
  Xor: truth,
  Shape: sizes,
  Size: sizes,
  ConstantOfShape: sizes,
  ArgMax: places,
  ArgMin: places,
  NonZero: places,
  Ceil: steps,
  Floor: steps,
  Round: steps,
  Sign: steps,
  Hardmax: steps,
  OneHot: places,
};

/** The exact gradient of every operator. */
export const exact = (node: Node): Entry | undefined => gradients[operatorOf(node)];
