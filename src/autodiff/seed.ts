import type { Builder } from "../graph/builder";
import { GraphError } from "../graph/error";
import type { Point } from "../graph/inputs";
import type { Facts } from "../graph/shapes";
import type { Graph, Value, ValueInfo } from "../onnx/model";
import { backward } from "./backward";
import type { Rules } from "./gradient";
import { exact } from "./gradients";
import { factorsOf, type Head, headAt, headOf } from "./head";

/** The graph inputs that say what is differentiated: a weighted sum of logits, or of what a softmax makes of them. */
export const targetInputs = {
  /** int64 [B, K]: the classes or tokens that are summed; of span models start positions, then end positions behind T. */
  classes: "target.classes",
  /** float32 [B, K]: what each counts; 1 and -1 for one against another. */
  weights: "target.weights",
  /** int64 [B]: the position that is read, in models that answer at each one. */
  position: "target.position",
  /** bool []: log-probabilities or probabilities instead of logits. */
  normalised: "target.normalised",
  /** float32 []: 1 for probabilities, 0 for log-probabilities. */
  linear: "target.linear",
} as const;

export const targetInputInfo: readonly ValueInfo[] = [
  { name: targetInputs.classes, dtype: "int64", dims: ["rows", "classes"] },
  { name: targetInputs.weights, dtype: "float32", dims: ["rows", "classes"] },
  { name: targetInputs.position, dtype: "int64", dims: ["rows"] },
  { name: targetInputs.normalised, dtype: "bool", dims: [] },
  { name: targetInputs.linear, dtype: "float32", dims: [] },
];

/** The graph whose answers are explained. */
export interface Answering {
  readonly graph: Pick<Graph, "nodes" | "initializers">;
  readonly facts: Facts;
  readonly point: Point;
  readonly answers: readonly ValueInfo[];
  readonly rules: Rules;
  /** Of models that answer at each position, the logits at the target's, [B, V]. */
  readonly row: Value;
  /** How what a softmax makes of the logits is passed back to them. */
  readonly normalised: Normalised;
}

/** Of logits [B, V], each [B, V]: what a probability counts for its logarithm, and what that of the sum of exponentials counts for each logit. */
export type Normalised = (
  b: Builder,
  logits: Value,
  batch: number,
) => { readonly slopes: Value; readonly weights: Value };

/** By gradients both are the probabilities. */
export const byGradient: Normalised = (b, logits) => {
  const probs = b.op("Softmax", [logits], { axis: -1 });
  return { slopes: probs, weights: probs };
};

type Normalising = Pick<Answering, "normalised" | "point">;

/** Classes [B, K] and what each counts [B, K]. */
interface Choice {
  readonly classes: Value;
  readonly weights: Value;
}

const all: Choice = { classes: targetInputs.classes, weights: targetInputs.weights };

/**
 * The cotangents that the target starts from, by the values that they belong to. Of logits [B, C], and the two rows
 * [B, T] of span models, those are the logits. Where logits [B, T, V] are a product with the unembedding, it is what is
 * multiplied, passed back from one position alone: never through V columns at all positions.
 */
export function seedsOf(b: Builder, answering: Answering): ReadonlyMap<Value, Value> {
  const { answers, facts } = answering;
  if (answers.length === 2) return spanSeeds(b, answering, answers[0].name, answers[1].name);
  const logits = answers[0].name;
  const rank = facts.dims(logits)?.length;
  if (rank === 2) return new Map([[logits, rowSeed(b, answering, logits, all)]]);
  if (rank === 3) return tokenSeed(b, answering, logits);
  throw new GraphError(
    "no gradient",
    `${logits} of [${facts.dims(logits) ?? "?"}]; a target is read off [B, C] or [B, T, C]`,
  );
}

/** Classes below T are of the first row of logits, those from T on of the second. */
function spanSeeds(b: Builder, how: Normalising, start: Value, end: Value): ReadonlyMap<Value, Value> {
  const tokens = b.dim(start, 1);
  const behind = b.op("Not", [b.op("Less", [targetInputs.classes, tokens])]);
  const nothing = b.scalar(0, "float32");
  const first: Choice = {
    classes: b.where(behind, b.integer(0), targetInputs.classes),
    weights: b.where(behind, nothing, targetInputs.weights),
  };
  const second: Choice = {
    classes: b.where(behind, b.sub(targetInputs.classes, tokens), b.integer(0)),
    weights: b.where(behind, targetInputs.weights, nothing),
  };
  return new Map([
    [start, rowSeed(b, how, start, first)],
    [end, rowSeed(b, how, end, second)],
  ]);
}

