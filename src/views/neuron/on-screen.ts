import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import { useActions, useApp, useWorkspace } from "../../store/react";
import type { ScoringCache } from "../../store/scoring";
import type { Shown, State } from "../../store/state";
import { isSink, type Unit, unitsOf } from "../../store/units";
import { causalAt } from "../heads/on-screen";
import { patchedOf } from "../shared/patches";
import type { Picture } from "./draw";
import { byContribution, clipsOf, meetingsOf, tellingQuery } from "./meeting";

type Looks = Pick<State, "shown" | "site" | "head" | "pinned" | "hovered" | "hideSinks" | "own">;

/** The head of a site that Neuron shows: the described one, if the site has it. */
export const headAt = (shown: Shown, site: number, head: number): number => {
  const count = shown.model.sites.find(({ index }) => index === site)?.heads ?? 1;
  return head < count ? head : 0;
};

/** Why there are no queries and keys of what is shown; null where there may be. */
export const whyNot = (shown: Shown): string | null =>
  shown.origin === "example"
    ? "The example holds attention alone. Its queries and keys come as soon as the model has loaded."
    : shown.result.stacks
      ? "Queries and keys of two stacks aren't drawn yet. Heads and Model show what they come to."
      : null;

const sinksOf = (units: readonly Unit[], causal: boolean): boolean[] => units.map((unit) => isSink(unit, causal));

/** The query that is shown: the pinned token, else the one under the cursor, else a telling one. */
export function pictureOf(state: Looks, scoring: ScoringCache): Picture | null {
  const { shown, site, pinned, hovered, hideSinks, own } = state;
  if (shown?.origin !== "live") return null;
  const slice = scoring.peek(shown.result.trace, site, headAt(shown, site, state.head));
  if (!slice) return null;
  const { encoding } = shown.result;
  const causal = causalAt(shown, site);
  const sinks = sinksOf(unitsOf(encoding, false), causal);
  const preview = hovered?.side === "query" ? hovered.index : null;
  const query = Math.min(slice.tokens - 1, pinned?.index ?? preview ?? tellingQuery(slice, (i) => sinks[i] ?? false));
  const all = meetingsOf(slice, query);
  const meetings = hideSinks.neuron ? all.filter(({ key }) => !sinks[key]) : all;
  return {
    ...{ slice, causal, query, all },
    tokens: encoding.tokens,
    special: encoding.special,
    patched: patchedOf(shown),
    meetings: own.neuron.keys === "weight" ? meetings.toSorted((a, b) => b.logit - a.logit) : meetings,
    order:
      own.neuron.dimensions === "contribution"
        ? byContribution(slice, query, all)
        : Array.from({ length: slice.width }, (_, c) => c),
    clips: clipsOf(slice),
  };
}

/** The key that is spelled out: the one under the cursor, else the chosen one, else the strongest. */
export function keyOf(picture: Picture, state: Pick<State, "hovered" | "own">): number {
  const { hovered, own } = state;
  if (hovered?.side === "key" && hovered.index < picture.slice.tokens) return hovered.index;
  const chosen = own.neuron.key;
  if (chosen !== null && chosen < picture.slice.tokens) return chosen;
  const strongest = picture.meetings.reduce<number | null>(
    (best, { key, logit }) => (best === null || logit > picture.all[best]!.logit ? key : best),
    null,
  );
  return strongest ?? picture.query;
}

/** The picture of Neuron as it is on screen. While a head is on its way, the last one of the same text stays. */
export function useNeuron(): {
  readonly picture: Picture | null;
  readonly waiting: boolean;
  /** Why there is nothing to draw. */
  readonly reason: string | null;
} {
  const { scoring } = useWorkspace();
  const { fail } = useActions();
  const shown = useApp((state) => state.shown);
  const site = useApp((state) => state.site);
  const head = useApp((state) => state.head);
  const pinned = useApp((state) => state.pinned);
  const preview = useApp((state) => (state.hovered?.side === "query" ? state.hovered : null));
  const hideSinks = useApp((state) => state.hideSinks);
  const own = useApp((state) => state.own);
  const trace = useApp((state) => state.model?.trace === true);
  const [arrivals, arrived] = useReducer((count: number) => count + 1, 0);
  const known = shown && whyNot(shown);
  const wanted = shown && known === null ? shown.result.trace : null;
  const [lacks, setLacks] = useState<{ readonly trace: number | null; readonly message: string } | null>(null);
  const at = shown && headAt(shown, site, head);
  useEffect(() => {
    if (wanted === null || at === null) return;
    let here = true;
    scoring.fetch(wanted, site, at).then(
      () => here && arrived(),
      (error) => {
        if (!here) return;
        // What a trace lacks is no failure of a model.
        if (trace) setLacks({ trace: wanted, message: `${(error as Error).message}.` });
        else fail(error);
      },
    );
    return () => {
      here = false;
    };
  }, [scoring, fail, wanted, site, at, trace]);
  const last = useRef<{ shown: Shown; picture: Picture } | null>(null);
  const picture = useMemo(
    () => (arrivals < 0 ? null : pictureOf({ shown, site, head, pinned, hovered: preview, hideSinks, own }, scoring)),
    [shown, site, head, pinned, preview, hideSinks, own, scoring, arrivals],
  );
  if (picture && shown) last.current = { shown, picture };
  else if (last.current?.shown.result.trace !== shown?.result.trace) last.current = null;
  const reason = known ?? (picture === null && lacks && lacks.trace === wanted ? lacks.message : null);
  return { picture: reason ? null : (picture ?? last.current?.picture ?? null), waiting: !picture && !reason, reason };
}
