import { useEffect, useMemo, useReducer, useRef } from "react";
import { allHeads } from "../../store/actions/look";
import type { AttentionCache, HeadWeights } from "../../store/attention";
import type { Explanation } from "../../store/explanation";
import { optionsFor } from "../../store/explanation";
import { useActions, useApp, useWorkspace } from "../../store/react";
import type { Shown, State } from "../../store/state";
import { optionsText } from "../attribution/picture";
import { layerOf, plural } from "../heads/names";
import { planFor, tokensOf } from "../heads/on-screen";
import type { Plan } from "../shared/reading";
import { targetName } from "../shared/target";
import { type DrawnMap, drawnMap, type Fusion, fuseOnce, windowOf, withoutStart } from "./maps";

/** So many rows and columns are drawn large. */
export const WINDOW = 40;

export const methodNames = {
  rollout: "Rollout",
  "attention-flow": "Attention flow",
  chefer: "Chefer relevance",
} as const;

/** The raw attention of a layer, and where it leads through all of them. */
export interface RolloutPicture {
  readonly shown: Shown;
  readonly plan: Plan;
  readonly raw: DrawnMap;
  /** Null until the method has its result. */
  readonly flow: DrawnMap | null;
  readonly names: {
    readonly raw: string;
    readonly rawAbout: string;
    readonly flow: string;
    readonly flowAbout: string;
  };
  /** Keys are left out: the raw attention's rows are rescaled, and those of the flow where they are shares. */
  readonly leaves: boolean;
  readonly rescales: boolean;
}

type Wanted = Pick<
  State,
  "shown" | "site" | "mergeWords" | "hideSinks" | "own" | "methods" | "methodOptions" | "explanations"
>;

const fusions = { mean: "mean", max: "largest", min: "smallest" } as const;

const headsAt = ({ model }: Shown, site: number): number => model.sites.find(({ index }) => index === site)?.heads ?? 0;

/** How heads are made one: as the method does, where it lets one choose. */
export const fusionOf = (state: Pick<State, "methods" | "methodOptions" | "own">): Fusion => {
  const { fusion } = optionsFor(state, state.own.rollout.method);
  return fusion === "max" || fusion === "min" ? fusion : "mean";
};

/** The window's start, where the text is long enough for one. */
export const fromOf = ({ own }: Pick<State, "own">, plan: Plan): number | null => {
  const { from } = own.rollout;
  const last = Math.max(plan.queries.length, plan.keys.length) - WINDOW;
  return from === null || last <= 0 ? null : Math.min(last, from);
};

/** Null while the attention of the layer is still to come. */
export function pictureOf(state: Wanted, attention: AttentionCache): RolloutPicture | null {
  const { shown, site, mergeWords, hideSinks, own, explanations, methods } = state;
  if (!shown) return null;
  const count = headsAt(shown, site);
  const at = { trace: shown.result.trace, site, tokens: tokensOf(shown) };
  const heads: HeadWeights[] = [];
  for (let head = 0; head < count; head++) {
    const weights = attention.peek(at, head);
    if (!weights) return null;
    heads.push(weights);
  }
  const whole = planFor(shown, site, { mergeWords, hideSinks: hideSinks.rollout, filter: "all" });
  const overImage = own.heads.drawn === "image" && shown.result.seen !== undefined; // which is drawn whole
  const plan = windowOf(whole, overImage ? null : fromOf(state, whole), WINDOW);
  const fusion = fusionOf(state);
  const { method } = own.rollout;
  const explanation: Explanation | undefined = explanations[method];
  const matrix = explanation?.status === "done" ? explanation.result.details?.matrix : undefined;
  const rescales = method !== "chefer";
  const options = explanation?.options ?? {};
  const { layer, ...others } = options;
  const through = typeof layer === "number" ? `layers 0 to ${layer}` : `all ${plural(shown.model.layers, "layer")}`;
  const set = optionsText(
    methods.find(({ id }) => id === method),
    others,
  );
  return {
    shown,
    plan,
    raw: drawnMap(fuseOnce(heads, fusion), plan, true),
    flow: matrix ? drawnMap(rescales ? matrix : withoutStart(matrix, at.tokens), plan, rescales) : null,
    names: {
      raw: "Raw attention",
      rawAbout: `layer ${layerOf(shown, site)}, ${fusions[fusion]} of ${plural(count, "head")}`,
      flow: methodNames[method],
      flowAbout:
        method === "chefer" ? `${through}, for ${targetName(shown)}` : [through, set].filter(Boolean).join(", "),
    },
    leaves: plan.left.some(Boolean),
    rescales,
  };
}

/** Fetches every head of the layer, and gives the picture of both maps. The last one stays while another is on its way. */
export function useRollout(): { readonly picture: RolloutPicture | null; readonly waiting: boolean } {
  const { attention } = useWorkspace();
  const { fail } = useActions();
  const shown = useApp((state) => state.shown);
  const site = useApp((state) => state.site);
  const mergeWords = useApp((state) => state.mergeWords);
  const hideSinks = useApp((state) => state.hideSinks);
  const own = useApp((state) => state.own);
  const methods = useApp((state) => state.methods);
  const methodOptions = useApp((state) => state.methodOptions);
  const explanations = useApp((state) => state.explanations);
  const [arrivals, arrived] = useReducer((count: number) => count + 1, 0);
  const trace = shown?.result.trace;
  const tokens = shown ? tokensOf(shown) : 0;
  const count = shown ? headsAt(shown, site) : 0;
  useEffect(() => {
    if (trace === undefined) return;
    let here = true;
    attention.fetch({ trace, site, heads: allHeads(count), tokens }).then(
      () => here && arrived(),
      (error) => here && fail(error),
    );
    return () => {
      here = false;
    };
  }, [attention, fail, trace, site, count, tokens]);
  const explanation = explanations[own.rollout.method];
  // What else runs, or how far this runs, draws nothing anew.
  const done = explanation?.status === "done" ? explanation : undefined;
  const picture = useMemo(
    () =>
      arrivals < 0
        ? null
        : pictureOf(
            {
              ...{ shown, site, mergeWords, hideSinks, own, methods, methodOptions },
              explanations: done ? { [done.method]: done } : {},
            },
            attention,
          ),
    [shown, site, mergeWords, hideSinks, own, methods, methodOptions, done, attention, arrivals],
  );
  const last = useRef<RolloutPicture | null>(null);
  if (picture) last.current = picture;
  else if (last.current?.shown.result.trace !== trace) last.current = null;
  return { picture: picture ?? last.current, waiting: !picture };
}
