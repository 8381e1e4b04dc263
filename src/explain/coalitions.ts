import type { Passes } from "./passes";
import type { Perturbation } from "./perturbation";

/** Which players are there, one entry a player: 1 for there, 0 for taken away. */
export type Coalition = Uint8Array;

/** A text as a game: its units play for the target, together or not. */
export interface Game {
  /** Units that play, as indices into the context's. */
  readonly players: readonly number[];
  /**
   * What the target is worth for each coalition, in their order. A coalition is run once in the life of the game, however
   * often it comes. `onPart` is told from time to time how many of the values are there, from the first on.
   * @throws RangeError `no text left: ...` where a coalition has no answer, unless the game has gaps
   */
  values(
    coalitions: readonly Coalition[],
    onPart?: (known: number, values: Float64Array) => void,
  ): Promise<Float64Array>;
}

export interface GameOptions {
  /** A coalition without an answer is worth NaN, and a unit whose absence leaves none plays all the same. */
  readonly gaps?: boolean;
}

/** Rows are handed over by so many, or multiples: as many as are run together at the most. */
const step = 32;
/** So often is there something new to see, where there are enough of them. */
const parts = 20;

/** Says when a result is worth another look: each time when half as much again is known, so that looks cost little. */
export function growing(): (known: number) => boolean {
  let next = 0;
  return (known) => {
    if (known < next) return false;
    next = known * 1.5;
    return true;
  };
}

/** Plays a perturbed text by passes. */
export function gameOf(
  { players: all, target, without }: Perturbation,
  passes: Passes,
  { gaps = false }: GameOptions = {},
): Game {
  const players = gaps ? all : all.filter((unit) => without([unit]) !== null);
  const known = new Map<string, number>();
  const rowOf = (coalition: Coalition) => {
    const row = without(players.filter((_, p) => coalition[p] === 0));
    if (!row && !gaps) throw new RangeError("no text left: deletion took all of it; choose a token that stands in");
    return row;
  };

  /** Runs those of a part that are new. */
  async function run(part: readonly Coalition[]): Promise<void> {
    const fresh = new Map(
      part.map((coalition) => [keyOf(coalition), coalition]).filter(([key]) => !known.has(key as string)) as [
        string,
        Coalition,
      ][],
    );
    const found = [...fresh].map(([key, coalition]) => ({ key, row: rowOf(coalition) }));
    for (const { key, row } of found) if (!row) known.set(key, Number.NaN);
    const rows = found.flatMap(({ key, row }) => (row ? [{ key, row }] : []));
    await passes.run(
      rows.map(({ row }) => row),
      { target },
      ({ value }, index) => known.set(rows[index].key, value),
    );
  }

  return {
    players,
    async values(coalitions, onPart = () => {}) {
      const values = new Float64Array(coalitions.length);
      const size = step * Math.max(1, Math.ceil(coalitions.length / parts / step));
      for (let start = 0; start < coalitions.length; start += size) {
        const part = coalitions.slice(start, start + size);
        await run(part);
        part.forEach((coalition, i) => {
          values[start + i] = known.get(keyOf(coalition)) as number;
        });
        onPart(start + part.length, values);
      }
      return values;
    },
  };
}

/** All there. */
export const everyone = ({ length }: ArrayLike<unknown>): Coalition => new Uint8Array(length).fill(1);
/** All taken away. */
export const noone = ({ length }: ArrayLike<unknown>): Coalition => new Uint8Array(length);

/** All there but some. */
export function allBut(players: ArrayLike<unknown>, gone: readonly number[]): Coalition {
  const coalition = everyone(players);
  for (const p of gone) coalition[p] = 0;
  return coalition;
}

/** Sixteen players a character. */
function keyOf(coalition: Coalition): string {
  const words = new Uint16Array(Math.ceil(coalition.length / 16));
  coalition.forEach((there, p) => {
    words[p >> 4] |= there << (p & 15);
  });
  return String.fromCharCode(...words);
}
