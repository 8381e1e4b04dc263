import { graphAttribute, weightAttribute, weightOf } from "../onnx/attributes";
import type { Graph, Model, Node, Value, ValueInfo, Weight } from "../onnx/model";
import { float32, int64 } from "../tensor/tensor";
import { Builder } from "./builder";
import { decided } from "./decided";
import { GraphError } from "./error";
import { fused } from "./fusions";
import { inlineFunctions, Scopes } from "./inline";
import { bindInput, inputsOf, type ModelInput, type Point, pointOf } from "./inputs";
import { prune } from "./prune";
import { isRefused, operatorOf, rewrites } from "./rewrites";
import type { Rewrite } from "./rewrites/rewrite";
import { type Fact, Facts } from "./shapes";
import { producersOf, readsOf, sorted } from "./topology";
import { widen } from "./widen";

/** A model in canonical operators, with what is known of each of its values. */
export interface Canonical {
  readonly model: Model;
  readonly inputs: readonly ModelInput[];
  readonly facts: Facts;
  readonly point: Point;
  /** The outputs that hold answers: `logits`, or `start_logits` and `end_logits`, or the last hidden state. */
  readonly answers: readonly ValueInfo[];
}

/**
 * Rewrites a model to the operators that anatomy, gradients and relevance rules know: functions inlined, fused and
 * dequantising operators spelled out, the first branch of a merged decoder taken and that of every choice which is the same
 * at all sizes, empty caches gone, half floats computed as float32, spelled-out norms and activations in one operator.
 * Shapes are followed on the way. Throws GraphError, naming the node, for what can't be expressed.
 */
export function canonicalise(file: Model, config: Readonly<Record<string, unknown>> | null): Canonical {
  const inputs = inputsOf(file);
  const answers = answersOf(file.graph);
  const whole = inlineFunctions(file);
  const model = widen({ ...whole, graph: prune({ ...whole.graph, outputs: answers }) });
  const point = pointOf(model, config);
  const opset = model.opsets.get("") ?? model.opsets.get("ai.onnx") ?? 1;
  const facts = new Facts(opset, new Map(inputs.map((i): [Value, Fact] => [i.name, widened(bindInput(i, point))])));
  const walk = new Walk(opset, facts, new Set(inputs.filter((i) => i.role === "cache branch").map((i) => i.name)));
  const pasts = inputs.filter((i) => i.role === "past" && facts.dims(i.name)?.includes(0)).map((i) => i.name);
  for (const name of pasts) walk.empty.add(name);
  walk.take(model.graph);
  const opsets = new Map(model.opsets).set("com.microsoft", 1);
  const { initializers } = walk;
  const nodes = fused(walk.nodes, facts, initializers);
  const graph = prune({ ...model.graph, nodes, initializers, valueInfo: new Map() });
  return { model: { ...model, opsets, graph }, inputs, facts, point, answers: graph.outputs };
}

const widened = (fact: Fact): Fact =>
  fact.dtype === "float16" || fact.dtype === "bfloat16" ? { ...fact, dtype: "float32" } : fact;

const preferred = [
  /^logits$/,
  /^start_logits$/,
  /^end_logits$/,
  /logits/,
  /^last_hidden_state$/,
  /^token_embeddings$/,
  /hidden_state/,
];
const cached = /^(present|past|new_|key_cache|value_cache|cache)/;

/** The outputs to explain: a span model's two rows of logits, or the one that is likest to an answer. */
function answersOf(graph: Graph): readonly ValueInfo[] {
  const span = ["start_logits", "end_logits"].map((name) => graph.outputs.find((o) => o.name === name));
  if (span[0] && span[1]) return [span[0], span[1]];
  const open = graph.outputs.filter((o) => !cached.test(o.name));
  for (const pattern of preferred) {
    const found = open.find((o) => pattern.test(o.name));
    if (found) return [found];
  }
  const first = open[0];
  if (!first) throw new GraphError("no attention", "the graph has no output but caches");
  return [first];
}

/** What passes an empty cache on is empty too. */
const passing = new Set("Identity Cast Transpose Reshape Unsqueeze Squeeze Gather Split Slice Expand".split(" "));

/** One pass over the nodes in order: each is rewritten or kept, and its results' shapes inferred. */
class Walk {
  readonly nodes: Node[] = [];
  readonly initializers = new Map<Value, Weight>();
  /** Values that hold a cache without entries. */
  readonly empty = new Set<Value>();
  private readonly scopes = new Scopes();
  /** Names of values that nodes of the graph, and of branches taken so far, give. */
  private readonly made = new Set<Value>();

  constructor(
    private readonly opset: number,
    private readonly facts: Facts,
    private readonly branchInputs: Set<Value>,
  ) {}

