import { resultOf } from "../explain/result";
import { sourceOf } from "../store/actions/link";
import { outputOf } from "../store/actions/target";
import { resultsOf } from "../store/explanation";
import type { State } from "../store/state";
import type { Workspace } from "../store/store";
import { readLink } from "../store/url";
import { viewOf, views } from "../views";
import { fileName, fileOf } from "../views/file";
import type { Palette } from "../views/shared/palette";
import { type Explainer, ExplainerError, type ModelSource } from "../worker/protocol";
import type { Attention, Explain, Export, Loaded, Progress, Request, Result, Show } from "./messages";
import { sourceOfTrace } from "./posted-trace";

/** What requests act on. */
export interface Handling {
  readonly workspace: Workspace;
  readonly explainer: Explainer;
  /** How figures are drawn now. */
  look(): { readonly palette: Palette; readonly width: number };
}

type Body<T> = T extends unknown ? Omit<T, "app" | "version" | "id" | "of"> : never;
/** A reply without what every reply has. */
export type Answer = Body<Loaded | Result>;
export type Told = Pick<Progress, "done" | "total" | "label">;

const refuse = (code: "bad-input" | "cancelled", message: string): ExplainerError =>
  new ExplainerError({ code, message });

/**
 * Does what a request asks for, in the page that the visitor sees.
 *
 * @throws ExplainerError with the failure's code
 */
export async function handle(
  request: Exclude<Request, { type: "cancel" }>,
  on: Handling,
  tell: (progress: Told) => void,
  signal: AbortSignal,
): Promise<Answer> {
  switch (request.type) {
    case "load":
      return open(named(request.model), on, tell, signal);
    case "trace":
      return open(sourceOfTrace(request), on, tell, signal);
    case "explain":
      return explain(request, on, tell, signal);
    case "attention":
      return attention(request, on);
    case "show":
      return show(request, on);
    case "export":
      return exported(request, on);
  }
}

function named(model: string): ModelSource {
  const source = sourceOf(readLink(`model=${encodeURIComponent(model)}`).link);
  if (!source) throw refuse("bad-input", `no model's name: ${model}`);
  return source;
}

/** Calls back with each state until the signal ends it or the work is done. */
async function during<T>(
  { store }: Workspace,
  each: (state: State) => void,
  signal: AbortSignal,
  stop: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  const end = store.subscribe(each);
  const aborted = () => void stop();
  signal.addEventListener("abort", aborted);
  try {
    const result = await work();
    if (signal.aborted) throw refuse("cancelled", "cancelled");
    return result;
  } finally {
    signal.removeEventListener("abort", aborted);
    end();
  }
}

/** The page keeps its failures for the visitor; here they are thrown too. */
function throwFailure({ failure }: State): void {
  if (failure) throw new ExplainerError(failure);
}

async function open(
  source: ModelSource,
  { workspace }: Handling,
  tell: (progress: Told) => void,
  signal: AbortSignal,
): Promise<Answer> {
  const { store, actions } = workspace;
  const report = ({ loading }: State) => loading && tell(loading);
  await during(workspace, report, signal, actions.cancel, () => actions.open(source));
  throwFailure(store.getState());
  const { model } = store.getState();
  if (!model) throw refuse("cancelled", "cancelled: another model took its place");
  const { name, layers, heads, device, trace } = model;
  return { type: "loaded", model: name, layers, heads, device: trace ? null : device };
}

async function explain(
  { text, pair, ids, image, imageName, target, methods, unit, seed, metrics = false }: Explain,
  { workspace, explainer }: Handling,
  tell: (progress: Told) => void,
  signal: AbortSignal,
): Promise<Answer> {
  const { store, actions } = workspace;
  const { model } = store.getState();
  if (!model || model.trace) throw refuse("bad-input", "no model: load one first");
  if ((model.family === "vision") !== (image !== undefined))
    throw refuse("bad-input", image ? "no image: this model reads text" : "no text: this model reads images");
  const unknown = methods.find(({ id }) => !store.getState().methods.some((m) => m.id === id));
  if (unknown) throw refuse("bad-input", `unknown method: ${unknown.id}`);
  const report = ({ explanations, measuring }: State) => {
    if (metrics && measuring?.status === "running")
      tell({ done: measuring.done, total: measuring.total || null, label: "metrics" });
    const running = Object.values(explanations).find(({ status }) => status === "running");
    if (running?.status === "running")
      tell({ done: running.done, total: running.total || null, label: running.method });
  };
  return during(workspace, report, signal, actions.cancel, async () => {
    if (image) actions.keepImage({ file: image, name: imageName ?? "image" });
    else if (ids) actions.setIds(ids.join(" "));
    else {
      actions.setPair(pair ?? null);
      actions.setText(text ?? "");
    }
    await actions.run();
    throwFailure(store.getState());
    await chooseTarget(target, workspace, explainer);
    if (unit) actions.setUnit(unit);
    if (seed !== undefined) actions.setSeed(seed);
    for (const { id, options } of methods)
      for (const [option, value] of Object.entries(options ?? {})) await actions.setMethodOption(id, option, value);
    // The one asked for last runs first.
    const wanted = methods.map(({ id }) => id).reverse();
    await actions.explain(wanted);
    await settled(workspace, wanted, signal);
    if (metrics && !signal.aborted) await actions.measure(wanted);
    return result(store.getState(), wanted, metrics);
  });
}

