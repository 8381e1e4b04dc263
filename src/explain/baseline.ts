import { float32, type Tensor } from "../tensor/tensor";
import type { MethodContext, Options } from "./attribution";
import type { Parameter } from "./parameter";
import type { Passes, PassResult, PassRow, Place } from "./passes";
import { difference } from "./per-token";
import type { Target } from "./target";

/** What an input is held against, as a form shows it. */
export const baselineParameters: readonly Parameter[] = [
  {
    id: "baseline",
    label: "Baseline",
    note: "Special tokens of an encoder stay as they are; in a decoder every token is replaced.",
    kind: "choice",
    default: "pad",
    choices: [
      { id: "pad", label: "padding" },
      { id: "mask", label: "mask token" },
      { id: "zero", label: "zero embedding" },
      { id: "text", label: "another text" },
    ],
  },
  {
    id: "baseline-text",
    label: "Baseline text",
    note: "For the baseline that is another text: cut or padded to as many tokens.",
    kind: "text",
    default: "",
  },
];

/** The two ends of the straight way from a baseline to an input. */
export interface Ends {
  /** From the baseline's word embeddings to the input's, [T, d]. */
  readonly way: Float64Array;
  /** The target at the input and at the baseline. */
  readonly own: number;
  readonly fromBase: number;
}

/** Runs both ends: two passes. */
export async function endsOf(passes: Passes, row: PassRow, base: Tensor, target: Target): Promise<Ends> {
  const place: Place = { at: "embedding" };
  const results: PassResult[] = [];
  await passes.run([row, { ...row, base, alpha: 0 }], { target, read: [place] }, (result, i) => {
    results[i] = result;
  });
  const [own, other] = results;
  return { way: difference(own.read(place), base), own: own.value, fromBase: other.value };
}

type Given = Pick<MethodContext, "engine" | "trace" | "passes" | "substitutes">;

/**
 * The word embeddings of a baseline, [T, d]. Positions stay the input's own: only words are replaced.
 * @throws RangeError for a token that the vocabulary hasn't, or an empty text
 */
export async function baselineOf(given: Given, options: Options): Promise<Tensor> {
  const { trace, passes } = given;
  const { ids } = trace.encoding;
  const replaced = replacedOf(given);
  if (options.baseline === "zero") {
    const { dims, data } = await passes.embeddings(ids);
    const width = dims[1];
    const kept = Float32Array.from(data as Float32Array, (v, i) => (replaced[Math.floor(i / width)] ? 0 : v));
    return float32(dims, kept);
  }
  const others = substitutesFor(given, options, replaced.filter(Boolean).length);
  let next = 0;
  return passes.embeddings(ids.map((id, i) => (replaced[i] ? others[next++] : id)));
}

/** Which tokens a baseline replaces: in decoders all of them, elsewhere those that aren't special. */
const replacedOf = ({ engine, trace }: Pick<Given, "engine" | "trace">): readonly boolean[] =>
  trace.encoding.special.map((special) => engine.family === "decoder" || !special);

function substitutesFor({ substitutes }: Given, options: Options, count: number): readonly number[] {
  if (options.baseline === "text") {
    const text = String(options["baseline-text"]);
    if (text === "") throw new RangeError("no baseline text: give one, or choose another baseline");
    if (!substitutes.encode) throw new RangeError("no baseline text: this model came without a tokenizer");
    return substitutes.encode(text, count);
  }
  const id = options.baseline === "mask" ? substitutes.mask : substitutes.pad;
  if (id === null)
    throw new RangeError(
      `no ${options.baseline} token: the vocabulary has none; choose baseline zero${substitutes.encode ? " or text" : ""}`,
    );
  return new Array<number>(count).fill(id);
}