function tokenSeed(b: Builder, answering: Answering, logits: Value): ReadonlyMap<Value, Value> {
  const { graph, facts, point, rules } = answering;
  const head = headOf(graph, facts, logits, point);
  const positions = b.range(b.dim(head?.x ?? logits, 1));
  const at = b.op("Equal", [b.unsqueeze(positions, [0]), b.unsqueeze(targetInputs.position, [1])]);
  const here = b.unsqueeze(b.cast(at, "float32"), [2]); // [B, T, 1]
  const row = b.unsqueeze(rowSeed(b, answering, answering.row, all), [1]); // [B, 1, V]
  if (!head) return new Map([[logits, b.mul(here, row)]]);
  const factors = head.nodes.every((n) => rules(n) === exact(n)) ? factorsOf(head, facts) : null;
  const through = (c: Builder) => throughHead(c, graph, facts, rules, head, row);
  const back = factors
    ? b.choice(
        targetInputs.normalised,
        (c) => [through(c)],
        (c) => [factors.reduce((r, { op, by }) => c.op(op, [r, by]), columnsOf(c, head.nodes[0].inputs[1]))],
      )[0]
    : through(b);
  return new Map([[head.x, b.mul(here, back)]]);
}

/** The cotangent of what the head multiplies at the target's position, [B, 1, d], from that of the logits there. */
function throughHead(
  b: Builder,
  { initializers }: Pick<Graph, "initializers">,
  facts: Facts,
  rules: Rules,
  head: Head,
  row: Value,
): Value {
  const x = b.unsqueeze(rowAt(b, head.x), [1]);
  const { logits, nodes } = headAt(b, head, x);
  const request = { graph: { nodes, initializers }, facts, rules, seeds: new Map([[logits, row]]), wanted: [x] };
  return backward(request, b).get(x) as Value;
}

/** The target's columns of an unembedding [d, V], weighted and summed, [B, 1, d]. */
function columnsOf(b: Builder, weight: Value): Value {
  const picked = b.op("Gather", [weight, targetInputs.classes], { axis: 1 }); // [d, B, K]
  const rows = b.transpose(picked, [1, 2, 0]);
  return b.reduce("ReduceSum", b.mul(rows, b.unsqueeze(targetInputs.weights, [2])), [1]);
}

/** The target's position of each row of [B, T, n], [B, n]. */
function rowAt(b: Builder, x: Value): Value {
  const flat = b.op("Reshape", [x, b.concat([b.integers([-1]), b.dim(x, 2)], 0)]);
  const rows = b.mul(b.range(b.dim(x, 0)), b.dim(x, 1));
  return b.op("Gather", [flat, b.add(rows, targetInputs.position)], { axis: 0 });
}

/**
 * The target's cotangent at logits [B, V]: w ⊙ (1 or the slope of p) at the classes, less their sum's share of the logarithm of
 * the sum of exponentials where they are normalised.
 */
function rowSeed(b: Builder, { normalised, point }: Normalising, logits: Value, { classes, weights }: Choice): Value {
  const { slopes, weights: shares } = normalised(b, logits, point.batch);
  const own = b.op("GatherElements", [slopes, classes], { axis: 1 });
  const one = b.scalar(1, "float32");
  const share = b.add(one, b.mul(targetInputs.linear, b.sub(own, one)));
  const plain = b.op("Not", [targetInputs.normalised]);
  const counted = b.where(plain, weights, b.mul(weights, share)); // [B, K]
  const whole = b.mul(b.reduce("ReduceSum", counted, [1]), shares);
  return b.sub(hot(b, logits, classes, counted), b.where(plain, b.scalar(0, "float32"), whole));
}

/** Weights [B, K] at their classes, zeros elsewhere, [B, V]. */
function hot(b: Builder, logits: Value, classes: Value, weights: Value): Value {
  const columns = b.unsqueeze(b.range(b.dim(logits, 1)), [0, 1]);
  const equal = b.op("Equal", [b.unsqueeze(classes, [2]), columns]); // [B, K, V]
  const summed = b.reduce("ReduceSum", b.mul(b.cast(equal, "float32"), b.unsqueeze(weights, [2])), [1]);
  return b.squeeze(summed, [1]);
}
