import { isProduct } from "../../graph/anatomy/flow";
import { operatorOf } from "../../graph/rewrites";
import type { Node, Value } from "../../onnx/model";
import type { Entry } from "../gradient";
import type { Reading } from "./reading";

/** A product with weights of the file and the bias that follows it. */
export interface Linear {
  readonly node: Node;
  /** What it gives with its bias, z; of the product's shape. */
  readonly z: Value;
  readonly bias: Value | null;
  /** What brings integer products back to numbers, on the way to z. */
  readonly scales: readonly Value[];
}

/** How linear layers share out relevance: from a layer and its exact gradient to its rule. */
export type LinearRule = (linear: Linear, entry: Entry) => Entry;

const quantised = new Set(["MatMulInteger", "ConvInteger"]);
/** Where an operator has its own bias. */
const biasAt: Readonly<Record<string, number>> = { Gemm: 2, Conv: 2, "com.microsoft:MatMulNBits": 5 };
const passed = new Set(["Identity", "Cast", "Squeeze", "Unsqueeze", "Split", "Reshape", "Flatten", "Slice"]);

/**
 * The linear layer of a node, or null for a node that is none, and for the one that gives the answer: at the top the
 * basic rule holds (Montavon et al. 2019, section 10.3).
 */
export function linearOf(node: Node, reading: Reading): Linear | null {
  const { around, fixed } = reading;
  if (!isProduct(node) || node.inputs.slice(0, 2).filter(around.active).length !== 1) return null;
  if (!node.inputs.some((v) => v !== "" && fixed(v)) || !around.active(node.inputs[0])) return null;
  let z = node.outputs[0];
  let bias = node.inputs[biasAt[operatorOf(node)] ?? node.inputs.length] || null;
  const only = (v: Value): Node | null => {
    const readers = around.consumers.get(v) ?? [];
    return readers.length === 1 && !reading.answers.includes(v) ? readers[0] : null;
  };
  const other = (reader: Node, v: Value): Value => reader.inputs[reader.inputs[0] === v ? 1 : 0];
  const scales: Value[] = [];
  if (quantised.has(operatorOf(node)))
    for (let reader = only(z); reader && /^(Cast|Mul)$/.test(reader.opType); reader = only(z)) {
      if (reader.opType === "Mul") scales.push(other(reader, z));
      z = reader.outputs[0];
    }
  const reader = only(z);
  if (bias === null && reader?.opType === "Add" && fixed(other(reader, z))) {
    bias = other(reader, z);
    z = reader.outputs[0];
  }
  return givesAnswer(z) ? null : { node, z, bias, scales };

  function givesAnswer(value: Value): boolean {
    if (reading.answers.includes(value)) return true;
    return (around.consumers.get(value) ?? []).some(
      (n) =>
        (passed.has(n.opType) ||
          (/^(Add|Mul|Div)$/.test(n.opType) && n.inputs.every((v) => v === value || fixed(v)))) &&
        n.outputs.some(givesAnswer),
    );
  }
}
