import type { Node, Value } from "../../onnx/model";
import { operatorOf } from "../rewrites";
import { isSame, numberOf, type Surroundings } from "./fusion";

/** The error function within 1.5e-7 (Abramowitz and Stegun, 7.1.26). */
export function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const terms = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];
  const sum = terms.reduceRight((rest, term) => t * (term + rest), 0);
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

/** Functions of numbers, by operator. */
const pointwise: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Neg: (a) => -a,
  Erf: erf,
  Tanh: Math.tanh,
};

const isPointwise = (node: Node | undefined): node is Node => node !== undefined && operatorOf(node) in pointwise;

/** A function is spelled out in no more values than these. */
const most = 16;

/** The values that one is made of by functions of numbers, itself first; null where they are too many. */
export function madeOf(value: Value, around: Surroundings): readonly Value[] | null {
  const found = new Set([value]);
  for (const each of found) {
    const node = around.producer.get(each);
    if (!node || !(isPointwise(node) || isSame(node, around))) continue;
    for (const input of node.inputs) if (numberOf(input, around) === null) found.add(input);
    if (found.size > most) return null;
  }
  return [...found];
}

/** `value` as a function of `of` alone, at some points; null where it depends on anything else that isn't one number. */
export function curveOf(
  value: Value,
  of: Value,
  at: readonly number[],
  around: Surroundings,
): readonly number[] | null {
  const known = new Map<Value, readonly number[] | null>([[of, at]]);
  const visit = (v: Value): readonly number[] | null => {
    const seen = known.get(v);
    if (seen !== undefined) return seen;
    const constant = numberOf(v, around);
    const numbers = constant === null ? through(around.producer.get(v)) : at.map(() => constant);
    known.set(v, numbers);
    return numbers;
  };
  const through = (node: Node | undefined): readonly number[] | null => {
    if (!node) return null;
    if (isSame(node, around)) return visit(node.inputs[0]);
    if (!isPointwise(node)) return null;
    const operands = node.inputs.map(visit);
    if (operands.some((o) => o === null)) return null;
    const [a, b] = operands as (readonly number[])[];
    return at.map((_, i) => pointwise[operatorOf(node)](a[i], b?.[i] ?? 0));
  };
  return visit(value);
}
