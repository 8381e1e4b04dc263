import { float, int, ints } from "../../../onnx/attributes";
import type { Case } from "../gradient-case";
import { apart, integers, positive, ranked, weight, wide, x } from "./inputs";

const forms = (operator: string, input = x, more: Partial<Case> = {}): Case[] => [
  { operator, form: "of the last axis", inputs: [input("B", "T", 3), integers([-1])], ...more },
  {
    operator,
    form: "of two, dropped",
    inputs: [input("B", 2, 3), integers([0, 2])],
    attributes: { keepdims: int(0) },
    ...more,
  },
  { operator, form: "of all", inputs: [input("B", "T")], attributes: { keepdims: int(0) }, ...more },
  {
    operator,
    form: "by an attribute",
    inputs: [input("B", "T", 3)],
    attributes: { axes: ints([1]), keepdims: int(0) },
    ...more,
    opset: 11,
  },
];

const norm = (operator: string, opset: number, more: Partial<Case>): Case => ({
  operator,
  form: "",
  opset,
  inputs: [x("B", "T", 5), weight(5), weight(5)],
  ...more,
});

/** Reductions, softmaxes and norms. */
export const reductionCases: readonly Case[] = [
  ...forms("ReduceSum"),
  ...forms("ReduceMean"),
  ...forms("ReduceMax", ranked),
  ...forms("ReduceMin", ranked),
  ...forms("ReduceL1", apart, { float32: true }),
  ...forms("ReduceL2", apart, { float32: true }),
  ...forms("ReduceSumSquare"),
  ...forms("ReduceProd", apart, { float32: true }),
  ...forms("ReduceLogSum", positive, { float32: true }),
  ...forms("ReduceLogSumExp"),
  { operator: "Softmax", form: "", inputs: [x("B", "T", 4)] },
  { operator: "Softmax", form: "over the middle", inputs: [x("B", 4, "T")], attributes: { axis: int(1) } },
  { operator: "Softmax", form: "over the rest", opset: 11, inputs: [x("B", 2, 3)], attributes: { axis: int(1) } },
  { operator: "LogSoftmax", form: "", inputs: [x("B", "T", 4)] },
  { operator: "LogSoftmax", form: "over the rest", opset: 11, inputs: [x("B", 2, 3)], attributes: { axis: int(1) } },
  norm("LayerNormalization", 17, {}),
  norm("LayerNormalization", 17, {
    form: "over two axes",
    inputs: [x("B", 2, 3), weight(2, 3)],
    attributes: { axis: int(1), epsilon: float(0.01) },
  }),
  norm("RMSNormalization", 23, { inputs: [wide("B", "T", 5), weight(5)], float32: true }),
  norm("SimplifiedLayerNormalization", 18, {
    inputs: [wide("B", "T", 5), weight(5)],
    attributes: { epsilon: float(0.01) },
    float32: true,
  }),
  norm("BatchNormalization", 15, {
    inputs: [x("B", 3, 4), weight(3), weight(3), weight(3), { ...weight(3), value: (_, r) => 0.5 + r() }],
  }),
  norm("InstanceNormalization", 18, { inputs: [wide("B", 3, 4, 2), weight(3), weight(3)], float32: true }),
  norm("GroupNormalization", 18, {
    form: "scaled by group",
    inputs: [x("B", 4, 3), weight(2), weight(2)],
    attributes: { num_groups: int(2) },
    float32: true,
  }),
  norm("GroupNormalization", 21, {
    form: "scaled by channel",
    inputs: [x("B", 4, 3), weight(4), weight(4)],
    attributes: { num_groups: int(2) },
    float32: true,
  }),
];
