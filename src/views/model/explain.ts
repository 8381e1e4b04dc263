import type { HeadScores } from "../../worker/protocol";
import { type CharacterId, charactersOf } from "../shared/characters";
import type { HeadReading, Plan } from "../shared/reading";

/** A sentence in parts: words, and tokens as the model read them. */
export type Words = readonly (string | { readonly token: string })[];

const ordinals = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];

/** "the second John", where a label comes more than once; else just the label. */
export function nameOf(plan: Plan, unit: number): { which: string | null; label: string } {
  const label = plan.units[unit]?.label ?? "";
  const same = plan.units.flatMap((other, i) => (other.label === label ? [i] : []));
  const which = same.length > 1 ? (ordinals[same.indexOf(unit)] ?? null) : null;
  return { which, label };
}

const named = (plan: Plan, unit: number, start = false): Words => {
  const { which, label } = nameOf(plan, unit);
  if (which === null) return [{ token: label }];
  return [`${start ? "The" : "the"} ${which} `, { token: label }];
};

interface Link {
  readonly query: number;
  readonly key: number;
  readonly weight: number;
}

/** The strongest weight among the pairs of units that `fits` accepts. */
function strongest(reading: HeadReading, plan: Plan, fits: (query: number, key: number) => boolean): Link | null {
  let best: Link | null = null;
  for (let q = 0; q < reading.rows; q++)
    for (let k = 0; k < reading.columns; k++) {
      const weight = reading.weights[q * reading.columns + k]!;
      const query = plan.queries[q]!;
      const key = plan.keys[k]!;
      if (weight > (best?.weight ?? 0) && !plan.units[query]!.special && fits(query, key))
        best = { query, key, weight };
    }
  return best;
}

const same = (plan: Plan, a: number, b: number): boolean =>
  plan.units[a]?.label.toLowerCase() === plan.units[b]?.label.toLowerCase();

const shapes: Readonly<Record<CharacterId, { says: string; fits: (plan: Plan) => (q: number, k: number) => boolean }>> =
  {
    induction: {
      says: "Finds an earlier copy of the current token and looks at what came after it",
      fits: (plan) => (q, k) => k <= q && k > 0 && k - 1 < q && same(plan, k - 1, q),
    },
    duplicate: {
      says: "Looks at an earlier copy of the current token",
      fits: (plan) => (q, k) => k < q && same(plan, k, q),
    },
    previous: { says: "Looks at the token just before", fits: () => (q, k) => k === q - 1 },
    next: { says: "Looks at the token just after", fits: () => (q, k) => k === q + 1 },
    same: { says: "Looks at the token itself", fits: () => (q, k) => k === q },
    sink: { says: "Rests where little is to be read", fits: () => () => false },
    broad: { says: "Spreads almost evenly over all tokens", fits: () => () => false },
  };

const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** What a head does, told from its measured scores and the strongest weight that shows it in this text. */
export function explain(scores: HeadScores, reading: HeadReading, plan: Plan): Words {
  const [first, ...others] = charactersOf(scores);
  if (!first) {
    const link = strongest(reading, plan, (q, k) => q !== k && !plan.units[k]!.special);
    if (!link) return ["No measured pattern reaches its threshold."];
    return [
      "No measured pattern reaches its threshold. Strongest here: ",
      ...named(plan, link.query),
      " looks at ",
      ...named(plan, link.key),
      ` (${link.weight.toFixed(2)}).`,
    ];
  }
  const { says, fits } = shapes[first.id];
  const more = others.length > 0 ? [` Also: ${others.map(({ label }) => label).join(", ")}.`] : [];
  if (first.id === "sink") {
    const where = scores.first >= scores.separator ? "the first token" : "separators";
    return [`${says}: ${percent(Math.max(scores.first, scores.separator))} goes to ${where}, on average.`, ...more];
  }
  if (first.id === "broad")
    return [`${says}: ${scores.entropy.toFixed(2)} bits of ${scores.evenEntropy.toFixed(2)}.`, ...more];
  const link = strongest(reading, plan, fits(plan));
  if (!link) return [`${says}. This text has no place for it.`, ...more];
  return [`${says}: `, ...named(plan, link.query), " looks at ", ...named(plan, link.key), ".", ...more];
}

/** The row that best shows what a head does: the query of the link that `explain` tells of. */
export function tellingRow(scores: HeadScores | undefined, reading: HeadReading, plan: Plan): number {
  const first = scores && charactersOf(scores)[0];
  const link = first && strongest(reading, plan, shapes[first.id].fits(plan));
  if (!link) return Math.max(0, plan.queries.length - 1);
  return plan.queries.indexOf(link.query);
}