  take(graph: Graph): void {
    for (const [name, weight] of graph.initializers) this.initializers.set(name, weight);
    this.facts.weights(graph);
    for (const node of graph.nodes) if (!this.isChoice(node)) for (const output of node.outputs) this.made.add(output);
    const read = new Set(graph.outputs.map((o) => o.name));
    for (const node of graph.nodes) for (const input of readsOf(node)) read.add(input);
    for (const node of sorted(graph.nodes)) {
      const whole = node.outputs.every((o) => read.has(o));
      this.visit(whole ? node : { ...node, outputs: node.outputs.map((o) => (read.has(o) ? o : "")) });
    }
  }

  private visit(node: Node): void {
    const operator = operatorOf(node);
    if (isRefused(operator)) throw new GraphError("unsupported operator", operator, node);
    if (node.outputs.every((o) => o === "")) return;
    if (operator === "Constant" && this.hoist(node)) return;
    if (this.isChoice(node)) this.inlineBranch(node, "else_branch");
    else if (operator === "If" && this.takesOne(node)) return;
    else if (operator === "Concat" && node.inputs.some((v) => this.empty.has(v))) this.skipEmpty(node);
    else if (!this.rewritten(node, rewrites[operator])) this.keep(node);
  }

  private rewritten(node: Node, rewrite: Rewrite | undefined): boolean {
    if (!rewrite) return false;
    const b = new Builder(this.opset, this.scopes.of(node), this.facts);
    const inputs = node.inputs.map((v) => (this.empty.has(v) ? "" : v));
    if (rewrite(b, { ...node, inputs }, { factOf: (v) => this.facts.of(v) }) === false) return false;
    for (const [name, weight] of b.initializers) this.initializers.set(name, weight);
    this.nodes.push(...b.nodes);
    return true;
  }

  private keep(node: Node): void {
    this.facts.infer(node);
    this.nodes.push(node);
    if (this.empty.size > 0 && passing.has(node.opType) && this.empty.has(node.inputs[0])) {
      for (const output of node.outputs) if (this.facts.dims(output)?.includes(0)) this.empty.add(output);
    }
  }

  /** Whether a node is where a merged decoder chooses between its branches; these may give values the choice's names. */
  private isChoice({ opType, inputs }: Node): boolean {
    return opType === "If" && this.branchInputs.has(inputs[0]);
  }

  /** A constant becomes an initializer; forms without a tensor of numbers stay. */
  private hoist(node: Node): boolean {
    const [name] = node.outputs;
    const given = weightAttribute(node, "value");
    const weight = given ? { ...given, name } : plain(node, name);
    if (!weight) return false;
    this.initializers.set(name, weight);
    this.facts.weight(name, weight);
    return true;
  }

  /** Takes the branch of a choice that is the same at all sizes; one whose names are taken stays where it is. */
  private takesOne(node: Node): boolean {
    const holds = decided(node.inputs[0], {
      producer: producersOf(this.nodes),
      facts: this.facts,
      weights: this.initializers,
    });
    if (holds === null) return false;
    const name = holds ? "then_branch" : "else_branch";
    const branch = graphAttribute(node, name);
    if (!branch || this.namedAgain(branch) !== undefined) return false;
    this.inlineBranch(node, name);
    return true;
  }

  private namedAgain({ nodes, initializers }: Graph): Value | undefined {
    const named = [...initializers.keys(), ...nodes.flatMap((n) => n.outputs)];
    return named.find((v) => v !== "" && (this.made.has(v) || this.initializers.has(v)));
  }

  /** A branch in place of the choice; the merged decoder's without a cache. */
  private inlineBranch(node: Node, name: "then_branch" | "else_branch"): void {
    const branch = graphAttribute(node, name);
    if (!branch) throw new GraphError("unsupported form", `If without ${name}`, node);
    const again = branch.nodes.flatMap((n) => n.outputs).find((v) => v !== "" && this.made.has(v));
    if (again) throw new GraphError("unsupported form", `a branch that names ${again} again`, node);
    this.take(branch);
    branch.outputs.forEach((output, i) => {
      if (output.name === node.outputs[i]) return;
      const identity: Node = {
        name: `${node.name}/out.${i}`,
        opType: "Identity",
        domain: "",
        inputs: [output.name],
        outputs: [node.outputs[i]],
        attributes: new Map(),
      };
      if (node.outputs[i]) this.keep(identity);
    });
  }

  private skipEmpty(node: Node): void {
    const inputs = node.inputs.filter((v) => !this.empty.has(v));
    if (inputs.length === 1) this.keep({ ...node, opType: "Identity", inputs, attributes: new Map() });
    else this.keep(inputs.length > 0 ? { ...node, inputs } : node);
  }
}

function plain(node: Node, name: Value): Weight | null {
  for (const attribute of node.attributes.values()) {
    if (attribute.type === "float") return weightOf(name, float32([], [attribute.value]));
    if (attribute.type === "floats") return weightOf(name, float32([attribute.value.length], attribute.value));
    if (attribute.type === "int") return weightOf(name, int64([], [attribute.value]));
    if (attribute.type === "ints") return weightOf(name, int64([attribute.value.length], attribute.value));
  }
  return null;
}
