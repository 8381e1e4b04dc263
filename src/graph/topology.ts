import type { Graph, Node, Value } from "../onnx/model";
import { GraphError } from "./error";

const none: readonly Graph[] = [];

/** The subgraphs that a node holds: the branches of an `If`, the body of a `Loop` or `Scan`. */
export function subgraphsOf(node: Node): readonly Graph[] {
  if (node.attributes.size === 0) return none;
  const found: Graph[] = [];
  for (const attribute of node.attributes.values()) {
    if (attribute.type === "graph") found.push(attribute.value);
    else if (attribute.type === "graphs") found.push(...attribute.value);
  }
  return found;
}

/** Values of the surrounding graph that a graph's nodes read. */
export function captured(graph: Graph): Set<Value> {
  const own = new Set<Value>([...graph.inputs.map((i) => i.name), ...graph.initializers.keys()]);
  for (const node of graph.nodes) for (const output of node.outputs) own.add(output);
  const free = new Set<Value>();
  for (const node of graph.nodes) for (const input of readsOf(node)) if (!own.has(input)) free.add(input);
  for (const output of graph.outputs) if (!own.has(output.name)) free.add(output.name);
  return free;
}

/** Every value that a node reads: its inputs, and what its subgraphs capture. */
export function readsOf(node: Node): readonly Value[] {
  const subgraphs = subgraphsOf(node);
  const inputs = node.inputs.includes("") ? node.inputs.filter((v) => v !== "") : node.inputs;
  return subgraphs.length === 0 ? inputs : [...inputs, ...subgraphs.flatMap((g) => [...captured(g)])];
}

/** Who makes and who reads each value of a graph. */
export interface Topology {
  readonly producer: ReadonlyMap<Value, Node>;
  readonly consumers: ReadonlyMap<Value, readonly Node[]>;
}

const known = new WeakMap<readonly Node[], Topology>();

/** Looked up again for the same nodes: reading a graph of thousands of them takes as long as many a pass over it. */
export function topologyOf({ nodes }: Pick<Graph, "nodes">): Topology {
  let topology = known.get(nodes);
  if (!topology) {
    topology = { producer: producersOf(nodes), consumers: consumersOf(nodes) };
    known.set(nodes, topology);
  }
  return topology;
}

/** Who makes each value. */
export function producersOf(nodes: readonly Node[]): ReadonlyMap<Value, Node> {
  const producer = new Map<Value, Node>();
  for (const node of nodes) for (const output of node.outputs) if (output) producer.set(output, node);
  return producer;
}

function consumersOf(nodes: readonly Node[]): ReadonlyMap<Value, readonly Node[]> {
  const consumers = new Map<Value, Node[]>();
  for (const node of nodes)
    for (const input of readsOf(node)) {
      const readers = consumers.get(input);
      if (!readers) consumers.set(input, [node]);
      else if (readers[readers.length - 1] !== node) readers.push(node); // a node may read a value twice
    }
  return consumers;
}

/**
 * Nodes ordered so that each stands after those that it reads from; the given order is kept where it can be.
 * Throws where the graph has a cycle.
 */
export function sorted(nodes: readonly Node[]): Node[] {
  const producer = producersOf(nodes);
  if (inOrder(nodes, producer)) return [...nodes];
  const done = new Set<Node>();
  const open = new Set<Node>();
  const order: Node[] = [];
  for (const root of nodes) {
    // An explicit stack: exported graphs are thousands of nodes deep.
    const stack: Node[] = [root];
    while (stack.length > 0) {
      const node = stack[stack.length - 1];
      if (done.has(node)) {
        stack.pop();
        continue;
      }
      open.add(node);
      const before = readsOf(node)
        .map((v) => producer.get(v))
        .filter((p): p is Node => p !== undefined && p !== node && !done.has(p));
      if (before.length === 0) {
        done.add(node);
        open.delete(node);
        order.push(node);
        stack.pop();
      } else {
        const looped = before.find((p) => open.has(p));
        if (looped) throw new GraphError("unsupported form", "a graph with a cycle", looped);
        stack.push(...before.slice(0, 1));
      }
    }
  }
  return order;
}

/** Whether each node stands after those that it reads from, as ONNX asks of a file. */
function inOrder(nodes: readonly Node[], producer: ReadonlyMap<Value, Node>): boolean {
  const made = new Set<Node>();
  for (const node of nodes) {
    for (const input of readsOf(node)) {
      const from = producer.get(input);
      if (from && !made.has(from)) return false;
    }
    made.add(node);
  }
  return true;
}
