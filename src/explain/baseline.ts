import { byPatch } from "../image/patches";
import { float32, type Tensor } from "../tensor/tensor";
import type { MethodContext, Options } from "./attribution";
import { substituteImage } from "./image-substitute";
import { inputKind, type Parameter } from "./parameter";
import type { Passes, PassResult, PassRow, Place } from "./passes";
import { difference } from "./per-token";
import type { Target } from "./target";
import type { Trace } from "./trace";

/** Images without what is in them. */
const imageBaselines = [
  { id: "mean", label: "mean colour (0 once normalised)" },
  { id: "blur", label: "the image, blurred" },
  { id: "black", label: "black" },
  { id: "white", label: "white" },
] as const;

/** What an input is held against, as a form shows it. */
export const baselineParameters: readonly Parameter[] = [
  {
    id: "baseline",
    label: "Baseline",
    note: "Special tokens of an encoder stay as they are; in a decoder every token is replaced. Of an image, all pixels are.",
    kind: "choice",
    default: "pad",
    choices: [
      { id: "pad", label: "padding", of: "text" },
      { id: "mask", label: "mask token", of: "text" },
      { id: "zero", label: "zero embedding", of: "text" },
      { id: "text", label: "another text", of: "text" },
      ...imageBaselines.map(({ id, label }) => ({ id, label, of: "image" as const })),
    ],
  },
  {
    id: "baseline-text",
    of: "text",
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

/** Baselines that this model and input have, besides other texts. */
export function otherBaselines({ engine, trace, substitutes }: Omit<Given, "passes">): readonly string[] {
  if (inputKind(engine) === "image")
    return imageBaselines
      .filter(({ id }) => trace.image?.range || !(id === "black" || id === "white"))
      .map((b) => b.id);
  return [...(substitutes.pad === null ? [] : ["pad"]), ...(substitutes.mask === null ? [] : ["mask"]), "zero"];
}

/**
 * The word embeddings of a baseline, [T, d]: positions stay the input's own, and only words are replaced. Of an image the
 * pixels of another by patch, [T, 3 · p · p].
 * @throws RangeError for a token that the vocabulary hasn't, an empty text, or a colour whose number isn't known
 */
export async function baselineOf(given: Given, options: Options): Promise<Tensor> {
  const { engine, trace, passes } = given;
  if (inputKind(engine) === "image") return imageBaseline(trace, String(options.baseline));
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

/** An image without what is in it, by patch. */
function imageBaseline({ encoding, image }: Pick<Trace, "encoding" | "image">, name: string): Tensor {
  const { patches, ids } = encoding;
  if (!image || !patches) throw new RangeError("no image: this pass has no pixels to hold against others");
  return byPatch(substituteImage(image, patches, name), patches, ids.length);
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
