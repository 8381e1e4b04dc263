import { intAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import type { Gradient, GradientContext } from "../gradient";
import { centredBack } from "./LayerNormalization";

/** From the cotangent g of (x - mean) / deviation over some axes to that of x. */
export type CentredBack = (c: GradientContext, node: Node, x: Value, g: Value, axes: readonly number[]) => Value;

/** Groups of channels, each over its channels and places; scaled by channel since opset 21, by group before. */
export const groupNormalizationBy =
  (back: CentredBack): Gradient =>
  (c, node, [g]) => {
    const { b } = c;
    const [x, scale] = node.inputs;
    const groups = intAttribute(node, "num_groups", 1);
    return [
      () => {
        const rank = c.dims(x).length;
        const grouped = (v: string) => b.reshape(v, [0, groups, -1]); // [B, G, rest]
        const scaled =
          b.opset >= 21
            ? grouped(b.mul(g, b.reshape(scale, [-1, ...Array(rank - 2).fill(1)])))
            : b.mul(grouped(g), b.reshape(scale, [-1, 1]));
        return b.op("Reshape", [back(c, node, grouped(x), scaled, [2]), c.shape(x)]);
      },
      null,
      null,
    ];
  };

export const groupNormalization: Gradient = groupNormalizationBy(centredBack);
