import type { Graph, Node, Value, Weight } from "../../onnx/model";
import { GraphError } from "../error";
import { creationRules } from "./creation";
import { elementwiseRules } from "./elementwise";
import { type Fact, type RuleContext, type ShapeRule, unknown } from "./fact";
import { matrixRules } from "./matrix";
import { movementRules } from "./movement";
import { reductionRules } from "./reduction";
import { factOfWeight } from "./weight";

export type { Fact } from "./fact";

const rules: Readonly<Record<string, ShapeRule>> = {
  ...elementwiseRules,
  ...movementRules,
  ...matrixRules,
  ...reductionRules,
  ...creationRules,
};

/** Whether shapes can be followed through an operator. */
export const hasShapeRule = (opType: string): boolean => opType in rules;

/**
 * Types and shapes of a graph's values at one point: every symbolic dimension of the inputs is bound to a number of its
 * own, so that two sizes are equal here only where they are always equal. Small integer tensors, which shapes are
 * computed from, are followed by value.
 */
export class Facts {
  private readonly facts: Map<Value, Fact>;
  private readonly context: RuleContext;

  constructor(
    opset: number,
    bound: ReadonlyMap<Value, Fact>,
    private readonly outer: Facts | null = null,
  ) {
    this.facts = new Map(bound);
    this.context = { opset, evaluate: (graph) => this.evaluate(graph) };
  }

  /** Nodes whose operators have no shape rule. */
  readonly unruled: Node[] = [];

  /** What is known of a value; of an absent or unseen one, nothing. */
  of(value: Value): Fact {
    return this.facts.get(value) ?? this.outer?.of(value) ?? unknown;
  }

  dims(value: Value): readonly number[] | null {
    return this.of(value).dims;
  }

  set(value: Value, fact: Fact): void {
    this.facts.set(value, fact);
  }

  /** Takes in the initializers of a graph. */
  weights(graph: Pick<Graph, "initializers">): void {
    for (const [name, weight] of graph.initializers) this.weight(name, weight);
  }

  /** Takes in one initializer or constant. */
  weight(name: Value, weight: Weight): void {
    this.facts.set(name, factOfWeight(weight));
  }

  /** Infers a node's outputs. An operator without a rule leaves them unknown; sizes that don't fit throw. */
  infer(node: Node): void {
    const rule = rules[node.opType];
    if (!rule) this.unruled.push(node);
    const inputs = node.inputs.map((v) => (v === "" ? null : this.of(v)));
    let inferred: readonly Fact[] = [];
    try {
      inferred = rule ? rule(node, inputs, this.context) : [];
    } catch (error) {
      throw new GraphError("no shape", `${node.opType}: ${(error as Error).message}`, node);
    }
    node.outputs.forEach((output, i) => {
      if (output) this.facts.set(output, inferred[i] ?? unknown);
    });
  }

  private evaluate(graph: Graph): readonly Fact[] {
    const inner = new Facts(this.context.opset, new Map(), this);
    inner.weights(graph);
    for (const node of graph.nodes) inner.infer(node);
    return graph.outputs.map((o) => inner.of(o.name));
  }
}
