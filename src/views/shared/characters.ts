import type { HeadScores } from "../../worker/protocol";

export type CharacterId = "induction" | "duplicate" | "previous" | "next" | "same" | "sink" | "broad";

/** A known habit of heads, told by a measured score from its threshold on. */
export interface Character {
  readonly id: CharacterId;
  /** One sign, drawn on thumbnails. */
  readonly badge: string;
  readonly label: string;
  /** Under a swatch. */
  readonly caption: string;
  readonly threshold: number;
  /** 0 to 1; null where it can't be measured. */
  score(of: HeadScores): number | null;
  readonly meaning: string;
}

/** Most telling first: a head that has several is captioned with the first. */
export const characters: readonly Character[] = [
  {
    id: "induction",
    badge: "I",
    label: "induction",
    caption: "induct",
    threshold: 0.4,
    score: ({ induction }) => induction,
    meaning: "looks at what came after an earlier copy of the current token",
  },
  {
    id: "duplicate",
    badge: "D",
    label: "duplicate",
    caption: "dupl",
    threshold: 0.3,
    score: ({ duplicate }) => duplicate,
    meaning: "looks at an earlier copy of the current token",
  },
  {
    id: "previous",
    badge: "P",
    label: "previous token",
    caption: "prev",
    threshold: 0.4,
    score: ({ previous }) => previous,
    meaning: "looks at the token just before",
  },
  {
    id: "next",
    badge: "N",
    label: "next token",
    caption: "next",
    threshold: 0.4,
    score: ({ next }) => next,
    meaning: "looks at the token just after",
  },
  {
    id: "same",
    badge: "=",
    label: "same position",
    caption: "same",
    threshold: 0.4,
    score: ({ same }) => same,
    meaning: "looks at the token itself",
  },
  {
    id: "sink",
    badge: "S",
    label: "sink",
    caption: "sink",
    threshold: 0.5,
    score: ({ first, separator }) => Math.max(first, separator),
    meaning: "rests on the first token or on separators",
  },
  {
    id: "broad",
    badge: "B",
    label: "broad",
    caption: "broad",
    threshold: 0.85,
    score: ({ entropy, evenEntropy }) => (evenEntropy > 0 ? entropy / evenEntropy : null),
    meaning: "spreads almost evenly: its entropy is near that of an even spread",
  },
];

/** What a head is by its scores, most telling first. */
export const charactersOf = (scores: HeadScores): Character[] =>
  characters.filter(({ score, threshold }) => (score(scores) ?? 0) >= threshold);

/** How many heads have each character; a head may count for several. */
export function countCharacters(scores: readonly HeadScores[]): ReadonlyMap<CharacterId, number> {
  const counts = new Map<CharacterId, number>();
  for (const of of scores) for (const { id } of charactersOf(of)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

const byHead = new WeakMap<readonly HeadScores[], ReadonlyMap<string, HeadScores>>();

export function scoresOf(scores: readonly HeadScores[] | null, site: number, head: number): HeadScores | undefined {
  if (!scores) return undefined;
  const known = byHead.get(scores) ?? new Map(scores.map((of) => [`${of.site}.${of.head}`, of]));
  byHead.set(scores, known);
  return known.get(`${site}.${head}`);
}

/** The meters of an inspector: what can be told of heads of this family, in reading order. */
export function metersOf(scores: HeadScores, causal: boolean): { label: string; value: number; full: number }[] {
  const meter = (label: string, value: number, full = 1) => ({ label, value, full });
  return [
    ...(scores.induction !== null ? [meter("Induction", scores.induction)] : []),
    meter("Previous token", scores.previous),
    ...(causal ? [] : [meter("Next token", scores.next)]),
    meter("Same token", scores.same),
    ...(scores.duplicate > 0 || causal ? [meter("Duplicate token", scores.duplicate)] : []),
    causal
      ? meter("First-token sink", scores.first)
      : meter("Separator sink", Math.max(scores.separator, scores.first)),
    meter("Entropy", scores.entropy, Math.max(scores.evenEntropy, scores.entropy)),
  ];
}
