import { intAttribute } from "../../onnx/attributes";
import { axesOf, axisIn, type Fact, like, type ShapeRule } from "./fact";

type Fold = (all: readonly number[]) => number;

const reduce =
  (fold: Fold | null): ShapeRule =>
  (node, inputs) => {
    const [x] = inputs;
    if (!x?.dims) return [like(x)];
    const rank = x.dims.length;
    if (inputs[1] && !inputs[1].value) return [{ dtype: x.dtype, dims: null }];
    const given = axesOf(node, inputs, 1);
    const none = !given || given.length === 0;
    if (none && intAttribute(node, "noop_with_empty_axes", 0) === 1) return [fold ? x : like(x)];
    const axes = new Set(none ? x.dims.map((_, i) => i) : given.map((a) => axisIn(a, rank)));
    const keep = intAttribute(node, "keepdims", 1) === 1;
    const dims = keep ? x.dims.map((d, i) => (axes.has(i) ? 1 : d)) : x.dims.filter((_, i) => !axes.has(i));
    const value = fold && x.value && axes.size === rank ? [fold(x.value)] : undefined;
    return [{ dtype: x.dtype, dims, ...(value ? { value } : {}) }];
  };

const argument: ShapeRule = (node, [x]) => {
  if (!x?.dims) return [{ dtype: "int64", dims: null }];
  const axis = axisIn(intAttribute(node, "axis", 0), x.dims.length);
  const keep = intAttribute(node, "keepdims", 1) === 1;
  return [
    { dtype: "int64", dims: keep ? x.dims.map((d, i) => (i === axis ? 1 : d)) : x.dims.filter((_, i) => i !== axis) },
  ];
};

const topK: ShapeRule = (node, [x, k]): readonly Fact[] => {
  const dims =
    x?.dims && k?.value
      ? x.dims.map((d, i) => (i === axisIn(intAttribute(node, "axis", -1), x.dims!.length) ? k.value![0] : d))
      : null;
  return [
    { dtype: x?.dtype ?? null, dims },
    { dtype: "int64", dims },
  ];
};

const total: Fold = (all) => all.reduce((a, b) => a + b, 0);

export const reductionRules: Readonly<Record<string, ShapeRule>> = {
  ReduceSum: reduce(total),
  ReduceMean: reduce((all) => total(all) / all.length),
  ReduceProd: reduce((all) => all.reduce((a, b) => a * b, 1)),
  ReduceMax: reduce((all) => Math.max(...all)),
  ReduceMin: reduce((all) => Math.min(...all)),
  ReduceL1: reduce(null),
  ReduceL2: reduce(null),
  ReduceSumSquare: reduce(null),
  ReduceLogSum: reduce(null),
  ReduceLogSumExp: reduce(null),
  ArgMax: argument,
  ArgMin: argument,
  TopK: topK,
  GlobalAveragePool: (_node, [x]) => [
    { dtype: x?.dtype ?? null, dims: x?.dims ? x.dims.map((d, i) => (i < 2 ? d : 1)) : null },
  ],
};
