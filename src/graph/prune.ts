import type { Graph, Node, Value } from "../onnx/model";
import { producersOf, readsOf } from "./topology";

/** The graph without the nodes, initializers and value types that none of its outputs needs. Graph inputs stay. */
export function prune(graph: Graph): Graph {
  const producer = producersOf(graph.nodes);
  const needed = new Set<Value>();
  const kept = new Set<Node>();
  const pending = graph.outputs.map((o) => o.name);
  while (pending.length > 0) {
    const value = pending.pop() as Value;
    if (needed.has(value)) continue;
    needed.add(value);
    const node = producer.get(value);
    if (!node || kept.has(node)) continue;
    kept.add(node);
    for (const input of readsOf(node)) if (!needed.has(input)) pending.push(input);
  }
  return {
    ...graph,
    nodes: graph.nodes.filter((n) => kept.has(n)),
    initializers: only(graph.initializers, needed),
    valueInfo: only(graph.valueInfo, needed),
  };
}

function only<T>(named: ReadonlyMap<Value, T>, needed: ReadonlySet<Value>): ReadonlyMap<Value, T> {
  const left = new Map<Value, T>();
  for (const [name, each] of named) if (needed.has(name)) left.set(name, each);
  return left;
}

/** Names of the graph inputs that something still reads. */
export function usedInputs(graph: Graph): Set<Value> {
  const read = new Set(graph.outputs.map((o) => o.name));
  for (const node of graph.nodes) for (const input of readsOf(node)) read.add(input);
  return new Set(graph.inputs.map((i) => i.name).filter((name) => read.has(name)));
}
