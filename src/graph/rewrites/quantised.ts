import { floatAttribute, intAttribute } from "../../onnx/attributes";
import type { Value } from "../../onnx/model";
import type { Builder } from "../builder";
import { GraphError } from "../error";
import { attend, fromHeads, toHeads } from "./attend";
import { paddingBias } from "./padding";
import { type Rewrite, refuseOthers } from "./rewrite";

interface Integers {
  readonly a: Value;
  readonly aScale: Value;
  readonly aZero?: Value | undefined;
  readonly b: Value;
  readonly bScale: Value;
  readonly bZero?: Value | undefined;
  readonly bias?: Value | undefined;
}

/** (a - za)(b - zb) · sa · sb + bias */
function product(builder: Builder, { a, aScale, aZero, b, bScale, bZero, bias }: Integers): Value {
  const summed = builder.op("MatMulInteger", [a, b, aZero ?? "", bZero ?? ""]);
  const scaled = builder.mul(builder.cast(summed, "float32"), builder.mul(aScale, bScale));
  return bias ? builder.add(scaled, bias) : scaled;
}

/** com.microsoft MatMulIntegerToFloat. */
export const matMulIntegerToFloat: Rewrite = (builder, node) => {
  const [a, b, aScale, bScale, aZero, bZero, bias] = node.inputs.map((v) => v || undefined) as [
    Value,
    Value,
    Value,
    Value,
    ...(Value | undefined)[],
  ];
  builder.rename(product(builder, { a, aScale, aZero, b, bScale, bZero, bias }), node.outputs[0]);
  return undefined;
};

/** com.microsoft DynamicQuantizeMatMul: quantises its float operand first. */
export const dynamicQuantizeMatMul: Rewrite = (builder, node) => {
  const [x, b, bScale, bZero, bias] = node.inputs.map((v) => v || undefined) as [
    Value,
    Value,
    Value,
    ...(Value | undefined)[],
  ];
  const [a, aScale, aZero] = builder.ops("DynamicQuantizeLinear", [x], {}, 3);
  builder.rename(product(builder, { a, aScale, aZero, b, bScale, bZero, bias }), node.outputs[0]);
  return undefined;
};

/** com.microsoft QAttention: com.microsoft Attention over a quantised input and weight. */
export const qAttention: Rewrite = (builder, node) => {
  const [a, b, bias, aScale, bScale, mask, aZero, bZero, past] = node.inputs.map((v) => v || undefined) as [
    Value,
    Value,
    Value,
    Value,
    Value,
    ...(Value | undefined)[],
  ];
  refuseOthers(node, "do_rotary mask_filter_value num_heads past_present_share_buffer scale unidirectional", 9);
  if (intAttribute(node, "do_rotary", 0)) throw new GraphError("unsupported form", "QAttention with do_rotary", node);
  if (past) throw new GraphError("unsupported form", "QAttention with a cache", node);
  const heads = intAttribute(node, "num_heads", 0);
  const projected = product(builder, { a, aScale, aZero, b, bScale, bZero, bias });
  const width = builder.dimsOf(projected)?.[2];
  if (width === undefined) throw new GraphError("no shape", "QAttention's weights", node);
  const third = width / 3;
  const [q, k, v] = builder.split(projected, [third, third, third], 2).map((part) => toHeads(builder, part, heads));
  const { context } = attend(builder, q, k, v, {
    scale: floatAttribute(node, "scale", 0) || 1 / Math.sqrt(third / heads),
    biases: mask
      ? [paddingBias(builder, mask, floatAttribute(node, "mask_filter_value", -10000), projected, node)]
      : [],
    places: { causal: intAttribute(node, "unidirectional", 0) === 1 },
  });
  builder.rename(fromHeads(builder, context), node.outputs[0]);
  return undefined;
};
