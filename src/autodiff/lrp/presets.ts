import { isProduct } from "../../graph/anatomy/flow";
import { GraphError } from "../../graph/error";
import { operatorOf } from "../../graph/rewrites";
import type { Node, Value } from "../../onnx/model";
import type { Mode } from "../explaining";
import { type Entry, isStop, isStraight, type Rules, stops } from "../gradient";
import { exact } from "../gradients";
import { activations } from "./activations";
import { epsilonRule } from "./epsilon";
import { gammaRule } from "./gamma";
import { gatedSide } from "./gates";
import { refuseUnlikeLayers } from "./layers";
import { type LinearRule, linearOf } from "./linear";
import { norms } from "./norms";
import { halved, power, withBias } from "./products";
import { liveNodes, type Reading, readingOf, type Stopped, stoppedDeviations, stoppedGates } from "./reading";

/** What a way to share out relevance does where it isn't the gradient. Activations pass f(x)/x in all of them. */
export interface Preset {
  /** Whether deviations count as constants, or norms are differentiated. */
  readonly norms: "detached" | "differentiated";
  /** Whether attention weights count as constants. */
  readonly softmax: "detached" | "differentiated";
  /** What products of two activations do: halve, halve but for those with a gate, which counts as a constant, or neither. */
  readonly products: "halved" | "gates detached" | "differentiated";
  /** How linear layers share out relevance; null is the basic rule, which is the gradient's. */
  readonly linear: LinearRule | null;
}

/**
 * The stabiliser of the ε rule: that of its first uses on text (Arras et al. 2016), for outputs of about 1. Libraries divide by
 * outputs with 1e-6 added (Zennit's Epsilon, ExplainabilityMethods.jl), which only keeps from dividing by zero: with as
 * little, this rule is AttnLRP.
 */
export const defaultEpsilon = 0.01;
/** What positive contributions count more by the γ rule (Montavon et al. 2019); the default of Zennit and ExplainabilityMethods.jl too. */
export const defaultGamma = 0.25;

const attn: Preset = { norms: "detached", softmax: "differentiated", products: "halved", linear: null };

export const presets = {
  /** Achtibat et al. 2024, in the form of a gradient: what its authors recommend for transformers. */
  "attn-lrp": attn,
  /** Ali et al. 2022: conserves relevance; queries and keys get none. */
  "cp-lrp": { ...attn, softmax: "detached", products: "gates detached" },
  /** AttnLRP with the ε rule at linear layers; without ε it is AttnLRP. */
  "epsilon-lrp": { ...attn, linear: epsilonRule(defaultEpsilon) },
  /** AttnLRP with the γ rule at linear layers. */
  "gamma-lrp": { ...attn, linear: gammaRule(defaultGamma) },
  /**
   * The basic rule of Bach et al. 2015 at linear layers and the identity at activations, and nothing made for
   * transformers: norms, softmax and products, which it has no rule for, are differentiated, so that relevance isn't
   * conserved. With Relu it is gradient x input.
   */
  "lrp-0": { norms: "differentiated", softmax: "differentiated", products: "differentiated", linear: null },
} as const satisfies Readonly<Record<string, Preset>>;

export type LrpName = keyof typeof presets;

/** Nothing is known of how relevance passes them where they stand alone. */
const unruled = new Set(
  "Cos Div Erf Exp GroupNormalization InstanceNormalization Log Reciprocal ReduceLogSum ReduceLogSumExp ReduceProd ReduceSumSquare Sin Sqrt".split(
    " ",
  ),
);

/**
 * The rules of a preset for a graph: relevance of a value is the value ⊙ its cotangent under them.
 *
 * @throws GraphError where layers of the same make read unlike; and from the walker, where it comes to an operator that
 * relevance has no rule for.
 */
export function rulesOf(preset: Preset, reading: Reading): Rules {
  refuseUnlikeLayers(reading);
  const stopped = stoppedOf(preset, reading);
  const active = reading.activeBeside(stopped);
  const isProductOfTwo = ({ inputs }: Node) => active.has(inputs[0]) && active.has(inputs[1]);
  return (node) => {
    const reason = stopped.get(node);
    if (reason !== undefined) return stops(reason);
    const entry = exact(node);
    const operator = operatorOf(node);
    if (operator in activations) return activations[operator];
    if (preset.norms === "detached" && operator in norms) return norms[operator];
    if (!entry) return undefined;
    const linear = preset.linear && linearOf(node, reading);
    if (linear && preset.linear) return preset.linear(linear, entry);
    if (operator === "Conv" && !isStop(entry) && !isStraight(entry)) return withBias(entry);
    if (preset.products === "differentiated") return entry;
    if ((operator === "Mul" || isProduct(node)) && isProductOfTwo(node)) return halved(entry);
    if (operator === "Pow") return power;
    return !unruled.has(operator) || isScale(node, active) ? entry : refusal;
  };
}

/** A quotient by what carries no relevance. */
const isScale = (node: Node, active: ReadonlySet<Value>): boolean =>
  operatorOf(node) === "Div" && !active.has(node.inputs[1]);

const refusal: Entry = (_c, node) => {
  throw new GraphError("no gradient", `relevance through ${operatorOf(node)}`, node);
};

/** Where relevance isn't passed on. */
export function stoppedOf(preset: Preset, reading: Reading): Stopped {
  const stopped = new Map(stoppedGates(reading));
  if (preset.norms === "detached") for (const [node, why] of stoppedDeviations(reading)) stopped.set(node, why);
  if (preset.softmax === "detached")
    for (const node of reading.softmaxes) stopped.set(node, "attention weights count as constants");
  if (preset.products !== "gates detached") return stopped;
  const active = reading.activeBeside(stopped);
  for (const node of liveNodes(reading, active)) {
    if (operatorOf(node) !== "Mul" || !node.inputs.every((v) => active.has(v))) continue;
    const gate = gatedSide(node, reading.gates, reading.around);
    const producer = gate === null ? undefined : reading.around.producer.get(gate);
    if (producer) stopped.set(producer, "the gate of a product counts as a constant");
  }
  return stopped;
}

const modeOf = (name: LrpName): Mode => ({ name, rules: (subject) => rulesOf(presets[name], readingOf(subject)) });

/** The ways to share out relevance, by the ids of their methods. */
export const lrpModes: Readonly<Record<LrpName, Mode>> = {
  "attn-lrp": modeOf("attn-lrp"),
  "cp-lrp": modeOf("cp-lrp"),
  "epsilon-lrp": modeOf("epsilon-lrp"),
  "gamma-lrp": modeOf("gamma-lrp"),
  "lrp-0": modeOf("lrp-0"),
};
