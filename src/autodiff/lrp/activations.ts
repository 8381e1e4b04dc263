import { floatAttribute, stringAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import type { Gradient, GradientContext } from "../gradient";

type Factor = (c: GradientContext, node: Node) => Value;

/**
 * What an activation passes back: f(x) / x times its cotangent, so that its input has the relevance of its output
 * (the identity rule). What f gives at zero goes to nobody, as a bias's share does.
 */
const passing =
  (factor: Factor): Gradient =>
  (c, node, [g]) => [() => c.b.mul(g, factor(c, node))];

/** (f(x) − f(0)) / x by division; near zero, where that loses digits, f'(0). */
const secant =
  (atZero: number, slope: number): Factor =>
  ({ b }, { inputs: [x], outputs: [y] }) => {
    const small = b.op("Less", [b.op("Abs", [x]), b.scalar(atZero === 0 ? 1e-4 : 1e-2, x)]);
    const rise = atZero === 0 ? y : b.sub(y, b.scalar(atZero, x));
    return b.where(small, b.scalar(slope, x), b.div(rise, b.where(small, b.scalar(1, x), x)));
  };

/** Φ(x), or its tanh form, of gelu(x) = x Φ(x). */
const geluGate =
  (isTanh: (node: Node) => boolean): Factor =>
  ({ b }, node) => {
    const [x] = node.inputs;
    const number = (value: number) => b.scalar(value, x);
    const inner = isTanh(node)
      ? b.op("Tanh", [
          b.mul(
            x,
            b.add(number(Math.sqrt(2 / Math.PI)), b.mul(b.mul(x, x), number(0.044715 * Math.sqrt(2 / Math.PI)))),
          ),
        ])
      : b.op("Erf", [b.mul(x, number(Math.SQRT1_2))]);
    return b.mul(number(0.5), b.add(number(1), inner));
  };

/** σ(αx) of swish(x) = x σ(αx). */
const swishGate: Factor = ({ b }, node) => {
  const [x] = node.inputs;
  const alpha = floatAttribute(node, "alpha", 1);
  return b.op("Sigmoid", [alpha === 1 ? x : b.mul(x, b.scalar(alpha, x))]);
};

/** max(0, min(1, x/6 + 1/2)) of hardswish(x). */
const hardSwishGate: Factor = ({ b }, { inputs: [x] }) => {
  const line = b.add(b.mul(x, b.scalar(1 / 6, x)), b.scalar(0.5, x));
  return b.op("Max", [b.scalar(0, x), b.op("Min", [b.scalar(1, x), line])]);
};

/** tanh(ln(1 + eˣ)) of mish(x). */
const mishGate: Factor = ({ b }, { inputs: [x] }) => b.op("Tanh", [b.op("Softplus", [x])]);

const byErf = geluGate(() => false);
const byTanh = geluGate(() => true);

/**
 * Activations that are one operator, as relevance passes them. Those that a positive factor passes through (Relu and its
 * like) have f(x)/x for a derivative already.
 */
export const activations: Readonly<Record<string, Gradient>> = {
  Gelu: passing(geluGate((node) => stringAttribute(node, "approximate", "none") === "tanh")),
  "com.microsoft:Gelu": passing(byErf),
  "com.microsoft:FastGelu": passing(byTanh),
  HardSwish: passing(hardSwishGate),
  Mish: passing(mishGate),
  Swish: passing(swishGate),
  Tanh: passing(secant(0, 1)),
  Softsign: passing(secant(0, 1)),
  Elu: passing(secant(0, 1)),
  Celu: passing(secant(0, 1)),
  Selu: passing(secant(0, 1.0507)),
  Sigmoid: passing(secant(0.5, 0.25)),
  Softplus: passing(secant(Math.LN2, 0.5)),
};
