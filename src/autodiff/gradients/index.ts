import { operatorOf } from "../../graph/rewrites";
import type { Node } from "../../onnx/model";
import { type Entry, stops } from "../gradient";
import { abs } from "./Abs";
import { add } from "./Add";
import { cast } from "./Cast";
import { concat } from "./Concat";
import { cos } from "./Cos";
import { div } from "./Div";
import { erf } from "./Erf";
import { exp } from "./Exp";
import { expand } from "./Expand";
import { gather } from "./Gather";
import { gelu } from "./Gelu";
import { gemm } from "./Gemm";
import { identity } from "./Identity";
import { layerNormalization } from "./LayerNormalization";
import { log } from "./Log";
import { logSoftmax } from "./LogSoftmax";
import { matMul } from "./MatMul";
import { mean } from "./Mean";
import { mul } from "./Mul";
import { neg } from "./Neg";
import { pow } from "./Pow";
import { reciprocal } from "./Reciprocal";
import { reduceMean } from "./ReduceMean";
import { reduceSum } from "./ReduceSum";
import { relu } from "./Relu";
import { reshape } from "./Reshape";
import { rmsNormalization } from "./RMSNormalization";
import { sigmoid } from "./Sigmoid";
import { sin } from "./Sin";
import { slice } from "./Slice";
import { softmax } from "./Softmax";
import { split } from "./Split";
import { sqrt } from "./Sqrt";
import { sub } from "./Sub";
import { sum } from "./Sum";
import { tanh } from "./Tanh";
import { transpose } from "./Transpose";
import { where } from "./Where";

const truth = stops("a truth value does not change by little");
const sizes = stops("sizes do not depend on the elements");
const steps = stops("a step function is flat");

/** By operator, with its domain where that isn't ai.onnx. What isn't here stops the walker with its node's name. */
export const gradients: Readonly<Record<string, Entry>> = {
  Abs: abs,
  Add: add,
  Cast: cast,
  Concat: concat,
  Cos: cos,
  Div: div,
  Erf: erf,
  Exp: exp,
  Expand: expand,
  Flatten: reshape,
  Gather: gather,
  Gelu: gelu,
  "com.microsoft:Gelu": gelu,
  Gemm: gemm,
  Identity: identity,
  LayerNormalization: layerNormalization,
  Log: log,
  LogSoftmax: logSoftmax,
  MatMul: matMul,
  Mean: mean,
  Mul: mul,
  Neg: neg,
  Pow: pow,
  Reciprocal: reciprocal,
  ReduceMean: reduceMean,
  ReduceSum: reduceSum,
  Relu: relu,
  Reshape: reshape,
  RMSNormalization: rmsNormalization,
  Sigmoid: sigmoid,
  SimplifiedLayerNormalization: rmsNormalization,
  Sin: sin,
  Slice: slice,
  Softmax: softmax,
  Split: split,
  Sqrt: sqrt,
  Squeeze: reshape,
  Sub: sub,
  Sum: sum,
  Tanh: tanh,
  Transpose: transpose,
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
  ArgMax: stops("an index does not change by little"),
  ArgMin: stops("an index does not change by little"),
  NonZero: stops("an index does not change by little"),
  Ceil: steps,
  Floor: steps,
  Round: steps,
  Sign: steps,
};

/** The exact gradient of every operator. */
export const exact = (node: Node): Entry | undefined => gradients[operatorOf(node)];
