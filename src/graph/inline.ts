import type { Attribute, Graph, LocalFunction, Model, Node, Value } from "../onnx/model";
import { GraphError } from "./error";
import { subgraphsOf } from "./topology";

const key = (domain: string, name: string): string => `${domain}:${name}`;

/** Names for what is written in a node's place: its own, made unique where several nodes share one. */
export class Scopes {
  private readonly taken = new Set<string>();

  of({ name, outputs, opType }: Node): string {
    const output = outputs.find((o) => o) ?? opType;
    let scope = name || output;
    while (this.taken.has(scope)) scope = `${scope}/${output}`;
    this.taken.add(scope);
    return scope;
  }
}

/** The model with every call of a local function replaced by the function's nodes, under names of their own. */
export function inlineFunctions(model: Model): Model {
  if (model.functions.length === 0) return model;
  const functions = new Map(model.functions.map((f) => [key(f.domain, f.name), f]));
  const opsets = new Map(model.opsets);
  for (const f of model.functions)
    for (const [domain, version] of f.opsets) if (!opsets.has(domain)) opsets.set(domain, version);
  return { ...model, opsets, functions: [], graph: inlineGraph(model.graph, { functions, scopes: new Scopes() }, 0) };
}

interface Library {
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly scopes: Scopes;
}

function inlineGraph(graph: Graph, library: Library, depth: number): Graph {
  return { ...graph, nodes: inlineNodes(graph.nodes, library, depth) };
}

function inlineNodes(nodes: readonly Node[], library: Library, depth: number): Node[] {
  return nodes.flatMap((node) => {
    const called = library.functions.get(key(node.domain, node.opType));
    if (!called) return [withSubgraphs(node, (g) => inlineGraph(g, library, depth))];
    if (depth > 64) throw new GraphError("unsupported form", `${called.name} calls itself`, node);
    return inlineNodes(bodyOf(called, node, library.scopes.of(node)), library, depth + 1);
  });
}

/** A node with each of its subgraphs changed. */
export function withSubgraphs(node: Node, change: (graph: Graph) => Graph): Node {
  if (subgraphsOf(node).length === 0) return node;
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    if (attribute.type === "graph") attributes.set(name, { type: "graph", value: change(attribute.value) });
    else if (attribute.type === "graphs") attributes.set(name, { type: "graphs", value: attribute.value.map(change) });
    else attributes.set(name, attribute);
  }
  return { ...node, attributes };
}

function bodyOf(called: LocalFunction, call: Node, scope: string): Node[] {
  const names = new Map<Value, Value>([["", ""]]);
  called.inputs.forEach((formal, i) => {
    names.set(formal, call.inputs[i] ?? "");
  });
  called.outputs.forEach((formal, i) => {
    if (call.outputs[i]) names.set(formal, call.outputs[i]);
  });
  const rename = (value: Value): Value => names.get(value) ?? `${scope}/${value}`;
  return called.nodes.map((node) =>
    renamed(node, rename, scope, (name) => call.attributes.get(name) ?? called.attributes.get(name)),
  );
}

function renamed(
  node: Node,
  rename: (v: Value) => Value,
  scope: string,
  given: (name: string) => Attribute | undefined,
): Node {
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    if (attribute.type !== "reference") attributes.set(name, attribute);
    else {
      const value = given(attribute.value);
      if (value) attributes.set(name, value);
    }
  }
  const own: Node = {
    ...node,
    name: `${scope}/${node.name || (node.outputs.find((o) => o) ?? node.opType)}`,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes,
  };
  return withSubgraphs(own, (graph) => renamedGraph(graph, rename, scope, given));
}

/** Names of a subgraph's own values are scoped too, so that captures stay captures and nothing collides. */
function renamedGraph(
  graph: Graph,
  rename: (v: Value) => Value,
  scope: string,
  given: (name: string) => Attribute | undefined,
): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((n) => renamed(n, rename, scope, given)),
    inputs: graph.inputs.map((i) => ({ ...i, name: rename(i.name) })),
    outputs: graph.outputs.map((o) => ({ ...o, name: rename(o.name) })),
    initializers: new Map(
      [...graph.initializers].map(([name, weight]) => [rename(name), { ...weight, name: rename(name) }]),
    ),
    valueInfo: new Map(),
  };
}
