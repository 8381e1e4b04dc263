import type { Builder } from "../graph/builder";
import { GraphError } from "../graph/error";
import { operatorOf } from "../graph/rewrites";
import type { Facts } from "../graph/shapes";
import type { Graph, Node, Value } from "../onnx/model";
import { activeValues } from "./activity";
import { type Gradient, type GradientContext, isStop, isStraight, type Rules } from "./gradient";

export interface BackwardRequest {
  /** The forward graph, its nodes in order. */
  readonly graph: Pick<Graph, "nodes" | "initializers">;
  readonly facts: Facts;
  readonly rules: Rules;
  /** Cotangents to start from, by the forward value that each belongs to, of that value's shape. */
  readonly seeds: ReadonlyMap<Value, Value>;
  /** The forward values whose cotangents are asked for. */
  readonly wanted: readonly Value[];
}

/**
 * Reverse mode: emits into `b` what passes the seeds back to the wanted values, and returns the name of each one's
 * cotangent, which has its value's shape. Only what lies between is visited.
 *
 * @throws GraphError `no gradient: OPERATOR (node)` for an operator without a rule, and for a wanted value that the
 * seeds don't depend on: never a silent zero.
 */
export function backward(request: BackwardRequest, b: Builder): ReadonlyMap<Value, Value> {
  const walk = new Walk(request, b);
  for (const [value, cotangent] of request.seeds) walk.give(value, cotangent);
  for (let i = request.graph.nodes.length - 1; i >= 0; i--) walk.visit(request.graph.nodes[i]);
  return new Map(
    request.wanted.map((value) => {
      const cotangent = walk.cotangentOf(value);
      if (cotangent === null) throw new GraphError("no gradient", `${value}; the target does not depend on it`);
      return [value, cotangent];
    }),
  );
}

class Walk implements GradientContext {
  private readonly activity: ReadonlySet<Value>;
  private readonly given = new Map<Value, Value[]>();
  private readonly shapes = new Map<Value, Value>();

  constructor(
    private readonly request: BackwardRequest,
    readonly b: Builder,
  ) {
    this.activity = activeValues(request.graph.nodes, request.facts, request.wanted, request.rules);
  }

  active = (value: Value): boolean => this.activity.has(value);
  constant = (value: Value): boolean => this.request.graph.initializers.has(value);
  numbers = (value: Value): readonly number[] | null => this.request.facts.of(value).value ?? null;

  dims = (value: Value): readonly number[] => {
    const dims = this.b.dimsOf(value);
    if (!dims) throw new GraphError("no shape", value);
    return dims;
  };

  shape = (value: Value): Value => {
    let shape = this.shapes.get(value);
    if (shape === undefined) {
      shape = this.b.op("Shape", [value]);
      this.shapes.set(value, shape);
    }
    return shape;
  };

  give(value: Value, cotangent: Value): void {
    const all = this.given.get(value);
    const summed = this.summed(cotangent, value);
    if (all) all.push(summed);
    else this.given.set(value, [summed]);
  }

  /** The sum of what was given, or null where nothing was. */
  cotangentOf(value: Value): Value | null {
    const all = this.given.get(value);
    if (!all) return null;
    if (all.length > 1) all.splice(0, all.length, all.reduce(this.b.add));
    return all[0];
  }

  visit(node: Node): void {
    if (!node.outputs.some((v) => this.given.has(v) && this.active(v))) return;
    if (this.isEnd(node)) return;
    const wanted = node.inputs.map((v) => v !== "" && this.active(v));
    if (!wanted.includes(true)) {
      this.refuseSubgraph(node);
      return;
    }
    const cotangents = node.outputs.map((v) => (this.active(v) ? (this.cotangentOf(v) ?? this.zeros(v)) : ""));
    const rule = this.ruleOf(node)(this, node, cotangents);
    node.inputs.forEach((input, i) => {
      if (!wanted[i]) return;
      const emit = rule[i];
      if (!emit) throw new GraphError("no gradient", `${operatorOf(node)} by its input ${i}, ${input}`, node);
      this.give(input, emit());
    });
  }

  /** Where a node stops, its outputs have cotangents only if they are wanted themselves. */
  private isEnd(node: Node): boolean {
    const entry = this.request.rules(node);
    return entry !== undefined && isStop(entry);
  }

  private ruleOf(node: Node): Gradient {
    const entry = this.request.rules(node);
    if (!entry || isStop(entry)) throw new GraphError("no gradient", operatorOf(node), node);
    return isStraight(entry) ? entry.straightThrough : entry;
  }

  /** Where no input is active the node makes a wanted value, or its subgraph captures an active one. */
  private refuseSubgraph(node: Node): void {
    if (!node.outputs.some((v) => this.request.wanted.includes(v)))
      throw new GraphError("no gradient", `${operatorOf(node)}, through what its subgraph reads`, node);
  }

  private zeros(value: Value): Value {
    const dtype = this.b.dtypeOf(value);
    return this.b.op("Expand", [this.b.scalar(0, dtype && /float/.test(dtype) ? dtype : "float32"), this.shape(value)]);
  }

  /** A cotangent of its value's shape: summed over the axes along which the value was broadcast, repeated along those of size 1. */
  private summed(cotangent: Value, value: Value): Value {
    const [from, to] = [this.dims(cotangent), this.dims(value)];
    const lead = from.length - to.length;
    if (to.some((size, i) => size !== 1 && ![size, 1, undefined].includes(from[i + lead])))
      throw new GraphError("no shape", `a cotangent of [${from}] for ${value} of [${to}]`);
    const axes = from.flatMap((size, i) => (i < lead || (to[i - lead] === 1 && size !== 1) ? [i] : []));
    const summed = axes.length === 0 ? cotangent : this.b.reduce("ReduceSum", cotangent, axes);
    const short = to.some((size, i) => size !== (from[i + lead] ?? 1) && size !== 1) || lead < 0;
    if (short) return this.b.op("Expand", [summed, this.shape(value)]);
    return lead > 0 ? this.b.op("Reshape", [summed, this.shape(value)]) : summed;
  }
}
