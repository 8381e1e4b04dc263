import type { ModelSource } from "../../worker/protocol";
import { checkedOptions } from "../explanation";
import { withPatch } from "../slices";
import type { State } from "../state";
import { isAddressed, type Link, readLink } from "../url";
import { type Context, fail, notify } from "./context";
import { settle } from "./look";
import type { modelActions } from "./model";
import { resolveTarget } from "./target";
import type { textActions } from "./text";

/** The source that a link names; the shipped ones are known by the catalog. */
export function sourceOf(link: Link): ModelSource | null {
  if (link.trace !== undefined) {
    const name = link.trace.split(/[/?#]/).findLast((part) => part !== "") ?? link.trace;
    return { kind: "trace", name, from: { url: link.trace } };
  }
  if (link.model === undefined) return null;
  const file = link.file === undefined ? {} : { file: link.file };
  if (!link.model.includes("/")) return { kind: "shipped", id: link.model };
  return {
    kind: "hub",
    id: link.model,
    ...(link.revision !== undefined && { revision: link.revision }),
    ...file,
  };
}

const sameSource = (a: ModelSource | null, b: ModelSource): boolean =>
  a !== null && isAddressed(a) && isAddressed(b) && JSON.stringify(a) === JSON.stringify(b);

function patchOf(link: Link, state: State): Partial<State> {
  const view = link.view ?? state.view;
  return {
    view,
    ...(link.text !== undefined && { text: link.text, pair: link.pair ?? null }),
    ...(link.ids !== undefined && { ids: link.ids }),
    ...(link.image !== undefined && link.image !== state.image?.name && { wantedImage: link.image }),
    ...(link.look !== undefined && { look: link.look }),
    ...(link.device !== undefined && { device: link.device }),
    ...(link.theme !== undefined && { theme: link.theme }),
    ...(link.sinks !== undefined && { hideSinks: { ...state.hideSinks, [view]: link.sinks } }),
    ...(link.words !== undefined && { mergeWords: link.words }),
    ...(link.filter !== undefined && { pairFilter: link.filter }),
    ...(link.straight !== undefined && { curved: !link.straight }),
    ...(link.embed !== undefined && { embed: link.embed }),
    ...(link.own !== undefined && { own: withPatch(state.own, link.own) }),
    ...(link.unit !== undefined && { unit: link.unit }),
    ...(link.seed !== undefined && { seed: link.seed }),
    ...(link.options !== undefined && { methodOptions: { ...state.methodOptions, ...link.options } }),
    ...((link.target !== undefined || link.against !== undefined || link.as !== undefined) && {
      wanted: { target: link.target ?? null, against: link.against ?? null, as: link.as ?? null },
    }),
  };
}

/** Starts the page from a link, and follows links that are opened later. */
export function linkActions(
  context: Context,
  text: ReturnType<typeof textActions>,
  model: ReturnType<typeof modelActions>,
) {
  const { get, set, assets } = context;

  /** What the page opens when the link names nothing, or nothing that ships. */
  async function choose(link: Link): Promise<void> {
    const source = sourceOf(link);
    const models = get().catalog?.models ?? [];
    const first = models[0];
    if (source && (source.kind !== "shipped" || models.some(({ id }) => id === source.id))) return model.open(source);
    if (source?.kind === "shipped")
      notify(
        context,
        `No model that ships here is called ${source.id}.${first ? ` ${first.name} is opened instead.` : ""}`,
      );
    if (first) await model.open({ kind: "shipped", id: first.id });
  }

  return {
    /** Reads the link, then opens its model or the first that ships. Resolves when that runs or has failed. */
    async start(fragment: string): Promise<void> {
      const { link, notices } = readLink(fragment);
      set((state) => patchOf(link, state));
      notify(context, ...notices);
      const examples = assets.examples().then(
        (examples) => {
          context.attention.setExamples(examples);
          set({ examples });
          if (!get().model && !get().shown) model.showExample(0);
        },
        (error) => notify(context, `The example could not be read (${error.message}).`),
      );
      try {
        set({ catalog: await assets.catalog() });
      } catch (error) {
        const kind = sourceOf(link)?.kind;
        if (kind !== "hub" && kind !== "trace") fail(context, error);
      }
      await Promise.all([examples, choose(link)]);
    },
    /** Follows a link that was opened in this page. */
    async follow(fragment: string): Promise<void> {
      const { link, notices } = readLink(fragment);
      const before = get();
      set((state) => patchOf(link, state));
      notify(context, ...notices);
      const source = sourceOf(link);
      if (source && !sameSource(before.next ?? before.source, source)) return choose(link);
      if (get().text !== before.text || get().pair !== before.pair || get().ids !== before.ids) return text.run();
      const { shown, look } = get();
      if (shown?.origin !== "live") return;
      const { patch, notices: missing } = settle(get(), shown, look);
      const { kept, notices: wrong } = checkedOptions(get().methods, get().methodOptions);
      set({ ...patch, methodOptions: kept });
      notify(context, ...missing, ...wrong);
      await resolveTarget(context);
    },
  };
}
