import { Builder } from "../graph/builder";
import type { Canonical } from "../graph/canonicalise";
import type { Graph, Model, ValueInfo } from "../onnx/model";
import { type Head, headOf } from "./head";
import { targetInputs } from "./seed";

/** int64 [B, R]: the positions that logits are computed at; all, or the target's alone. */
export const answerPlaces = "answer.places";

/** The output that holds the logits at the target's position, [B, V], of models that answer at each one. */
export const targetRow = "target.row";

/** Whether a model answers at each position, with one row of logits. */
export const answersByToken = ({ answers, facts }: Pick<Canonical, "answers" | "facts">): boolean =>
  answers.length === 1 && facts.dims(answers[0].name)?.length === 3;

/** The product that makes logits, where rows can be picked before it: of texts, whose positions are fed one by one. */
const pickedHead = ({ inputs, facts, answers, point }: Canonical, graph: Pick<Graph, "nodes">): Head | null =>
  inputs.some((i) => i.role === "ids") ? headOf(graph, facts, answers[0].name, point) : null;

/** Whether logits are computed at no more positions than are asked for. */
export const picksAnswers = (canonical: Canonical): boolean =>
  answersByToken(canonical) && pickedHead(canonical, canonical.model.graph) !== null;

/** The model as `withAnswerRows` makes it, to be run without a way back. */
export function withTargetRow(model: Model, canonical: Canonical): Model {
  if (!answersByToken(canonical)) return model;
  const position: ValueInfo = { name: targetInputs.position, dtype: "int64", dims: ["rows"] };
  canonical.facts.set(position.name, { dtype: position.dtype, dims: [canonical.point.batch] });
  const opset = model.opsets.get("") ?? model.opsets.get("ai.onnx") ?? 1;
  const answering = withAnswerRows(model, canonical, opset);
  const { graph } = answering;
  const inputs = graph.inputs.filter((i) => !graph.initializers.has(i.name));
  return {
    ...answering,
    irVersion: Math.max(model.irVersion, 4), // before, initializers had to be inputs too
    graph: { ...graph, inputs: [...inputs, position] },
  };
}

/**
 * The model with its logits at the target's position as an output, and computed at no more positions than are asked for:
 * a vocabulary is often larger than all else that a position is multiplied with. Where there is no product to pick rows before,
 * logits are computed at all of them.
 */
export function withAnswerRows(model: Model, canonical: Canonical, opset: number): Model {
  if (!answersByToken(canonical)) return model;
  const { facts, point, answers } = canonical;
  const [{ name: logits }] = answers;
  const { graph } = model;
  const head = pickedHead(canonical, graph);
  const b = new Builder(opset, "answer", facts);
  const inputs: ValueInfo[] = [];
  let nodes = graph.nodes;
  let picking = 0;
  if (head) {
    facts.set(answerPlaces, { dtype: "int64", dims: [point.batch, point.length] });
    inputs.push({ name: answerPlaces, dtype: "int64", dims: ["rows", "places"] });
    const flat = b.op("Reshape", [head.x, b.concat([b.integers([-1]), b.dim(head.x, 2)], 0)]);
    const starts = b.unsqueeze(b.mul(b.range(b.dim(head.x, 0)), b.dim(head.x, 1)), [1]); // [B, 1]
    const picked = b.op("Gather", [flat, b.add(answerPlaces, starts)], { axis: 0 }); // [B, R, d]
    const before = [...b.nodes];
    picking = before.length;
    const [first] = head.nodes;
    const reading = { ...first, inputs: first.inputs.map((v) => (v === head.x ? picked : v)) };
    nodes = nodes.flatMap((node) => (node === first ? [...before, reading] : [node]));
  }
  const last = b.sub(b.dim(logits, 1), b.integers([1]));
  const place = b.where(b.op("Less", [targetInputs.position, last]), targetInputs.position, last); // [B]
  const rows = b.mul(b.range(b.dim(logits, 0)), b.dim(logits, 1));
  const all = b.op("Reshape", [logits, b.concat([b.integers([-1]), b.dim(logits, 2)], 0)]);
  b.rename(b.op("Gather", [all, b.add(rows, place)], { axis: 0 }), targetRow);
  return {
    ...model,
    graph: {
      ...graph,
      nodes: [...nodes, ...b.nodes.slice(picking)],
      inputs: [...graph.inputs, ...inputs],
      outputs: [...graph.outputs, { name: targetRow, dtype: "float32", dims: null }],
      initializers: new Map([...graph.initializers, ...b.initializers]),
    },
  };
}
