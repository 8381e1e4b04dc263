import { ExplainerError } from "../../worker/protocol";
import type { Look } from "../catalog";
import type { SliceId, SliceStates } from "../slices";
import { settleMarks } from "../slices/compare";
import type { HeadRef, PairFilter, Shown, Side, State, Theme, TokenRef, ViewId } from "../state";
import { hasPair, unitAt, unitsOf } from "../units";
import type { Context } from "./context";

/** Views whose rows are the units that methods explain. */
const EXPLAINING: ReadonlySet<ViewId> = new Set(["attribution", "occlusion", "compare"]);

/** Every head of a site, ascending. */
export const allHeads = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const sameToken = (a: TokenRef | null, b: TokenRef | null): boolean =>
  a === b || (a !== null && b !== null && a.side === b.side && a.index === b.index);

const headsOf = (state: State, site = state.site): number =>
  state.shown?.model.sites.find(({ index }) => index === site)?.heads ?? state.shown?.model.heads ?? 1;

/**
 * Where to look in what is shown: what `look` wants as far as the model has it, else where it was, else two thirds of
 * the way up with every head on. Notices name what the model hasn't got.
 */
export function settle(state: State, shown: Shown, look: Look | null): { patch: Partial<State>; notices: string[] } {
  const { sites, layers } = shown.model;
  const tokens = shown.result.encoding.ids.length;
  const notices: string[] = [];
  const kind = look?.kind ?? sites.find(({ index }) => index === state.site)?.kind ?? sites[0]?.kind;
  const ofKind = sites.filter((site) => site.kind === kind);
  const at = (layer: number) => (ofKind.length > 0 ? ofKind : sites).find((site) => site.layer === layer);

  let site = state.shown ? sites.find(({ index }) => index === state.site) : undefined;
  if (look?.layer !== undefined) {
    site = at(look.layer) ?? site;
    if (!at(look.layer)) notices.push(`There is no layer ${look.layer}: this model has ${layers}, counted from 0.`);
  }
  site ??= at(Math.floor((layers * 2) / 3)) ?? sites[0];
  const count = site?.heads ?? 1;

  const wanted = look?.heads ?? (state.shown && look === null ? state.heads : null);
  let heads = wanted?.filter((head) => head < count) ?? allHeads(count);
  const missing = look?.heads?.filter((head) => head >= count) ?? [];
  if (missing.length > 0)
    notices.push(`There is no head ${missing.join(", ")}: layer ${site?.layer} has ${count}, counted from 0.`);
  if (heads.length === 0) heads = allHeads(count);

  const kept = state.head < count && (look === null || heads.includes(state.head)) ? state.head : heads[0]!;
  const head = look?.head !== undefined && look.head < count ? look.head : kept;
  if (look?.head !== undefined && look.head >= count && !missing.includes(look.head))
    notices.push(`There is no head ${look.head}: layer ${site?.layer} has ${count}, counted from 0.`);

  const pin = look?.pin ?? (look === null ? state.pinned : null);
  const pinned = pin !== null && pin.index < tokens ? pin : null;
  if (look?.pin && !pinned) notices.push(`There is no token at position ${look.pin.index}: the text has ${tokens}.`);

  const marks = settleMarks(state.own.compare, shown.result.encoding);
  for (const token of marks.missing) notices.push(`There is no token at position ${token}: the text has ${tokens}.`);

  let open = look === null ? state.open : null;
  if (look?.open) {
    const wantedSite = at(look.open.layer);
    open = wantedSite && look.open.head < wantedSite.heads ? { site: wantedSite.index, head: look.open.head } : null;
    if (!open) notices.push(`There is no head ${look.open.layer}.${look.open.head} in this model.`);
  } else if (open && !sites.some(({ index, heads }) => index === open?.site && open.head < heads)) open = null;

  return {
    patch: {
      site: site?.index ?? 0,
      heads,
      head,
      pinned,
      open,
      ...(marks.compare !== state.own.compare && { own: { ...state.own, compare: marks.compare } }),
      ...(look?.open && { sheet: open !== null }),
      hovered: null,
      reached: null,
      look: null,
      ...(!hasPair(shown.result.encoding) && { pairFilter: "all" as const }),
    },
    notices,
  };
}

