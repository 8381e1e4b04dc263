import { useEffect, useReducer, useRef } from "react";
import { sidesOf } from "../../explain/trace-file/about";
import type { AttentionCache, HeadWeights } from "../../store/attention";
import { useActions, useApp, useWorkspace } from "../../store/react";
import type { Shown, State } from "../../store/state";
import type { Workspace } from "../../store/store";
import { type Unit, unitsOf } from "../../store/units";
import { type LineList, linesOf, type NotDrawn, notDrawn } from "../shared/lines";
import { type HeadReading, type Plan, planOf, type Range, readHead } from "../shared/reading";
import type { ShownHead } from "./draw";

/** Everything that the two columns draw. */
export interface Picture {
  readonly shown: Shown;
  readonly site: number;
  readonly plan: Plan;
  readonly heads: readonly ShownHead[];
  readonly notDrawn: NotDrawn;
}

type Wanted = Pick<State, "shown" | "site" | "heads" | "mergeWords" | "pairFilter"> & { readonly hideSinks: boolean };

const plans = new WeakMap<object, Map<string, Plan>>();
const readings = new WeakMap<HeadWeights, WeakMap<Plan, { reading: HeadReading; lines: LineList }>>();

/** One plan for one way of reading a text, so that what is computed by it is kept. */
export function planFor(
  shown: Shown,
  site: number,
  chosen: { mergeWords: boolean; hideSinks: boolean; filter: State["pairFilter"] },
): Plan {
  const { encoding } = shown.result;
  const { mergeWords, hideSinks, filter } = chosen;
  const options = { mergeWords, hideSinks, filter, causal: causalAt(shown, site), ...rangesAt(shown, site) };
  const kept = plans.get(encoding) ?? new Map<string, Plan>();
  plans.set(encoding, kept);
  const key = JSON.stringify(options);
  const known = kept.get(key);
  if (known) return known;
  const plan = planOf(unitsOf(encoding, options.mergeWords), options);
  kept.set(key, plan);
  return plan;
}

/** A head read by a plan, and its lines; computed once. */
export function readOnce(weights: HeadWeights, plan: Plan): { reading: HeadReading; lines: LineList } {
  const kept = readings.get(weights) ?? new WeakMap();
  readings.set(weights, kept);
  const known = kept.get(plan);
  if (known) return known;
  const reading = readHead(weights, plan);
  const made = { reading, lines: linesOf(reading) };
  kept.set(plan, made);
  return made;
}

export const tokensOf = (shown: Shown): number => shown.result.encoding.ids.length;

/** Whose tokens look and whose are looked at, where a model has two stacks. */
export function rangesAt(
  { model, result: { stacks } }: Shown,
  site: number,
): Partial<Record<"rows" | "columns", Range>> {
  const kind = model.sites.find(({ index }) => index === site)?.kind;
  if (!stacks || !kind) return {};
  const { query, key } = sidesOf[kind];
  return { rows: stacks[query], columns: stacks[key] };
}

export const causalAt = (shown: Shown, site: number): boolean =>
  shown.model.sites.find(({ index }) => index === site)?.kind === "decoder";

/** The picture of what is wanted; null while attention for it is still to come. */
export function pictureOf(wanted: Wanted, attention: AttentionCache): Picture | null {
  const { shown, site, heads, mergeWords, hideSinks, pairFilter: filter } = wanted;
  if (!shown) return null;
  const plan = planFor(shown, site, { mergeWords, hideSinks, filter });
  const at = { trace: shown.result.trace, site, tokens: tokensOf(shown) };
  const drawn: ShownHead[] = [];
  for (const head of heads) {
    const weights = attention.peek(at, head);
    if (!weights) return null;
    drawn.push({ head, ...readOnce(weights, plan) });
  }
  return { shown, site, plan, heads: drawn, notDrawn: notDrawn(drawn) };
}

/** Who draws the heads of a page. */
const drawing = new WeakMap<Workspace, (head: ShownHead) => void>();

/** Has heads drawn beforehand that are expected to be on. */
export function whenExpected(workspace: Workspace, prepare: (head: ShownHead) => void): void {
  drawing.set(workspace, prepare);
}

/**
 * Has a head fetched, read and drawn before it is on: whoever points at one may want it next. What fails is told when the
 * head is on, and asked for again.
 */
export async function expectHead(workspace: Workspace, head: number): Promise<void> {
  const { store, attention } = workspace;
  const { shown, site } = store.getState();
  if (!shown) return;
  const at = { trace: shown.result.trace, site, tokens: tokensOf(shown) };
  await attention.fetch({ ...at, heads: [head] }).catch(() => undefined);
  const weights = attention.peek(at, head);
  const { mergeWords, pairFilter: filter, hideSinks } = store.getState();
  if (!weights) return;
  const read = readOnce(weights, planFor(shown, site, { mergeWords, filter, hideSinks: hideSinks.heads }));
  drawing.get(workspace)?.({ head, ...read });
}

/** Fetches some heads of what is shown, and renders again when they are here. */
export function useAttention(shown: Shown | null, site: number, heads: readonly number[]): void {
  const { attention } = useWorkspace();
  const { fail } = useActions();
  const [, arrived] = useReducer((count: number) => count + 1, 0);
  const trace = shown?.result.trace;
  const tokens = shown ? tokensOf(shown) : 0;
  const wanted = heads.join();
  useEffect(() => {
    if (trace === undefined) return;
    let here = true;
    attention.fetch({ trace, site, heads: wanted === "" ? [] : wanted.split(",").map(Number), tokens }).then(
      () => here && arrived(),
      (error) => here && fail(error),
    );
    return () => {
      here = false;
    };
  }, [attention, fail, trace, site, wanted, tokens]);
}

/** The picture of Heads as it is on screen. While attention is on its way, the last one of the same model stays. */
export function usePicture(): { picture: Picture | null; waiting: boolean } {
  const { attention } = useWorkspace();
  const shown = useApp((state) => state.shown);
  const site = useApp((state) => state.site);
  const heads = useApp((state) => state.heads);
  const mergeWords = useApp((state) => state.mergeWords);
  const pairFilter = useApp((state) => state.pairFilter);
  const hideSinks = useApp((state) => state.hideSinks.heads);
  useAttention(shown, site, heads);
  const last = useRef<{ key: unknown[]; picture: Picture } | null>(null);
  const key = [shown?.result, site, heads, mergeWords, pairFilter, hideSinks];
  if (last.current?.key.every((part, i) => part === key[i])) return { picture: last.current.picture, waiting: false };
  const picture = pictureOf({ shown, site, heads, mergeWords, pairFilter, hideSinks }, attention);
  if (picture) last.current = { key, picture };
  else if (last.current?.picture.shown.model.name !== shown?.model.name) last.current = null;
  return { picture: picture ?? last.current?.picture ?? null, waiting: !picture };
}

/** Units of a column, in order. */
export const column = ({ units, queries, keys }: Plan, side: "query" | "key"): Unit[] =>
  (side === "query" ? queries : keys).map((unit) => units[unit]!);