async function chooseTarget(
  target: Explain["target"],
  { store, actions }: Workspace,
  explainer: Handling["explainer"],
): Promise<void> {
  const { model, shown } = store.getState();
  if (!target || !model || !shown) return;
  const numberOf = async (output: string | number): Promise<number> => {
    const found =
      typeof output === "number" ? { index: output } : await outputOf({ explainer }, output, model, shown.result);
    if (!found) throw refuse("bad-input", `no such output: ${output}`);
    return found.index;
  };
  if (target.output !== undefined) await actions.setTarget(await numberOf(target.output));
  if (target.against !== undefined) await actions.setAgainst(await numberOf(target.against));
  if (target.as !== undefined) await actions.setScale(target.as);
  throwFailure(store.getState());
}

/** Resolves when none of the methods waits or runs. */
function settled({ store }: Workspace, methods: readonly string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const check = (state: State): boolean => {
      const busy = methods.some((id) => ["waiting", "running"].includes(state.explanations[id]?.status ?? ""));
      if (busy && !signal.aborted) return false;
      resolve();
      return true;
    };
    if (check(store.getState())) return;
    const end = store.subscribe((state) => {
      if (check(state)) end();
    });
  });
}

/** What the methods found, method by method; those that failed with their failure. */
function result(state: State, wanted: readonly string[], metrics: boolean): Answer {
  const { shown, explanations, seed } = state;
  const { encoding, target, candidates, ms } = shown!.result;
  const done = resultsOf(state).filter(({ method }) => wanted.includes(method));
  const failures = wanted.flatMap((id) => {
    const explanation = explanations[id];
    return explanation?.status === "failed" ? [{ id, ...explanation.failure }] : [];
  });
  const { measuring } = state;
  if (metrics && measuring?.status === "failed") throw new ExplainerError(measuring.failure);
  const faithfulness = metrics && measuring?.status === "done" ? measuring.result : null;
  return {
    type: "result",
    ...resultOf({
      encoding,
      target,
      candidates,
      ms,
      seed,
      attributions: done,
      failures,
      ...(faithfulness && { faithfulness }),
    }),
  };
}

async function attention({ layer, head, kind }: Attention, { workspace, explainer }: Handling): Promise<Answer> {
  const { shown } = workspace.store.getState();
  if (shown?.origin !== "live") throw refuse("bad-input", "no attention: nothing has run");
  const site = shown.model.sites.find((each) => each.layer === layer && (kind ?? each.kind) === each.kind);
  if (!site) throw refuse("bad-input", `no layer: ${layer}${kind ? ` of ${kind} attention` : ""}`);
  const wanted = head === undefined ? [] : [head];
  const { heads, rows, columns, data } = await explainer.attention(shown.result.trace, site.index, wanted);
  return {
    type: "result",
    attention: { layer, kind: site.kind, heads, dims: [heads.length, rows, columns], data },
  };
}

function show({ view, layer, heads, pinned, theme }: Show, { workspace }: Handling): Answer {
  const { store, actions } = workspace;
  if (view !== undefined) {
    const there = views.find(({ id }) => id === view);
    if (!there) throw refuse("bad-input", `no view: ${view}`);
    actions.setView(there.id);
  }
  const { shown } = store.getState();
  if (layer !== undefined) {
    const site = shown?.model.sites.find((each) => each.layer === layer);
    if (!site) throw refuse("bad-input", `no layer: ${layer}`);
    actions.setSite(site.index);
  }
  if (heads !== undefined) actions.setHeads(heads);
  if (pinned !== undefined) {
    const tokens = shown?.result.encoding.ids.length ?? 0;
    if (pinned !== null && pinned >= tokens) throw refuse("bad-input", `no token: ${pinned} of ${tokens}`);
    store.setState({ pinned: pinned === null ? null : { side: "query", index: pinned } });
  }
  if (theme !== undefined) actions.setTheme(theme);
  return { type: "result" };
}

async function exported({ format }: Export, { workspace, look }: Handling): Promise<Answer> {
  const { view, shown } = workspace.store.getState();
  const { palette, width } = look();
  const blob = await fileOf(viewOf(view), workspace, palette, width, format);
  if (!blob) throw refuse("bad-input", "nothing to export yet");
  return { type: "result", file: { format, name: fileName(shown?.model.name, view, format), blob } };
}
