import type { Encoding } from "../../text/encoding";
import { METHOD_IDS, type MethodId } from "../method-ids";
import { type Slice, wrong } from "./slice";

/** The methods that Compare holds against each other. */
export interface CompareState {
  readonly methods: readonly MethodId[];
  /** Of what came with a trace, which takes part by itself, what a person has left out. */
  readonly leftOut: readonly string[];
  /** The one that the cursor is on, wherever it is drawn. */
  readonly lit: string | null;
  /** Texts that a person says mean the same. */
  readonly paraphrases: readonly string[];
  /** Positions of tokens that a person says ought to count, ascending. */
  readonly marked: readonly number[];
  /** The tokens of the text that they are of; null until that has run, where they came with a link. */
  readonly markedOf: string | null;
}

/** Links are passed on by hand: longer paraphrases stay out of them. */
const LONGEST = 400;
const MOST_MARKED = 512;

/** What tells one text's tokens from another's. */
export const tokensKey = ({ ids }: Pick<Encoding, "ids">): string => ids.join();

/** The marks that are of these tokens, without those that the text is too short for; none that are of another text. */
export function marksOf({ marked, markedOf }: CompareState, encoding: Pick<Encoding, "ids">): readonly number[] {
  const own = markedOf === null || markedOf === tokensKey(encoding);
  return own ? marked.filter((token) => token < encoding.ids.length) : [];
}

/** The state once a pass over these tokens is there: marks are of them from now on, or gone; and those that were too far. */
export function settleMarks(
  state: CompareState,
  encoding: Pick<Encoding, "ids">,
): { readonly compare: CompareState; readonly missing: readonly number[] } {
  if (state.marked.length === 0) return { compare: state, missing: [] };
  const marked = marksOf(state, encoding);
  const missing = state.markedOf === null ? state.marked.filter((token) => !marked.includes(token)) : [];
  return { compare: { ...state, marked, markedOf: marked.length > 0 ? tokensKey(encoding) : null }, missing };
}

/** Lines of text, as a person types or a link spells them. */
export const linesOf = (raw: string): string[] =>
  raw
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** What runs without being asked: one or two of each family, none of which takes more passes than some tens of texts. */
const initial: CompareState = {
  methods: [
    "raw-attention",
    "rollout",
    "gradient-x-attention",
    "gradient-x-input",
    "integrated-gradients",
    "attn-lrp",
    "leave-one-out",
    "random",
  ],
  leftOut: [],
  lit: null,
  paraphrases: [],
  marked: [],
  markedOf: null,
};

const same = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

export const compare: Slice<CompareState> = {
  initial,
  link: {
    methods: {
      read(raw) {
        const asked = raw.split(",");
        const methods = METHOD_IDS.filter((id) => asked.includes(id));
        const unknown = asked.find((id) => !METHOD_IDS.some((known) => known === id));
        return unknown === undefined ? { value: { methods } } : wrong(`some of ${METHOD_IDS.join(", ")}`);
      },
      write: ({ methods }) => (same(methods, initial.methods) ? undefined : methods.join(",")),
    },
    marked: {
      read(raw) {
        const marked = raw.split(",").map((each) => (/^\d{1,5}$/.test(each) ? Number(each) : Number.NaN));
        return marked.length <= MOST_MARKED && !marked.some(Number.isNaN)
          ? { value: { marked: [...new Set(marked)].sort((a, b) => a - b), markedOf: null } }
          : wrong("positions of tokens with commas between");
      },
      write: ({ marked }) => (marked.length === 0 ? undefined : marked.join(",")),
    },
    paraphrases: {
      read: (raw) => ({ value: { paraphrases: linesOf(raw) } }),
      write({ paraphrases }) {
        const lines = paraphrases.join("\n");
        return lines === "" || lines.length > LONGEST ? undefined : lines;
      },
    },
  },
};
