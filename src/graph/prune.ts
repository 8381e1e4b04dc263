import type { Graph, Node, Value } from "../onnx/model";
import { readsOf, topologyOf } from "./topology";

/** The graph without the nodes, initializers and value types that none of its outputs needs. Graph inputs stay. */
export function prune(graph: Graph): Graph {
  const { producer } = topologyOf(graph);
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
    pending.push(...readsOf(node));
  }
  return {
    ...graph,
    nodes: graph.nodes.filter((n) => kept.has(n)),
    initializers: new Map([...graph.initializers].filter(([name]) => needed.has(name))),
    valueInfo: new Map([...graph.valueInfo].filter(([name]) => needed.has(name))),
  };
}

/** Names of the graph inputs that something still reads. */
export function usedInputs(graph: Graph): Set<Value> {
  const read = new Set(graph.nodes.flatMap((n) => [...readsOf(n)]));
  for (const output of graph.outputs) read.add(output.name);
  return new Set(graph.inputs.map((i) => i.name).filter((name) => read.has(name)));
}
