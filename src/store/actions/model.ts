import type { Device, LoadedModel, ModelSource, PickedFile } from "../../worker/protocol";
import type { CatalogExample } from "../catalog";
import { checkedOptions } from "../explanation";
import { tickets } from "../latest";
import type { State } from "../state";
import { type Context, fail, failureOf, notify } from "./context";
import type { textActions } from "./text";

/** The shipped model's examples, and those of every model, to tell a text that nobody typed. */
function examplesOf(state: State, source: ModelSource): { own: readonly CatalogExample[]; all: ReadonlySet<string> } {
  const models = state.catalog?.models ?? [];
  const own = source.kind === "shipped" ? (models.find(({ id }) => id === source.id)?.examples ?? []) : [];
  return { own, all: new Set(models.flatMap(({ examples }) => examples.map(({ text }) => text))) };
}

/** A text for a model that has just come: what was typed, else its own first example, else the one on screen. */
function firstText(state: State, source: ModelSource): Partial<State> {
  const { own, all } = examplesOf(state, source);
  const typed = state.text.trim() !== "" && !all.has(state.text);
  const first = own[0];
  if (typed || own.some(({ text }) => text === state.text)) return {};
  if (first) {
    const explored = state.examples.some(({ text, shown }) => text === first.text && shown === state.shown);
    return { text: first.text, pair: first.pair, look: state.look ?? (explored ? null : first.look) };
  }
  if (state.text.trim() !== "") return {};
  const example = state.examples[0];
  return example ? { text: example.text, pair: example.pair, look: state.look ?? example.look } : {};
}

/** Opens and leaves models. */
export function modelActions(context: Context, text: ReturnType<typeof textActions>) {
  const { get, set, explainer, attention } = context;
  const ticket = tickets();

  /** The new model takes the old one's place. What was shown is of a worker that has ended. */
  function opened(model: LoadedModel, source: ModelSource, methods: State["methods"]): void {
    const state = get();
    const readsImages = model.family === "vision";
    text.forgetRun();
    attention.clear();
    const { kept, notices } = checkedOptions(methods, state.methodOptions);
    notify(context, ...notices);
    set({
      model,
      source,
      methods,
      next: null,
      loading: null,
      methodOptions: kept,
      typed: null,
      target: null,
      stale: false,
      readsAll: false,
      ...((state.shown?.origin === "live" || readsImages) && { shown: null, open: null, pinned: null, hovered: null }),
      ...(model.tokenizer && !readsImages && firstText(state, source)),
    });
    if (readsImages && state.wantedImage && !state.image)
      notify(context, `The link is of ${state.wantedImage}. Links don't carry images: give it again.`);
    if (!model.pairs && state.pair) notify(context, "This model takes one text, so the second is left out.");
  }

  /** The page goes on with the model before, or with the example where there is none. */
  function failed(error: unknown): void {
    const { code } = failureOf(error);
    set({ loading: null });
    if (code === "cancelled") {
      set(({ model, next }) => ({ next: model ? null : next }));
      notify(context, "The model was not loaded: you stopped it.");
      return;
    }
    if (code === "out-of-memory") {
      attention.clear();
      set({ model: null, source: null, shown: null, typed: null, open: null, pinned: null, running: null });
      showExample(context, 0);
    }
    fail(context, error);
  }

  async function open(source: ModelSource, device: Device | "auto" = get().device): Promise<void> {
    const fresh = ticket();
    const loading = { label: "Opening the model", done: 0, total: null, unit: "bytes" } as const;
    set({ next: source, device, loading, failure: null, dialog: null });
    if (!get().shown) showExample(context, 0);
    try {
      const model = await explainer.load(source, device, (loading) => {
        if (fresh()) set({ loading });
      });
      const methods = await explainer.methods();
      if (!fresh()) return;
      opened(model, source, methods);
      await text.run();
    } catch (error) {
      if (fresh()) failed(error);
    }
  }

  return {
    open,
    openFiles(files: readonly PickedFile[], file?: string): Promise<void> {
      const [first] = files;
      if (files.length === 1 && first?.path.endsWith(".safetensors"))
        return open({ kind: "trace", name: first.path, from: { file: first.file } });
      return open({ kind: "files", files, ...(file !== undefined && { file }) });
    },
    /** Loads again what failed or was stopped, on another device if asked. */
    async retry(device?: Device | "auto"): Promise<void> {
      const { source, next, model } = get();
      const wanted = next ?? source;
      if (model && !next && device === undefined) await text.run();
      else if (wanted) await open(wanted, device);
    },
    /** Stops a download or a run. */
    async cancel(): Promise<void> {
      const { loading, running } = get();
      if (!loading && !running) return;
      if (running) text.forgetRun();
      await explainer.cancel();
    },
    showExample: (index: number): void => showExample(context, index),
    closeFailure: (): void => set({ failure: null, next: null }),
    notify: (notice: string): void => notify(context, notice),
    fail: (error: unknown): void => fail(context, error),
  };
}

/** Puts an example on screen that was computed beforehand. */
export function showExample(context: Context, index: number): void {
  const { examples } = context.get();
  const example = examples[index];
  if (!example) return;
  const { sites } = example.shown.model;
  const { look } = example;
  const layer = look?.layer ?? Math.floor((example.shown.model.layers * 2) / 3);
  const site = sites.find((each) => each.layer === layer) ?? sites[0];
  const count = site?.heads ?? 1;
  const heads = look?.heads?.filter((head) => head < count) ?? [];
  const shownHeads = heads.length > 0 ? heads : Array.from({ length: count }, (_, i) => i);
  context.set({
    shown: example.shown,
    stale: false,
    site: site?.index ?? 0,
    heads: shownHeads,
    head: shownHeads[0]!,
    pinned: look?.pin ?? null,
    hovered: null,
    open: null,
    pairFilter: "all",
  });
}
