import { descending } from "./ranks";
import { spearman } from "./spearman";

/** What a method says of a text's words, and what the model says of the text. */
export interface WordValues {
  readonly words: readonly string[];
  /** One a word. */
  readonly values: readonly number[];
  /** The class or token that the model finds likeliest. */
  readonly prediction: number;
}

export interface ParaphraseAgreement {
  readonly samePrediction: boolean;
  /** Pairs of words that stand for each other, as places in the text and in the paraphrase. */
  readonly aligned: readonly (readonly [number, number])[];
  /** Spearman's rho over aligned words; null with fewer than three, or where a side has one value throughout. */
  readonly rho: number | null;
  /** The share of the text's top words that are among the paraphrase's; null where both have none. */
  readonly overlap: number | null;
}

export interface Consistency {
  readonly paraphrases: readonly ParaphraseAgreement[];
  /** Paraphrases of which the model says the same: only these count below. */
  readonly used: number;
  /** Means over those that have one; null where none has. */
  readonly rho: number | null;
  readonly overlap: number | null;
}

/**
 * Whether a method says the same of texts that mean the same to the model. A person gives the paraphrases. Those of
 * which the model predicts something else are left out: there the explanation should differ. Words are aligned where they
 * are equal, case aside, wherever they stand. The agreement of a paraphrase is Spearman's rho over aligned words, and the
 * share of the text's `top` words, by largest value, that are aligned with one of the paraphrase's top words.
 */
export function consistency(text: WordValues, paraphrases: readonly WordValues[], top = 3): Consistency {
  const each = paraphrases.map((other): ParaphraseAgreement => {
    const aligned = pairsOf(text.words, other.words);
    const [a, b] = [topOf(text.values, top), topOf(other.values, top)];
    const size = Math.min(a.size, b.size);
    return {
      samePrediction: other.prediction === text.prediction,
      aligned,
      rho:
        aligned.length < 3
          ? null
          : spearman(
              aligned.map(([i]) => text.values[i]),
              aligned.map(([, j]) => other.values[j]),
            ).rho,
      overlap: size === 0 ? null : aligned.filter(([i, j]) => a.has(i) && b.has(j)).length / size,
    };
  });
  const used = each.filter((p) => p.samePrediction);
  return {
    paraphrases: each,
    used: used.length,
    rho: meanOf(used.map((p) => p.rho)),
    overlap: meanOf(used.map((p) => p.overlap)),
  };
}

const topOf = (values: readonly number[], top: number): Set<number> => new Set(descending(values).slice(0, top));

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((v) => v !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}

/** Equal words, case aside, as pairs of places; a word that comes twice is paired in its order. */
function pairsOf(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const places = new Map<string, number[]>();
  b.forEach((word, j) => {
    const key = word.toLowerCase();
    places.set(key, [...(places.get(key) ?? []), j]);
  });
  return a.flatMap((word, i) => {
    const j = places.get(word.toLowerCase())?.shift();
    return j === undefined ? [] : [[i, j] as const];
  });
}
