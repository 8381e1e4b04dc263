import { operatorOf } from "../../graph/rewrites";
import type { Topology } from "../../graph/topology";
import type { Node, Value } from "../../onnx/model";

/** What is asked of the graph around a value. */
export interface Surroundings extends Topology {
  /** Whether a value depends on the embedding. */
  active(value: Value): boolean;
}

/** Element by element, and straight in what isn't constant. */
const straight = new Set("Add Sub Mul Div Neg Cast Identity".split(" "));
/** Element by element. */
const bent = new Set(
  "Pow Exp Log Softplus Softsign Abs Min Max Clip Sqrt Reciprocal Tanh Erf Sigmoid HardSigmoid Relu Where Sum".split(
    " ",
  ),
);

type Shape = "constant" | "straight" | "bent" | "other";
const rank: Readonly<Record<Shape, number>> = { constant: 0, straight: 1, bent: 2, other: 3 };

/** How a value depends on another, element by element: `other` where it depends on more than that one. */
export function dependence(value: Value, on: Value, around: Surroundings): Shape {
  const known = new Map<Value, Shape>();
  const visit = (v: Value): Shape => {
    if (v === on) return "straight";
    if (!around.active(v)) return "constant";
    const seen = known.get(v);
    if (seen) return seen;
    const shape = shapeOf(around.producer.get(v), visit);
    known.set(v, shape);
    return shape;
  };
  return visit(value);
}

function shapeOf(node: Node | undefined, visit: (v: Value) => Shape): Shape {
  if (!node) return "other";
  const operator = operatorOf(node);
  if (!straight.has(operator) && !bent.has(operator)) return "other";
  const shapes = node.inputs.filter((v) => v !== "").map(visit);
  const most = shapes.reduce((a, b) => (rank[b] > rank[a] ? b : a), "constant");
  if (most === "other" || most === "constant") return most;
  if (bent.has(operator)) return "bent";
  const several = shapes.filter((s) => s !== "constant").length > 1;
  const under = operator === "Div" && shapes[1] !== "constant";
  return under || (operator === "Mul" && several) ? "bent" : most;
}

/** A value and those that it is only another multiple or type of, nearest first. */
export function multiples(value: Value, { producer, active }: Surroundings): readonly Value[] {
  const found = [value];
  for (;;) {
    const node = producer.get(found[found.length - 1]);
    if (!node || !/^(Mul|Div|Neg|Cast|Identity)$/.test(operatorOf(node))) return found;
    const inputs = node.inputs.filter(active);
    if (inputs.length !== 1 || (node.opType === "Div" && inputs[0] !== node.inputs[0])) return found;
    found.push(inputs[0]);
  }
}
