import type { Builder } from "../graph/builder";
import { GraphError } from "../graph/error";
import type { Point } from "../graph/inputs";
import { topologyOf } from "../graph/topology";
import type { Graph, Node, Value, ValueInfo } from "../onnx/model";

/** The graph inputs that say what is differentiated: a weighted sum of logits, or of what a softmax makes of them. */
export const targetInputs = {
  /** int64 [B, K]: the classes or tokens that are summed. */
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

interface Seed {
  readonly value: Value;
  readonly cotangent: Value;
}

interface Head {
  /** What the unembedding multiplies, [B, T, d]. */
  readonly x: Value;
  readonly weight: Value;
  /** Whether the weight is [V, d]. */
  readonly turned: boolean;
  /** Constants that the product is multiplied and divided by on its way to the logits. */
  readonly scales: readonly { readonly op: "Mul" | "Div"; readonly by: Value }[];
}

/**
 * The cotangent of the target. Where logits are a product with the unembedding at each position, it starts at what is
 * multiplied: one row (or column) of the weight a class, at one position, and never a one-hot vocabulary.
 */
export function seedOf(b: Builder, graph: Graph, logits: Value, point: Point): Seed {
  const dims = b.dimsOf(logits);
  if (!dims || dims.length < 2 || dims.length > 3)
    throw new GraphError("no gradient", `${logits} of [${dims ?? "?"}]; a target is read off [B, C] or [B, T, C]`);
  if (dims.length === 2) return { value: logits, cotangent: denseRow(b, logits, logits) };
  const tokens = b.dim(logits, 1);
  const at = b.op("Equal", [b.unsqueeze(b.range(tokens), [0]), b.unsqueeze(targetInputs.position, [1])]);
  const here = b.unsqueeze(b.cast(at, "float32"), [2]); // [B, T, 1]
  const head = headOf(b, graph, logits, point);
  const row = head
    ? rowOfHead(b, head, logits)
    : chosen(
        b,
        (c) => denseRow(c, logits, rowAt(c, logits)),
        (c) => hot(c, logits, targetInputs.weights),
      );
  return { value: head ? head.x : logits, cotangent: b.mul(here, b.unsqueeze(row, [1])) };
}

/** The logits at the target's position, [B, V]. */
function rowAt(b: Builder, logits: Value): Value {
  const flat = b.op("Reshape", [logits, b.concat([b.integers([-1]), b.dim(logits, 2)], 0)]);
  const rows = b.mul(b.range(b.dim(logits, 0)), b.dim(logits, 1));
  return b.op("Gather", [flat, b.add(rows, targetInputs.position)], { axis: 0 });
}

/** The target's cotangent at a row of logits [B, V]: w ⊙ (1 or p) at the classes, less p times their sum where they are normalised. */
function denseRow(b: Builder, logits: Value, row: Value): Value {
  const probs = b.op("Softmax", [row], { axis: -1 });
  const own = b.op("GatherElements", [probs, targetInputs.classes], { axis: 1 });
  const one = b.scalar(1, "float32");
  const share = b.add(one, b.mul(targetInputs.linear, b.sub(own, one)));
  const logit = b.op("Not", [targetInputs.normalised]);
  const weights = b.where(logit, targetInputs.weights, b.mul(targetInputs.weights, share)); // [B, K]
  const whole = b.mul(b.reduce("ReduceSum", weights, [1]), probs);
  return b.sub(hot(b, logits, weights), b.where(logit, b.scalar(0, "float32"), whole));
}

/** Weights [B, K] at their classes, zeros elsewhere, [B, V]. */
function hot(b: Builder, logits: Value, weights: Value): Value {
  const dims = b.dimsOf(logits) as readonly number[];
  const all = b.range(b.dim(logits, dims.length - 1));
  const equal = b.op("Equal", [b.unsqueeze(targetInputs.classes, [2]), b.unsqueeze(all, [0, 1])]); // [B, K, V]
  const weighted = b.mul(b.cast(equal, "float32"), b.unsqueeze(weights, [2]));
  const summed = b.reduce("ReduceSum", weighted, [1]);
  return b.squeeze(summed, [1]);
}

function rowOfHead(b: Builder, { weight, turned, scales }: Head, logits: Value): Value {
  const row = chosen(
    b,
    (c) => c.op("Gemm", [denseRow(c, logits, rowAt(c, logits)), weight], { transB: turned ? 0 : 1 }),
    (c) => {
      const picked = c.op("Gather", [weight, targetInputs.classes], { axis: turned ? 0 : 1 });
      const rows = turned ? picked : c.transpose(picked, [1, 2, 0]); // [B, K, d]
      return c.squeeze(c.reduce("ReduceSum", c.mul(rows, c.unsqueeze(targetInputs.weights, [2])), [1]), [1]);
    },
  );
  return scales.reduce((r, { op, by }) => b.op(op, [r, by]), row);
}

/** What `normalised` emits where the target is normalised, else what `plain` emits: only one of them is run. */
function chosen(b: Builder, normalised: (b: Builder) => Value, plain: (b: Builder) => Value): Value {
  return b.choice(
    targetInputs.normalised,
    (c) => [normalised(c)],
    (c) => [plain(c)],
  )[0];
}

/** The product with the unembedding, looked for from the logits backwards. */
function headOf(b: Builder, graph: Graph, logits: Value, point: Point): Head | null {
  const { producer } = topologyOf(graph);
  const scales: { op: "Mul" | "Div"; by: Value }[] = [];
  const fixed = (v: Value) => graph.initializers.has(v);
  const single = (v: Value) => (b.dimsOf(v) ?? [2]).every((d) => d === 1);
  let node: Node | undefined = producer.get(logits);
  while (node) {
    const [x, y] = node.inputs;
    const dims = y === undefined ? null : b.dimsOf(y);
    if (node.opType === "MatMul" && dims?.length === 2 && fixed(y))
      return b.dimsOf(x)?.[0] === point.batch || b.dimsOf(x)?.[0] === 1
        ? { x, weight: y, turned: false, scales }
        : null;
    if (node.opType === "Identity" || node.opType === "Cast") node = producer.get(x);
    else if (node.opType === "Add" && fixed(y)) node = producer.get(x);
    else if (node.opType === "Add" && fixed(x)) node = producer.get(y);
    else if (node.opType === "Mul" && fixed(x) && single(x)) node = note("Mul", x, y);
    else if ((node.opType === "Mul" || node.opType === "Div") && fixed(y) && single(y)) node = note(node.opType, y, x);
    else return null;
  }
  return null;

  function note(op: "Mul" | "Div", by: Value, x: Value): Node | undefined {
    scales.push({ op, by });
    return producer.get(x);
  }
}
