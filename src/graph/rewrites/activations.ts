import { floatAttribute, intAttribute } from "../../onnx/attributes";
import { GraphError } from "../error";
import { present, type Rewrite } from "./rewrite";

/** com.microsoft BiasGelu: gelu(x + b), by the error function. */
export const biasGelu: Rewrite = (b, node) => {
  const sum = b.add(node.inputs[0], node.inputs[1]);
  b.rename(b.ops("Gelu", [sum], {}, 1, "com.microsoft")[0], node.outputs[0]);
  return undefined;
};

/** com.microsoft FastGelu with a bias: gelu(x + b), by tanh. Without one it is canonical. */
export const fastGelu: Rewrite = (b, node) => {
  if (!present(node.inputs, 1)) return false;
  const sum = b.add(node.inputs[0], node.inputs[1]);
  b.rename(b.ops("FastGelu", [sum], {}, 1, "com.microsoft")[0], node.outputs[0]);
  return undefined;
};

/** com.microsoft QuickGelu: x · σ(αx). */
export const quickGelu: Rewrite = (b, node) => {
  const [x] = node.inputs;
  const alpha = floatAttribute(node, "alpha", 1.702);
  b.rename(b.mul(x, b.op("Sigmoid", [alpha === 1 ? x : b.mul(x, b.scalar(alpha, x))])), node.outputs[0]);
  return undefined;
};

/** Inference leaves its input as it is; the mask, which training reads, must not be asked for. */
export const dropout: Rewrite = (b, node) => {
  if (present(node.outputs, 1)) return false;
  b.ops("Identity", [node.inputs[0]], {}, [node.outputs[0]]);
  return undefined;
};

/** com.microsoft BiasSoftmax: softmax(x + b), over the last axis alone. */
export const biasSoftmax: Rewrite = (b, node) => {
  const rank = b.dimsOf(node.inputs[0])?.length;
  const axis = intAttribute(node, "axis", 1);
  if (rank === undefined) throw new GraphError("no shape", "BiasSoftmax's input", node);
  if (axis !== -1 && axis !== rank - 1)
    throw new GraphError("unsupported form", `BiasSoftmax over axes ${axis} to ${rank - 1} at once`, node);
  b.rename(b.softmax(b.add(node.inputs[0], node.inputs[1])), node.outputs[0]);
  return undefined;
};

/** com.microsoft BiasAdd and the like: x + b + skip. */
export const biasAdd: Rewrite = (b, node) => {
  const [x, bias, skip] = node.inputs;
  b.rename(b.add(b.add(x, bias), skip), node.outputs[0]);
  return undefined;
};
