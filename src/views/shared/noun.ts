import { useApp } from "../../store/react";
import type { Shown, State } from "../../store/state";

/** What gets one value, what they make together, and a neighbourhood of them, as sentences name them. */
export interface Noun {
  readonly one: string;
  readonly many: string;
  readonly whole: string;
  readonly wholes: string;
}

const patch: Noun = { one: "patch", many: "patches", whole: "image", wholes: "images" };
const token: Noun = { one: "token", many: "tokens", whole: "text", wholes: "texts" };
const word: Noun = { ...token, one: "word", many: "words" };

/** Patches of an image; tokens or words of a text. */
export const nounOf = ({ result: { encoding } }: Pick<Shown, "result">, unit: State["unit"]): Noun =>
  encoding.patches ? patch : unit === "word" ? word : token;

export function useNoun(shown: Shown): Noun {
  const unit = useApp((state) => state.unit);
  return nounOf(shown, unit);
}
