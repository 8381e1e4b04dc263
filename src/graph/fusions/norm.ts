import { float, int, intAttribute, intsAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import { operatorOf } from "../rewrites";
import { type Fusion, giverOf, numberOf, plain, type Surroundings } from "./fusion";

/** The other operand of a node with two, where one of them fits. */
function operands(node: Node, fits: (value: Value) => boolean): readonly [Value, Value] | null {
  const [a, b] = node.inputs;
  if (fits(a)) return [a, b];
  return fits(b) ? [b, a] : null;
}

/** The input of a mean over the last axis that keeps it. */
function meanOf(value: Value, around: Surroundings): Value | null {
  const node = giverOf(value, "ReduceMean", around);
  if (!node || intAttribute(node, "keepdims", 1) !== 1) return null;
  const [x, given] = node.inputs;
  const rank = around.factOf(x).dims?.length;
  const axes = given ? around.factOf(given).value : intsAttribute(node, "axes", null);
  const isLast = axes?.length === 1 && rank !== undefined && (axes[0] === -1 || axes[0] === rank - 1);
  return isLast ? plain(x, around) : null;
}

/** The value that is squared. */
function squaredOf(value: Value, around: Surroundings): Value | null {
  const node = giverOf(value, "Pow Mul", around);
  if (!node) return null;
  const [a, b] = node.inputs.map((v) => plain(v, around));
  const isSquare = operatorOf(node) === "Mul" ? a === b : numberOf(node.inputs[1], around) === 2;
  return isSquare ? a : null;
}

/** √(mean of v² + ε): v and ε. */
function rootOf(value: Value, around: Surroundings): { readonly v: Value; readonly epsilon: number } | null {
  const root = giverOf(value, "Sqrt Pow", around);
  if (!root || (operatorOf(root) === "Pow" && numberOf(root.inputs[1], around) !== 0.5)) return null;
  const sum = giverOf(root.inputs[0], "Add", around);
  const parts = sum && operands(sum, (v) => numberOf(v, around) !== null);
  const mean = parts && meanOf(parts[1], around);
  const v = mean && squaredOf(mean, around);
  return parts && v ? { v, epsilon: numberOf(parts[0], around) as number } : null;
}

/** v / √(mean of v² + ε), as a quotient or as a product with one over the root. */
function scaledOf(value: Value, around: Surroundings): { readonly v: Value; readonly epsilon: number } | null {
  const node = giverOf(value, "Div Mul", around);
  if (!node) return null;
  const by = (v: Value, root: Value | undefined) => {
    const found = root === undefined ? null : rootOf(root, around);
    return found && isSameValue(found.v, plain(v, around), around) ? found : null;
  };
  const [a, b] = node.inputs;
  if (operatorOf(node) === "Div") return by(a, b);
  return by(a, inverted(b, around)) ?? by(b, inverted(a, around));
}

/** What a value is one over. */
function inverted(value: Value, around: Surroundings): Value | undefined {
  const node = giverOf(value, "Reciprocal Div", around);
  if (!node || operatorOf(node) === "Reciprocal") return node?.inputs[0];
  return numberOf(node.inputs[0], around) === 1 ? node.inputs[1] : undefined;
}

/** x, where a value is x less its mean. */
function centredOf(value: Value, around: Surroundings): Value | null {
  const node = giverOf(value, "Sub", around);
  if (!node) return null;
  const x = plain(node.inputs[0], around);
  return meanOf(node.inputs[1], around) === x ? x : null;
}

/** Whether two values are one, or both the same less its mean. */
function isSameValue(a: Value, b: Value, around: Surroundings): boolean {
  const x = centredOf(a, around);
  return a === b || (x !== null && x === centredOf(b, around));
}

/** Whether a value is a scale or a shift of the last axis alone. */
function isVectorFor(y: Value, { factOf, fixed }: Surroundings): (value: Value) => boolean {
  const size = factOf(y).dims?.at(-1);
  return (value) => {
    const { dims, dtype } = factOf(value);
    return dtype === "float32" && dims?.length === 1 && dims[0] === size && fixed(value);
  };
}

/** Whether a value is as large as another, so that nothing is broadcast between them. */
const isOfSize = (x: Value, y: Value, { factOf }: Surroundings): boolean =>
  `${factOf(x).dims}` === `${factOf(y).dims ?? "unknown"}`;

interface Scaled {
  /** What is normalised: x, or x less its mean. */
  readonly v: Value;
  readonly scale: Value;
  readonly epsilon: number;
}

/** v / √(mean of v² + ε) · scale. */
function normOf(node: Node, around: Surroundings): Scaled | null {
  if (operatorOf(node) !== "Mul" || around.factOf(node.outputs[0]).dtype !== "float32") return null;
  const parts = operands(node, isVectorFor(node.outputs[0], around));
  const found = parts && scaledOf(parts[1], around);
  return found && isOfSize(found.v, node.outputs[0], around) ? { ...found, scale: parts[0] } : null;
}

const attributesOf = (epsilon: number): Node["attributes"] =>
  new Map([
    ["axis", int(-1)],
    ["epsilon", float(epsilon)],
    ["stash_type", int(1)],
  ]);

/** (x − mean) / √(variance + ε) · scale + shift (Ba et al. 2016). */
export const layerNorm: Fusion = (node, around) => {
  if (operatorOf(node) !== "Add") return null;
  const parts = operands(node, isVectorFor(node.outputs[0], around));
  const product = parts && giverOf(parts[1], "Mul", around);
  const found = product && normOf(product, around);
  const x = found && centredOf(found.v, around);
  if (!x) return null;
  const inputs = [x, found.scale, parts[0]];
  return { ...node, opType: "LayerNormalization", domain: "", inputs, attributes: attributesOf(found.epsilon) };
};

/** x / √(mean of x² + ε) · scale (Zhang and Sennrich 2019), as ONNX Runtime's one operator at any opset. */
export const rmsNorm: Fusion = (node, around) => {
  const found = normOf(node, around);
  if (!found || centredOf(found.v, around)) return null; // the scaled part of the norm above
  const inputs = [found.v, found.scale];
  return {
    ...node,
    opType: "SimplifiedLayerNormalization",
    domain: "",
    inputs,
    attributes: attributesOf(found.epsilon),
  };
};
