import type { Encoding } from "../text/encoding";

/** What is explained as one: a token, or the tokens of a word. */
export interface Unit {
  /** Indices into the encoding, ascending. */
  readonly tokens: readonly number[];
  /** Special tokens are read but never removed or replaced. */
  readonly special: boolean;
}

export type UnitKind = "token" | "word";

/** The units of an encoding, in order; every token is in one. */
export function unitsOf({ words, special, segments, ids }: Encoding, kind: UnitKind): Unit[] {
  const units: { tokens: number[]; special: boolean }[] = [];
  for (let i = 0; i < ids.length; i++) {
    const last = units.at(-1);
    const joins =
      kind === "word" &&
      last !== undefined &&
      !special[i] &&
      words[i] !== null &&
      words[i] === words[i - 1] &&
      segments[i] === segments[i - 1];
    if (joins) last.tokens.push(i);
    else units.push({ tokens: [i], special: special[i] ?? false });
  }
  return units;
}

/** One value a unit of one a token: their sum. */
export const summed = (units: readonly Unit[], perToken: ArrayLike<number>): number[] =>
  units.map(({ tokens }) => tokens.reduce((sum, i) => sum + perToken[i]!, 0));
