import type { Encoding } from "../text/encoding";
import type { PairFilter } from "./state";

/** A row of a view: a token, or the tokens of a word. */
export interface Unit {
  readonly label: string;
  /** Marks of the vocabulary before the label (`##`), drawn fainter. */
  readonly mark: string;
  /** Tokens [from, to). */
  readonly from: number;
  readonly to: number;
  readonly special: boolean;
  readonly segment: number;
}

/** Splits a token into `##` and what a person reads. A leading space is dropped; one that is all there is gets visible. */
export function spell(token: string): { mark: string; label: string } {
  const mark = token.startsWith("##") && token.length > 2 ? "##" : "";
  const rest = token.slice(mark.length).replaceAll("▁", " ").replaceAll("\n", "↵").replaceAll("\t", "⇥");
  const label = rest.trim();
  return { mark, label: label === "" ? rest.replaceAll(" ", "␣") || "∅" : label };
}

/** The rows of an encoding: every token, or every word where `words` is true. Special tokens stay by themselves. */
export function unitsOf(encoding: Encoding, words: boolean): Unit[] {
  const units: Unit[] = [];
  const { tokens, special, segments, words: word } = encoding;
  for (let i = 0; i < tokens.length; i++) {
    const last = units.at(-1);
    const joins =
      words &&
      last !== undefined &&
      word[i] !== null &&
      word[i] === word[i - 1] &&
      segments[i] === segments[i - 1] &&
      !special[i];
    const { mark, label } = spell(tokens[i]!);
    if (joins) units[units.length - 1] = { ...last, label: last.label + label, to: i + 1 };
    else units.push({ label, mark, from: i, to: i + 1, special: special[i] ?? false, segment: segments[i] ?? 0 });
  }
  return units;
}

/** True where two or more tokens make one word, so that merging changes something. */
export const hasSubwords = ({ words }: Encoding): boolean =>
  words.some((word, i) => i > 0 && word !== null && word === words[i - 1]);

/** True where there are tokens of a second text. */
export const hasPair = ({ segments, special }: Encoding): boolean => segments.some((of, i) => of === 1 && !special[i]);

/** Tokens that soak up attention without meaning: those that were added, and for a causal model the first. */
export const isSink = (unit: Unit, causal: boolean, first = 0): boolean =>
  unit.special || (causal && unit.from === first);

/** The texts that a filter keeps: [of the tokens that look, of those looked at]; null keeps both. */
export const PAIR_SIDES: Readonly<Record<PairFilter, readonly [number | null, number | null]>> = {
  all: [null, null],
  aa: [0, 0],
  ab: [0, 1],
  ba: [1, 0],
  bb: [1, 1],
};

/** Index of the unit that holds a token. */
export const unitAt = (units: readonly Unit[], token: number): number =>
  units.findIndex(({ from, to }) => token >= from && token < to);