/** What is looked at, and how: nothing here runs a model. */
export function lookActions(context: Context) {
  const { get, set } = context;
  const setSite = (site: number): void => {
    const before = get();
    const count = headsOf(before, site);
    const all = before.heads.length === headsOf(before);
    const kept = all ? allHeads(count) : before.heads.filter((head) => head < count);
    const heads = kept.length > 0 ? kept : allHeads(count);
    set({ site, heads, head: before.head < count ? before.head : heads[0]! });
  };
  const open = (at: HeadRef | null): void => set({ open: at, sheet: at !== null });
  const setView = (view: ViewId): void => set({ view, hovered: null });

  return {
    setView,
    setSite,
    /** The next or previous layer of the same kind; stops at the ends. */
    stepLayer(by: number): void {
      const { shown, site } = get();
      const here = shown?.model.sites.find(({ index }) => index === site);
      if (!shown || !here) return;
      const ofKind = shown.model.sites.filter(({ kind }) => kind === here.kind);
      const next = ofKind[ofKind.indexOf(here) + by];
      if (next) setSite(next.index);
    },
    toggleHead(head: number): void {
      const { heads } = get();
      const on = heads.includes(head);
      if (on && heads.length === 1) {
        set({ head });
        return;
      }
      const next = on ? heads.filter((each) => each !== head) : [...heads, head].sort((a, b) => a - b);
      set({ heads: next, head: on ? next[0]! : head });
    },
    /** One head only; once more brings all back. */
    isolateHead(head: number): void {
      const state = get();
      const alone = state.heads.length === 1 && state.heads[0] === head;
      set({ heads: alone ? allHeads(headsOf(state)) : [head], head });
    },
    /** Shows these heads; an empty list is left alone, since one is always on. */
    setHeads(heads: readonly number[]): void {
      const kept = [...new Set(heads)].filter((head) => head < headsOf(get())).sort((a, b) => a - b);
      if (kept.length > 0) set({ heads: kept, head: kept.includes(get().head) ? get().head : kept[0]! });
    },
    describeHead: (head: number): void => set({ head }),
    hover(token: TokenRef | null): void {
      if (!sameToken(get().hovered, token)) set({ hovered: token, reached: null });
    },
    /** Pins a token; the pinned one again unpins. */
    pin(token: TokenRef | null): void {
      set(({ pinned }) => ({ pinned: sameToken(pinned, token) ? null : token }));
    },
    /** Pins what is hovered, or lets go of what is pinned. */
    pinHovered(): void {
      set(({ hovered, pinned }) => ({
        pinned: hovered && !sameToken(hovered, pinned) ? hovered : null,
      }));
    },
    /** The next or previous row: moves the pin where there is one, else the hovered token. */
    moveToken(by: number, side: Side = "query"): void {
      const { shown, view, unit, mergeWords, pinned, hovered } = get();
      if (!shown) return;
      const words = EXPLAINING.has(view) ? unit === "word" : mergeWords;
      const units = unitsOf(shown.result.encoding, words);
      const from = pinned ?? hovered;
      const here = from ? unitAt(units, from.index) : by > 0 ? -1 : units.length;
      const next = units[Math.min(units.length - 1, Math.max(0, here + by))];
      if (!next) return;
      const token = { side: from?.side ?? side, index: next.from };
      set({ reached: token, ...(pinned ? { pinned: token } : { hovered: token }) });
    },
    toggleSinks(): void {
      set(({ view, hideSinks }) => ({ hideSinks: { ...hideSinks, [view]: !hideSinks[view] } }));
    },
    /** Changes what a view keeps of its own. */
    change<K extends SliceId>(id: K, patch: Partial<SliceStates[K]>): void {
      set(({ own }) => ({ own: { ...own, [id]: { ...own[id], ...patch } } }));
    },
    toggleWords: (): void => set(({ mergeWords }) => ({ mergeWords: !mergeWords })),
    setPairFilter: (pairFilter: PairFilter): void => set({ pairFilter }),
    setCurved: (curved: boolean): void => set({ curved }),
    toggleBadge(badge: string): void {
      set(({ badgesOff }) => ({
        badgesOff: badgesOff.includes(badge) ? badgesOff.filter((each) => each !== badge) : [...badgesOff, badge],
      }));
    },
    /** Opens a head in Model; the open one again closes. */
    openHead(at: HeadRef | null): void {
      const { open: before } = get();
      open(before && at && before.site === at.site && before.head === at.head ? null : at);
    },
    setOpenAs: (openAs: State["openAs"]): void => set({ openAs }),
    /** Walks the grid of Model; starts at its first head. */
    moveOpen(heads: number, layers: number): void {
      const { shown, open: before } = get();
      const sites = shown?.model.sites ?? [];
      const row = before ? sites.findIndex(({ index }) => index === before.site) : -1;
      if (!before || row < 0) {
        if (sites[0]) open({ site: sites[0].index, head: 0 });
        return;
      }
      const site = sites[Math.min(sites.length - 1, Math.max(0, row + layers))]!;
      const head = before.head + heads;
      if (head >= 0 && head < site.heads) open({ site: site.index, head });
    },
    /** Shows a head of Model by itself in Heads. */
    showInHeads({ site, head }: HeadRef): void {
      set({ view: "heads", site, heads: [head], head });
    },
    setDevice: (device: State["device"]): void => set({ device }),
    setTheme: (theme: Theme): void => set({ theme }),
    toggleInspector: (): void => set(({ inspector }) => ({ inspector: !inspector })),
    toggleSheet: (): void => set(({ sheet }) => ({ sheet: !sheet })),
    /** What is shown as a trace file. */
    async saveTrace(): Promise<Uint8Array<ArrayBuffer>> {
      const { shown } = get();
      if (shown?.origin !== "live")
        throw new ExplainerError({ code: "bad-input", message: "nothing to save: nothing has run" });
      return (await context.explainer.save(shown.result.trace)) as Uint8Array<ArrayBuffer>;
    },
    openDialog: (dialog: State["dialog"]): void => set({ dialog }),
    readAll: (): void => set({ readsAll: true }),
    setEditing: (editing: boolean): void => set({ editing }),
    dismiss: (notice: string): void => set(({ notices }) => ({ notices: notices.filter((each) => each !== notice) })),
  };
}
