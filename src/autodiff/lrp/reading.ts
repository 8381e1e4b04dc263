import { anatomyOf } from "../../graph/anatomy";
import { GraphError } from "../../graph/error";
import { operatorOf } from "../../graph/rewrites";
import type { Facts } from "../../graph/shapes";
import { readsOf, topologyOf } from "../../graph/topology";
import type { Graph, Node, Value } from "../../onnx/model";
import { activeValues } from "../activity";
import type { Subject } from "../explaining";
import { stops } from "../gradient";
import { exact } from "../gradients";
import { deviationsOf } from "./deviations";
import { gatesOf } from "./gates";
import type { Surroundings } from "./pointwise";

/** Why nothing is passed back through a node, by node. */
export type Stopped = ReadonlyMap<Node, string>;

/** What relevance rules know of a graph. */
export interface Reading {
  readonly graph: Graph;
  readonly facts: Facts;
  readonly answers: readonly Value[];
  /** What gives the weights of sums: attention probabilities, and what else a softmax gives but answers. */
  readonly softmaxes: ReadonlySet<Node>;
  /** The values between which layers lie, in order. */
  readonly cuts: readonly Value[];
  readonly around: Surroundings;
  /** Nodes that give a spelled-out norm's deviation. */
  readonly deviations: ReadonlySet<Node>;
  /** Products x · gate(x), each with its gate. */
  readonly gates: ReadonlyMap<Node, Value>;
  /** Values of the file's weights alone. */
  fixed(value: Value): boolean;
  /** The values that relevance reaches where it isn't passed on through `stopped`. */
  activeBeside(stopped: Stopped): ReadonlySet<Value>;
}

export const deviationStops = "the deviation of a norm counts as a constant";
export const gateStops = "the gate of an activation counts as a constant";

/** Where things are in a graph, by the names of values. */
export interface Places {
  readonly sources: readonly Value[];
  readonly answers: readonly Value[];
  /** Attention probabilities. */
  readonly probs: readonly Value[];
  /** The values between which layers lie, in order. */
  readonly cuts: readonly Value[];
  /** Softmaxes that give the answer. */
  readonly ends: readonly Value[];
}

const known = new WeakMap<readonly Node[], Reading>();

/** What relevance rules know of what is gone back through. Looked up again for the same nodes. */
export function readingOf({ graph, canonical, anatomy }: Subject): Reading {
  const before = known.get(graph.nodes);
  if (before) return before;
  const { embedding, sites, residual, flow } = anatomy ?? anatomyOf(canonical);
  const probs = sites.map((s) => s.probs.value);
  const reading = readGraph(graph, canonical.facts, {
    sources: embedding.sources,
    answers: canonical.answers.map((a) => a.name),
    probs,
    cuts: residual?.layers.map((tap) => tap.value) ?? probs,
    ends: flow.cuts,
  });
  known.set(graph.nodes, reading);
  return reading;
}

/** Finds norms and activations that are spelled out, wherever the sources reach. */
export function readGraph(graph: Graph, facts: Facts, places: Places): Reading {
  const { sources, answers, probs, cuts, ends } = places;
  const topology = topologyOf(graph);
  const all = activeValues(graph.nodes, facts, sources, exact);
  const around: Surroundings = { ...topology, active: (v) => all.has(v) };
  const fixed = fixedValues(graph);
  const softmaxes = [
    ...probs.map((v) => topology.producer.get(v)),
    ...graph.nodes.filter((n) => operatorOf(n) === "Softmax" && !ends.includes(n.outputs[0])),
  ];
  return {
    graph,
    facts,
    answers,
    softmaxes: new Set(softmaxes.filter((n): n is Node => n !== undefined)),
    cuts,
    around,
    deviations: deviationsOf(graph.nodes, facts, around),
    gates: gatesOf(graph.nodes, around),
    fixed: (v) => fixed.has(v),
    activeBeside: (stopped) =>
      activeValues(graph.nodes, facts, sources, (node) => {
        const reason = stopped.get(node);
        return reason === undefined ? exact(node) : stops(reason);
      }),
  };
}

/** The gates of spelled-out activations as nodes to stop at. */
export function stoppedGates({ gates, around }: Reading): Stopped {
  return new Map([...gates.values()].map((gate) => [around.producer.get(gate) as Node, gateStops]));
}

export function stoppedDeviations({ deviations }: Reading): Stopped {
  return new Map([...deviations].map((node) => [node, deviationStops]));
}

/** The nodes between active values and the answers. */
export function liveNodes({ graph, answers, around }: Reading, active: ReadonlySet<Value>): ReadonlySet<Node> {
  const live = new Set<Node>();
  const pending = answers.filter((v) => active.has(v));
  while (pending.length > 0) {
    const node = around.producer.get(pending.pop() as Value);
    if (!node || live.has(node)) continue;
    live.add(node);
    pending.push(...readsOf(node).filter((v) => active.has(v)));
  }
  if (live.size === 0) throw new GraphError("no gradient", `relevance of ${answers}`, graph.nodes[0] ?? null);
  return live;
}

/** Values that are computed from weights and constants alone. */
function fixedValues({ nodes, initializers }: Graph): ReadonlySet<Value> {
  const fixed = new Set<Value>(initializers.keys());
  for (const node of nodes) {
    if (!/^Random/.test(operatorOf(node)) && readsOf(node).every((v) => fixed.has(v)))
      for (const output of node.outputs) if (output) fixed.add(output);
  }
  return fixed;
}
