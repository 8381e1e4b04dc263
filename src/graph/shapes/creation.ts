import { graphAttribute, intAttribute } from "../../onnx/attributes";
import { dtypeOf } from "../../onnx/codes";
import { axisIn, type Fact, followed, type ShapeRule, unknown } from "./fact";
import { factOfWeight } from "./weight";

const sizeOf = (dims: readonly number[]): number => dims.reduce((n, d) => n * d, 1);

const constant: ShapeRule = (node) => {
  const attribute = (name: string) => node.attributes.get(name);
  const value = attribute("value");
  if (value?.type === "tensor") return [factOfWeight(value.value)];
  const float = attribute("value_float");
  if (float?.type === "float") return [{ dtype: "float32", dims: [], value: [float.value] }];
  const int = attribute("value_int");
  if (int?.type === "int") return [{ dtype: "int64", dims: [], value: [Number(int.value)] }];
  const floats = attribute("value_floats");
  if (floats?.type === "floats") return [{ dtype: "float32", dims: [floats.value.length], value: floats.value }];
  const ints = attribute("value_ints");
  if (ints?.type === "ints") return [{ dtype: "int64", dims: [ints.value.length], value: ints.value.map(Number) }];
  return [unknown];
};

const constantOfShape: ShapeRule = (node, [shape]) => {
  const filled = node.attributes.get("value");
  const of: Fact = filled?.type === "tensor" ? factOfWeight(filled.value) : { dtype: "float32", dims: [1], value: [0] };
  if (!shape?.value) return [{ dtype: of.dtype, dims: null }];
  const size = sizeOf(shape.value);
  const value = of.value && size <= followed ? new Array<number>(size).fill(of.value[0]) : undefined;
  return [{ dtype: of.dtype, dims: shape.value, ...(value ? { value } : {}) }];
};

const range: ShapeRule = (_node, [start, limit, delta]) => {
  const dtype = start?.dtype ?? null;
  if (!start?.value || !limit?.value || !delta?.value) return [{ dtype, dims: null }];
  const size = Math.max(0, Math.ceil((limit.value[0] - start.value[0]) / delta.value[0]));
  const value =
    size <= followed ? Array.from({ length: size }, (_, i) => start.value![0] + i * delta.value![0]) : undefined;
  return [{ dtype, dims: [size], ...(value ? { value } : {}) }];
};

const oneHot: ShapeRule = (node, [indices, depth, values]) => {
  if (!indices?.dims || !depth?.value) return [{ dtype: values?.dtype ?? null, dims: null }];
  const axis = axisIn(intAttribute(node, "axis", -1), indices.dims.length + 1);
  return [
    {
      dtype: values?.dtype ?? null,
      dims: [...indices.dims.slice(0, axis), depth.value[0], ...indices.dims.slice(axis)],
    },
  ];
};

/** Of both branches where they agree, else of the one that the condition's value takes here. */
const branch: ShapeRule = (node, [condition], context) => {
  const then = context.evaluate(graphAttribute(node, "then_branch"));
  const otherwise = context.evaluate(graphAttribute(node, "else_branch"));
  if (condition?.value) return condition.value[0] ? then : otherwise;
  return then.map((fact, i) => {
    const other = otherwise[i];
    const agree =
      fact.dims &&
      other.dims &&
      fact.dims.length === other.dims.length &&
      fact.dims.every((d, k) => d === other.dims![k]);
    return { dtype: fact.dtype ?? other.dtype, dims: agree ? fact.dims : null };
  });
};

/** Operators that make tensors of nothing, draw them, or choose between graphs. */
export const creationRules: Readonly<Record<string, ShapeRule>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  OneHot: oneHot,
  EyeLike: (node, [x]) => [
    {
      dtype: node.attributes.has("dtype") ? dtypeOf(intAttribute(node, "dtype", 1)) : (x?.dtype ?? null),
      dims: x?.dims ?? null,
    },
  ],
  RandomNormalLike: (_node, [x]) => [{ dtype: x?.dtype ?? null, dims: x?.dims ?? null }],
  RandomUniformLike: (_node, [x]) => [{ dtype: x?.dtype ?? null, dims: x?.dims ?? null }],
  If: branch,
};
