import type { PatchGrid } from "../../text/encoding";
import type { Method } from "../attribution";
import { allBut, everyone, gameOf } from "../coalitions";
import { dropParameter, perturbationOf, removalParameter, spread } from "../perturbation";

/** Windows of players, each `stride` after the one before; the last may be shorter, so that every player is in one. */
export function windowsOf(players: number, window: number, stride: number): number[][] {
  const count = players === 0 ? 0 : Math.ceil(Math.max(0, players - window) / stride) + 1;
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: Math.min(window, players - i * stride) }, (_, k) => i * stride + k),
  );
}

/** Square windows over a grid, each `stride` from the one before across and down; as indices into `patches`, which are in the grid's order. */
export function squaresOf(
  patches: readonly number[],
  { rows, columns }: Pick<PatchGrid, "rows" | "columns">,
  window: number,
  stride: number,
): number[][] {
  const player = new Map(patches.map((patch, p) => [patch, p]));
  return windowsOf(rows, window, stride).flatMap((down) =>
    windowsOf(columns, window, stride).map((across) =>
      down.flatMap((row) => across.flatMap((column) => player.get(row * columns + column) ?? [])),
    ),
  );
}

/** Each player's mean over the windows that cover it and have a value; NaN where none has. */
export function meanOver(windows: readonly (readonly number[])[], drops: ArrayLike<number>, players: number): number[] {
  const [sums, counts] = [new Array<number>(players).fill(0), new Array<number>(players).fill(0)];
  windows.forEach((window, i) => {
    for (const p of Number.isNaN(drops[i]) ? [] : window) {
      sums[p] += drops[i];
      counts[p]++;
    }
  });
  return sums.map((sum, p) => sum / counts[p]);
}

/** f(x) - f(x without the window), for windows that slide over the text. */
export const occlusion: Method = {
  id: "occlusion",
  label: "Occlusion",
  family: "perturbation",
  measures: "How much the target drops when neighbouring units are taken away together, a window at a time.",
  strength: "Sees what phrases do that no single word of theirs does; windows can be read one by one.",
  weakness: "A unit's value is the mean of the windows over it, so neighbours of what matters get a share.",
  cost: "((n - w) / s + 2)F for windows of w units, s apart; of images squared",
  source: "Zeiler and Fergus 2014; Captum, Occlusion",
  signed: true,
  parameters: [
    {
      id: "window",
      label: "Window",
      note: "Units that are taken away together; special tokens between them stay. Of an image so many patches across and down.",
      kind: "number",
      default: 3,
      min: 1,
      max: 64,
      step: 1,
    },
    {
      id: "stride",
      label: "Stride",
      note: "Units from one window to the next; no more than the window, or some would be left out.",
      kind: "number",
      default: 1,
      min: 1,
      max: 64,
      step: 1,
    },
    removalParameter,
    dropParameter("asked"),
  ],
  async run(context, options) {
    const { passes, units, trace, onPartial } = context;
    const { patches } = trace.encoding;
    const [window, stride] = [Number(options.window), Number(options.stride)];
    if (!Number.isInteger(window) || !Number.isInteger(stride) || stride > window)
      throw new RangeError(`bad stride: ${stride}; a whole number up to the window of ${window}`);
    const { players, values } = gameOf(perturbationOf(context, options), passes, { gaps: true });
    const windows = patches
      ? squaresOf(
          players.map((u) => units[u].tokens[0] - patches.first),
          patches,
          window,
          stride,
        )
      : windowsOf(players.length, window, stride);
    const coalitions = [everyone(players), ...windows.map((gone) => allBut(players, gone))];
    const dropsOf = (worth: Float64Array, known: number) => Array.from(worth.subarray(1, known), (v) => worth[0] - v);
    const meansOf = (worth: Float64Array, known: number) =>
      spread(players, meanOver(windows.slice(0, known - 1), dropsOf(worth, known), players.length), units.length);
    const worth = await values(coalitions, (known, worth) =>
      onPartial({ done: known, total: coalitions.length, values: meansOf(worth, known).map((v) => v || 0) }),
    );
    const drops = dropsOf(worth, coalitions.length);
    return {
      values: meansOf(worth, coalitions.length),
      details: { regions: windows.map((gone, i) => ({ units: gone.map((p) => players[p]), value: drops[i] })) },
    };
  },
};
