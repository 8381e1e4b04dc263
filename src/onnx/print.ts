import { decodeUtf8, Utf8Error } from "../tensor/utf8";
import { tensorOf } from "./attributes";
import type { Attribute, Dim, Graph, LocalFunction, Model, Node, Value, ValueInfo, Weight } from "./model";

/** Elements, dims and attribute entries beyond this many become `...`. */
const shown = 8;

const list = (items: readonly unknown[]): string =>
  items.length > shown ? `${items.slice(0, shown).join(", ")}, ...` : items.join(", ");

const value = (name: Value): string => (name === "" ? "_" : `%${name}`);

/** `float32 [batch, 12, 64]`; `?` for what isn't stated. */
export const printType = (dtype: string | null, dims: readonly Dim[] | null): string =>
  `${dtype ?? "?"} ${dims ? `[${dims.map((dim) => dim ?? "?").join(", ")}]` : "?"}`;

const printInfo = ({ name, dtype, dims }: ValueInfo): string => `${value(name)}: ${printType(dtype, dims)}`;

function printString(bytes: Uint8Array): string {
  try {
    return JSON.stringify(decodeUtf8(bytes.subarray(0, 200)));
  } catch (error) {
    if (error instanceof Utf8Error) return `${bytes.length} bytes`;
    throw error;
  }
}

/** Type, shape and the first elements where they are at hand: `int64 [2] {1, -1}`. */
export function printWeight(weight: Weight): string {
  const { dtype, dims, source } = weight;
  const type = printType(dtype, dims);
  if (source.kind === "strings") return `${type} {${list(source.values.map(printString))}}`;
  if (source.kind === "external") return `${type} in ${source.location} at ${source.offset}`;
  const head = tensorOf(weight).data.subarray(0, shown + 1);
  return `${type} {${list([...head])}}`;
}

function printAttribute(attribute: Attribute, indent: string): string {
  switch (attribute.type) {
    case "string":
      return printString(attribute.value);
    case "strings":
      return `[${list(attribute.value.map(printString))}]`;
    case "ints":
    case "floats":
      return `[${list(attribute.value)}]`;
    case "tensor":
      return printWeight(attribute.value);
    case "graph":
      return printGraph(attribute.value, indent);
    case "graphs":
      return `[${attribute.value.map((graph) => printGraph(graph, indent)).join(", ")}]`;
    case "reference":
      return `@${attribute.value}`;
    case "opaque":
      return `${attribute.value.length} opaque bytes`;
    default:
      return String(attribute.value);
  }
}

/** `%out = Op(%in, _) {axis = -1}`; `_` stands for an absent optional value. Graphs in it take lines of their own. */
export function printNode(node: Node, indent = ""): string {
  const outputs = node.outputs.map(value).join(", ");
  const operator = node.domain ? `${node.domain}.${node.opType}` : node.opType;
  const attributes = [...node.attributes].map(([name, each]) => `${name} = ${printAttribute(each, indent)}`);
  const tail = attributes.length > 0 ? ` {${attributes.join(", ")}}` : "";
  return `${indent}${outputs} = ${operator}(${node.inputs.map(value).join(", ")})${tail}`;
}

/** A graph as text: its signature, its initializers, and a line for every node. */
export function printGraph(graph: Graph, indent = ""): string {
  const inner = `${indent}  `;
  return [
    `graph ${JSON.stringify(graph.name)} (${graph.inputs.map(printInfo).join(", ")}) {`,
    ...[...graph.initializers].map(([name, weight]) => `${inner}${value(name)}: ${printWeight(weight)}`),
    ...graph.nodes.map((node) => printNode(node, inner)),
    `${inner}return ${graph.outputs.map(printInfo).join(", ")}`,
    `${indent}}`,
  ].join("\n");
}

function printFunction({ domain, name, inputs, outputs, attributeNames, attributes, nodes }: LocalFunction): string {
  const defaults = [...attributes].map(([key, each]) => `${key} = ${printAttribute(each, "")}`);
  return [
    `function ${domain}.${name}(${inputs.map(value).join(", ")}) {${[...attributeNames, ...defaults].join(", ")}} {`,
    ...nodes.map((node) => printNode(node, "  ")),
    `  return ${outputs.map(value).join(", ")}`,
    "}",
  ].join("\n");
}

/** A model as text: versions, functions, graph. */
export const printModel = (model: Model): string =>
  [
    `ir ${model.irVersion}, opsets ${[...model.opsets].map(([domain, version]) => `${domain || "ai.onnx"} ${version}`).join(", ")}`,
    ...model.functions.map(printFunction),
    printGraph(model.graph),
  ].join("\n");
