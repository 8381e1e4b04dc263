import type { PatchGrid } from "../../text/encoding";
import { ExplainerError, type Input, type LoadedModel, type RunResult } from "../../worker/protocol";
import type { CatalogExample } from "../catalog";
import { drawn } from "../drawn";
import { debounce, tickets } from "../latest";
import type { GivenImage, Shown, State, TokenRef } from "../state";
import { type Context, fail, notify } from "./context";
import { settle } from "./look";
import { resolveTarget, withContrast } from "./target";

const ENCODE_AFTER = 40;
const RUN_AFTER = 250;

/** What would run now; null where there is nothing to run. Throws `bad-input` for an id that is no number. */
export function inputOf({ model, text, pair, ids, image }: State): Input | null {
  if (!model) return null;
  if (model.trace) return { kind: "ids", ids: [] }; // its one text
  if (model.family === "vision") return image && { kind: "image", image: image.file, name: image.name };
  if (!model.tokenizer) {
    const numbers = (ids ?? "").split(/[\s,]+/).filter((part) => part !== "");
    const wrong = numbers.find((part) => !/^\d+$/.test(part));
    if (wrong !== undefined)
      throw new ExplainerError({ code: "bad-input", message: `bad token id: ${wrong}; ids are whole numbers from 0` });
    return numbers.length > 0 ? { kind: "ids", ids: numbers.map(Number) } : null;
  }
  if (text.trim() === "") return null;
  return { kind: "text", text, ...(model.pairs && pair !== null && pair.trim() !== "" && { pair }) };
}

/** A failure is over, and with it the model that it kept from opening; one that is on its way still comes. */
const over = ({ loading }: State): Partial<State> => ({ failure: null, ...(loading === null && { next: null }) });

const modelOf = ({ name, layers, heads, sites, family, labels, task, far }: LoadedModel): Shown["model"] => ({
  name,
  layers,
  heads,
  sites,
  family,
  labels,
  task,
  ...(far && { far }),
});

const samePlaces = (a: PatchGrid | undefined, b: PatchGrid): boolean =>
  a?.rows === b.rows && a.columns === b.columns && a.first === b.first;

/** The pin follows its token when text before it changes, and goes when the token does. */
function keepPin(pinned: TokenRef | null, before: Shown | null, result: RunResult): TokenRef | null {
  if (!pinned || !before) return null;
  const { patches } = result.encoding;
  if (patches) return samePlaces(before.result.encoding.patches, patches) ? pinned : null; // a place of the image
  const token = before.result.encoding.tokens[pinned.index];
  const { tokens } = result.encoding;
  const places = tokens.flatMap((each, i) => (each === token ? [i] : []));
  if (places.length === 0) return null;
  const nearest = places.reduce((a, b) => (Math.abs(b - pinned.index) < Math.abs(a - pinned.index) ? b : a));
  return { side: pinned.side, index: nearest };
}

/** What stands in the text field, or the image that was given, and the passes over it. The newest wins. */
export function textActions(context: Context) {
  const { get, set, explainer } = context;
  const encodeTicket = tickets();
  const runTicket = tickets();

  async function encode(): Promise<void> {
    const fresh = encodeTicket();
    try {
      const input = inputOf(get());
      if (!input) {
        set({ typed: null });
        return;
      }
      const typed = await explainer.encode(input);
      if (fresh()) set({ typed });
    } catch (error) {
      if (fresh()) fail(context, error);
    }
  }

  /** What a result brings, and where to look in it. */
  function landing(result: RunResult, model: LoadedModel) {
    const before = get();
    const { shown: last } = before;
    const kept = last?.origin === "live" || last?.model.name === model.name ? last : null;
    const shown: Shown = {
      origin: "live",
      model: modelOf(model),
      result: withContrast(result, before.target, model),
      scores: null,
    };
    const state: State = {
      ...before,
      shown: kept,
      pinned: keepPin(before.pinned, kept, result),
    };
    return { shown, before, ...settle(state, shown, before.look) };
  }

  /** The attention that Heads will draw, so that it is drawn at once. What fails is told by the view that asks again. */
  async function attentionOf(result: RunResult, model: LoadedModel): Promise<void> {
    if (get().view !== "heads") return;
    const { site = 0, heads = [] } = landing(result, model).patch;
    const { trace, encoding } = result;
    await context.attention.fetch({ trace, site, heads, tokens: encoding.ids.length }).catch(() => undefined);
  }

  function land(result: RunResult, model: LoadedModel): void {
    const { shown, before, patch, notices } = landing(result, model);
    set({
      ...patch,
      shown,
      typed: result.encoding,
      stale: false,
      running: null,
      memory: result.memory,
      ...over(before),
    });
    notify(context, ...notices);
  }

  async function measure(trace: number): Promise<void> {
    const scores = await explainer.scores(trace);
    set(({ shown }) => (shown?.result.trace === trace ? { shown: { ...shown, scores } } : {}));
  }

  async function run(): Promise<void> {
    runLater.cancel();
    const fresh = runTicket();
    const { model } = get();
    try {
      const input = inputOf(get());
      if (!model || !input) {
        set({ running: null, ...(model && over(get())) });
        return;
      }
      set({ running: { label: "Forward pass", done: 0, total: 1, unit: "passes" }, ...over(get()) });
      const result = await explainer.run(input, get().target);
      if (!fresh()) return;
      await attentionOf(result, model);
      if (!fresh()) return;
      land(result, model);
      await resolveTarget(context);
      if (model.far) return;
      await drawn(); // what is measured next takes all cores
      if (fresh()) await measure(result.trace);
    } catch (error) {
      if (!fresh()) return;
      set({ running: null });
      fail(context, error);
    }
  }

  const encodeLater = debounce(() => void encode(), ENCODE_AFTER);
  const runLater = debounce(() => void run(), RUN_AFTER);

  /** A next token is of the text that it follows; a class is of any text or image. */
  const keptTarget = (): State["target"] =>
    /^(text|image)-classification$/.test(get().model?.task ?? "") ? get().target : null;

  function change(patch: Partial<State>): void {
    set({ ...patch, target: keptTarget(), stale: get().shown?.origin === "live" });
    encodeLater();
    runLater();
  }

  const keepImage = (image: GivenImage): void =>
    set({ image, wantedImage: null, target: keptTarget(), stale: get().shown?.origin === "live" });

  return {
    setText: (text: string): void => change({ text }),
    setPair: (pair: string | null): void => change({ pair }),
    setIds: (ids: string): void => change({ ids }),
    /** An image that `run` takes. */
    keepImage,
    /** An image for a model that reads images: now, or once one is open. */
    setImage(image: GivenImage): void {
      const { model, next } = get();
      keepImage(image);
      if (model?.family === "vision") void run();
      else if (!next) notify(context, `${image.name} is kept for a model that reads images; this one reads text.`);
    },
    /** Runs what stands in the field without waiting. */
    run,
    /** Runs what waits, if anything does. */
    runWaiting: (): void => runLater.flush(),
    tryExample({ text, pair, look }: Pick<CatalogExample, "text" | "pair" | "look">): void {
      set({ text, pair, look: look ?? {}, target: null, stale: get().shown?.origin === "live" });
      void run();
    },
    /** Forgets a run whose result would no longer be wanted. */
    forgetRun(): void {
      runTicket();
      encodeTicket();
      encodeLater.cancel();
      runLater.cancel();
      set({ running: null });
    },
  };
}
