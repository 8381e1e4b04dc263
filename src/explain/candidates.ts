import { toFloat32 } from "../tensor/half";
import type { Tensor } from "../tensor/tensor";
import type { Engine } from "./engine";
import type { Candidate, Target } from "./target";
import type { Trace } from "./trace";

/** How output indices read: class names for classifiers, tokens of the text for spans, vocabulary entries otherwise. */
export interface Vocabulary {
  token(id: number): string;
  /** The id that stands for a masked token; null where there is none. */
  readonly mask: number | null;
}

/** So many of a vocabulary are listed. */
const listed = 10;

type Described = Pick<Engine, "task" | "labels">;

/** Whether the model has an output that can be explained; feature extractors have none. */
export const hasTarget = (engine: Described): boolean => engine.task !== "features";

/** The position whose output is read where nobody chose one; null where the whole input has one output. */
export function defaultPosition(engine: Described, { encoding }: Trace, mask: number | null): number | null {
  const last = encoding.ids.length - 1;
  const first = encoding.special.findIndex((s) => !s);
  switch (engine.task) {
    case "text-generation":
      return last;
    case "fill-mask": {
      const masked = mask === null ? -1 : encoding.ids.indexOf(mask);
      return masked >= 0 ? masked : Math.max(first, 0);
    }
    case "token-classification":
      return Math.max(first, 0);
    default:
      return null;
  }
}

/** The row of logits that a target reads: [C]. Throws for a position outside the text. */
export function logitsAt({ logits }: Pick<Trace, "logits">, position: number | null): Float32Array {
  const data = toFloat32(logits);
  if (logits.dims.length < 2 || position === null) return data;
  const [rows, width] = logits.dims;
  if (position < 0 || position >= rows) throw new RangeError(`no position: ${position} of ${rows} tokens`);
  return data.subarray(position * width, (position + 1) * width);
}

/** Probabilities of a row of logits. */
export function softmax(logits: Float32Array): Float32Array {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const exps = logits.map((l) => Math.exp(l - top));
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / sum);
}

/**
 * The target in full, and the output row that it reads, best first: every class, or the likeliest tokens together with
 * the chosen ones. What isn't chosen is the best at the default position. Throws RangeError for what the model hasn't.
 */
export function readTarget(
  engine: Described,
  trace: Trace,
  chosen: Partial<Target> | null,
  vocabulary: Vocabulary,
): { target: Target; candidates: readonly Candidate[] } {
  if (!hasTarget(engine)) return { target: { position: null, index: 0 }, candidates: [] };
  const position = chosen?.position ?? defaultPosition(engine, trace, vocabulary.mask);
  const row = engine.task === "question-answering" ? answerRow(trace) : logitsAt(trace, position);
  for (const index of [chosen?.index, chosen?.against]) {
    if (index !== undefined && !(index >= 0 && index < row.length))
      throw new RangeError(`no output: ${index} of ${row.length}`);
  }
  const index = chosen?.index ?? row.indexOf(row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY));
  const against = chosen?.against;
  const asked = against === undefined ? [index] : [index, against];
  const candidates = candidatesIn(engine, trace, row, asked, vocabulary);
  return {
    target: {
      position,
      index,
      ...(against === undefined ? {} : { against }),
      ...(chosen?.as ? { as: chosen.as } : {}),
    },
    candidates,
  };
}

/** An output row, best first: every class, or the likeliest tokens together with those asked for. */
export function candidatesIn(
  engine: Described,
  trace: Pick<Trace, "encoding">,
  row: Float32Array,
  asked: readonly number[],
  vocabulary: Vocabulary,
): Candidate[] {
  const order = Array.from(row.keys()).sort((a, b) => row[b] - row[a]);
  const probabilities = softmax(row);
  const shown = row.length <= 2 * listed ? order : [...new Set([...order.slice(0, listed), ...asked])];
  return shown
    .sort((a, b) => row[b] - row[a])
    .map((index) => ({
      index,
      label: labelOf(engine, trace, index, vocabulary),
      logit: row[index],
      probability: probabilities[index],
    }));
}

/** A span model's start logits: its answer begins at one of the text's tokens. */
const answerRow = ({ answers }: Trace): Float32Array => toFloat32(answers[0]);

function labelOf(
  { task, labels }: Described,
  { encoding }: Pick<Trace, "encoding">,
  index: number,
  vocabulary: Vocabulary,
): string {
  if (/classification/.test(task)) return labels?.[index] ?? `class ${index}`;
  return task === "question-answering" ? (encoding.tokens[index] ?? String(index)) : vocabulary.token(index);
}

/** The number that a target stands for: a logit, a log-probability or a probability, against another where it says so. */
export function targetValue(logits: Tensor | Float32Array, target: Target): number {
  const row = logits instanceof Float32Array ? logits : toFloat32(logits);
  const scale = (index: number): number => {
    if (target.as === "probability") return softmax(row)[index];
    if (target.as === "log-probability") return Math.log(softmax(row)[index]);
    return row[index];
  };
  return scale(target.index) - (target.against === undefined ? 0 : scale(target.against));
}
