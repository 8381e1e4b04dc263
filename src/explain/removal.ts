import { replacePatches } from "../image/patches";
import type { MethodContext, Substitutes } from "./attribution";
import { substituteImage } from "./image-substitute";
import { inputKind } from "./parameter";
import { inputRow, type PassRow } from "./passes";
import type { Unit } from "./unit";

/** What stands where a unit of a text is taken away: a token of the vocabulary, or nothing, so that the text gets shorter. */
export type TextRemoval = "mask" | "unknown" | "pad" | "delete";
/** What stands where a patch of an image is taken away: its mean colour, or the image blurred. */
export type ImageRemoval = "mean" | "blur";
export type Removal = TextRemoval | ImageRemoval;

const imageRemovals: readonly string[] = ["mean", "blur"] satisfies ImageRemoval[];

/** An input of which units can be taken away. */
export interface Remover {
  readonly removal: Removal;
  /** The token that stands in; null for deletion, and for images. */
  readonly token: number | null;
  /** The input without some units, by their indices; null where it then has no answer. */
  without(removed: Iterable<number>): PassRow | null;
}

/**
 * How units are taken away from an input; by default by what is nearest to saying nothing.
 * @throws RangeError for a token that the vocabulary lacks, or a way that the input hasn't
 */
export function removerOf(
  {
    engine,
    trace,
    target,
    units,
    substitutes,
  }: Pick<MethodContext, "engine" | "trace" | "target" | "units" | "substitutes">,
  asked: Removal | "auto",
): Remover {
  const row = inputRow(trace, target);
  if (inputKind(engine) === "text") {
    const removal = asked === "auto" ? defaultRemoval(substitutes) : asked;
    const token = substituteOf(substitutes, removal);
    return { removal, token, without: (removed) => without(row, units, removed, token, engine.family === "decoder") };
  }
  const removal = asked === "auto" ? "mean" : asked;
  const { image } = row;
  if (!image || !trace.image) throw new RangeError("no image: nothing can be taken away from this pass");
  if (!imageRemovals.includes(removal))
    throw new RangeError(`no tokens: this model reads images, whose patches become ${imageRemovals.join(" or ")}`);
  const { pixels, patches } = image;
  const other = substituteImage(trace.image, patches, removal);
  return {
    removal,
    token: null,
    without(removed) {
      const gone = [...removed].flatMap((u) => units[u].tokens);
      return { ...row, image: { pixels: replacePatches(pixels, other, patches, gone), patches } };
    },
  };
}

/** The nearest to saying nothing that a vocabulary has: its mask token, else the unknown one, else padding. */
export function defaultRemoval({ mask, unknown, pad }: Substitutes): TextRemoval {
  if (mask !== null) return "mask";
  if (unknown !== null) return "unknown";
  return pad !== null ? "pad" : "delete";
}

/**
 * The token that stands in; null for deletion.
 * @throws RangeError `no substitute: ...` where the vocabulary has no such token
 */
export function substituteOf(substitutes: Substitutes, removal: Removal): number | null {
  if (removal === "delete") return null;
  if (removal === "mean" || removal === "blur")
    throw new RangeError(`no pixels: this model reads text, and ${removal} is for images`);
  const id = substitutes[removal];
  if (id === null) throw new RangeError(`no substitute: the vocabulary has no ${removal} token`);
  return id;
}

/**
 * A row with the tokens of some units replaced, or deleted where `substitute` is null. The attention mask stays.
 * Deletion moves the position that is read along with its token. Where that very token goes, a model that reads from
 * left to right (`causal`) answers at the last one that is left before it; any other has no answer: null. Null, too, where
 * no token is left.
 *
 * @param removed indices into `units`
 */
export function without(
  row: PassRow,
  units: readonly Unit[],
  removed: Iterable<number>,
  substitute: number | null,
  causal: boolean,
): PassRow | null {
  const gone = new Set([...removed].flatMap((u) => units[u].tokens));
  if (substitute !== null) return { ...row, ids: row.ids.map((id, i) => (gone.has(i) ? substitute : id)) };
  const kept = Array.from(row.ids.keys()).filter((i) => !gone.has(i));
  const position = row.position === null ? null : kept.findLastIndex((i) => i <= (row.position as number));
  const moved = position !== null && kept[position] !== row.position;
  if (kept.length === 0 || position === -1 || (moved && !causal)) return null;
  const pick = (list: readonly number[]): number[] => kept.map((i) => list[i]);
  return { ...row, ids: pick(row.ids), mask: pick(row.mask), segments: pick(row.segments), position };
}
