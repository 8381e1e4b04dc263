import { targetRow } from "../../../autodiff/answer-rows";
import { cotangentOf, gradientMode, switchOf } from "../../../autodiff/explaining";
import type { MethodContext } from "../../../explain/attribution";
import { tokensAtOnce } from "../../../explain/chunks";
import { type ModelFiles, openEngine, sessionSource, understand } from "../../../explain/engine";
import { attribute } from "../../../explain/explain";
import { explainingModel, on, plainModel } from "../../../explain/explaining-model";
import { type Batch, feedsOf } from "../../../explain/feeds";
import { methodOf } from "../../../explain/methods";
import { inputRow, type PassRow, type Wanted } from "../../../explain/passes";
import { passesOf } from "../../../explain/passes-of";
import type { Session, SessionSource } from "../../../explain/session";
import { everyPlace, noTarget, targetFeeds } from "../../../explain/target-feeds";
import { unitsOf } from "../../../explain/unit";
import { usedInputs } from "../../../graph/prune";
import { withTaps } from "../../../graph/taps";
import { subgraphsOf } from "../../../graph/topology";
import { decodeModel } from "../../../onnx/decode";
import { encodeModel } from "../../../onnx/encode";
import type { Node } from "../../../onnx/model";
import type { Tensor } from "../../../tensor/tensor";
import type { Encoding } from "../../../text/encoding";
import type { Device } from "../../../worker/protocol";
import { chooseBackend } from "../../../worker/runtime/choose";
import { heapBytes } from "../../../worker/runtime/heap";

/** What one worker measures: one session, so that its heap is its own. */
export const jobs = { open, run, back, attention, edit, openRows, rows, method };

export type Jobs = typeof jobs;

/**
 * The file's own graph; with every value tapped, of which all attention is fetched; or with interventions and gradients too,
 * of which nothing is asked.
 */
export type Variant = "stock" | "tapped" | "explaining";

async function filesAt(url: string, path = "model.onnx"): Promise<ModelFiles> {
  const read = async (name: string): Promise<Response> => {
    const response = await fetch(url + name);
    if (!response.ok) throw new Error(`no file: ${name} (status ${response.status})`);
    return response;
  };
  const model = new Uint8Array(await (await read(path)).arrayBuffer());
  return { modelPath: path, model, external: new Map(), config: await (await read("config.json")).json() };
}

/** The unchanged graph with its weights where they were downloaded, as the explaining session has them. */
const stockSource = ({ model }: ModelFiles): SessionSource => ({
  graph: encodeModel(decodeModel(model), { externalize: { location: "model" } }),
  external: [{ path: "model", data: model }],
});

let session: Session;
let feeds: Readonly<Record<string, Tensor>>;
let fetches: readonly string[];
/** What an explaining session is fed and asked to go back. */
let backFeeds: Readonly<Record<string, Tensor>>;
let backFetches: readonly string[];

/** What sessions run on: WASM with two threads, for which the budgets are stated, or a device with as many as in the app. */
export type Place = "wasm-two" | Device;

/** The backend that is asked for, or none. */
async function backendOn(place: Place) {
  if (place === "wasm-two") Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 });
  const device = place === "webgpu" ? place : "wasm";
  const { backend, notes } = await chooseBackend(device);
  if (backend.device !== device) throw new Error(`no ${device}: ${notes.join(" ")}`);
  await backend.warm();
  return backend;
}

/** Creates a session and runs it once on `tokens` tokens. Returns the bytes of the heap then, and the ms of the making. */
async function open(
  url: string,
  variant: Variant,
  tokens: number,
  place: Place,
): Promise<{ heap: number; attention: number; ms: number; nodes: number; threads: number }> {
  const backend = await backendOn(place);
  const files = await filesAt(url);
  const { canonical, anatomy } = understand(files);
  const built =
    variant === "explaining" ? explainingModel(canonical, anatomy, [gradientMode]) : plainModel(canonical, anatomy);
  const source = variant === "stock" ? stockSource(files) : sessionSource(files, built.model);
  const started = performance.now();
  session = await backend.create({ ...source, lean: variant === "explaining" });
  const ms = performance.now() - started;
  const ids = Array.from({ length: tokens }, (_, i) => 1000 + 7 * i);
  const batch: Batch = { ids: [ids], mask: [ids.map(() => 1)], segments: [ids.map(() => 0)] };
  const used = variant === "stock" ? new Set(session.inputNames) : usedInputs(canonical.model.graph);
  const inputs = feedsOf(
    canonical.inputs.filter((i) => used.has(i.name)),
    batch,
  );
  const idle = { ...built.idle, ...targetFeeds(noTarget(1), session), ...everyPlace(1, tokens) };
  feeds = Object.fromEntries(
    Object.entries({ ...inputs, ...idle }).filter(([name]) => session.inputNames.includes(name)),
  );
  const probs = anatomy.sites.map((s) => s.probs.value);
  fetches = ["logits", ...(variant === "tapped" ? probs : [])];
  if (variant === "explaining") {
    const target = { classes: [[1]], weights: [[1]], positions: [tokens - 1], scale: "logit" } as const;
    backFeeds = { ...feeds, ...targetFeeds(target, session), [switchOf(gradientMode)]: on };
    const answer = session.outputNames.includes(targetRow) ? targetRow : "logits";
    const by = [anatomy.embedding.sources[0], ...probs].map((value) => cotangentOf(gradientMode, value));
    backFetches = [answer, ...probs, ...by];
  }
  await run();
  const nodes = variant === "stock" ? decodeModel(files.model).graph.nodes : built.model.graph.nodes;
  return { heap: heapBytes() ?? 0, attention: probs.length, ms, nodes: countOf(nodes), threads: backend.threads };
}

const countOf = (nodes: readonly Node[]): number =>
  nodes.reduce((sum, node) => sum + 1 + subgraphsOf(node).reduce((n, g) => n + countOf(g.nodes), 0), 0);

/** One forward pass. Returns its milliseconds. */
async function run(): Promise<number> {
  const started = performance.now();
  await session.run(feeds, fetches);
  return performance.now() - started;
}

/** One pass forward and back, with all attention and the derivatives by it and the embeddings. Returns its milliseconds. */
async function back(): Promise<{ ms: number; heap: number }> {
  const started = performance.now();
  await session.run(backFeeds, backFetches);
  return { ms: performance.now() - started, heap: heapBytes() ?? 0 };
}

let engine: Awaited<ReturnType<typeof openEngine>>;

/** Opens a model as methods use it. */
async function openRows(url: string, place: Place, path?: string): Promise<void> {
  const { create } = await backendOn(place);
  const opened = await openEngine(await filesAt(url, path), create);
  engine = { ...opened, tokensAtOnce: tokensAtOnce[place === "webgpu" ? "gpu" : "cpu"] };
}

/**
 * Milliseconds of so many rows run as methods run them: forward, or back to the embeddings from points on the way from a
 * base; and the bytes of the heap then.
 */
async function rows(tokens: number, count: number, isBack: boolean): Promise<{ ms: number; heap: number }> {
  const ids = Array.from({ length: tokens }, (_, i) => 1000 + 7 * i);
  const row = { ids, mask: ids.map(() => 1), segments: ids.map(() => 0), position: tokens - 1 };
  const passes = passesOf(engine);
  const base = isBack ? await passes.embeddings(ids.map(() => 1)) : undefined;
  const all: PassRow[] = Array.from({ length: count }, (_, k) =>
    isBack ? { ...row, base, alpha: (k + 1) / count } : { ...row, ids: ids.with(k % tokens, 1) },
  );
  const wanted: Wanted = { target: { position: null, index: 1 }, ...(isBack ? { by: [{ at: "embedding" }] } : {}) };
  const started = performance.now();
  await passes.run(all, wanted, () => {});
  return { ms: performance.now() - started, heap: heapBytes() ?? 0 };
}

/**
 * Milliseconds of a method on a text of so many tokens, with its default options, of the passes that it ran, and of so many
 * single forward passes over the same text, one by one. The session that it goes back on is made before.
 */
async function method(id: string, tokens: number, singles: number): Promise<MethodTime> {
  const ids = Array.from({ length: tokens }, (_, i) => 1000 + 7 * i);
  const flags = ids.map((_, i) => i === 0 || i === tokens - 1);
  const encoding: Encoding = {
    ...{ ids, tokens: ids.map(String), pieces: ids.map(String), offsets: ids.map(() => null) },
    ...{ mask: ids.map(() => 1), segments: ids.map(() => 0), special: flags, words: ids.map((_, i) => i) },
  };
  const trace = await engine.run(encoding);
  const position = engine.family === "decoder" ? tokens - 1 : null;
  const passes = passesOf(engine, undefined, () => performance.now());
  const context: MethodContext = {
    ...{ engine, trace, passes, seed: 0, onPartial: () => {} },
    target: { position, index: 1 },
    units: unitsOf(encoding, "token"),
    substitutes: { pad: 0, mask: 4, unknown: 1 },
  };
  const now = () => performance.now();
  const row = inputRow(trace, context.target);
  const alone: number[] = [];
  for (let i = 0; i < singles; i++) {
    const started = now();
    await passes.run([row], { target: context.target }, () => {});
    alone.push(now() - started);
  }
  const { cost } = await attribute(methodOf(id), context, {}, now);
  return { ...cost, alone };
}

interface MethodTime {
  readonly ms: number;
  readonly forward: number;
  readonly backward: number;
  readonly alone: readonly number[];
}

/** All attention of a pass, [heads, tokens, tokens] of each layer. */
async function attention(): Promise<Float32Array[]> {
  const [, ...probs] = fetches;
  const results = await session.run(feeds, probs);
  return probs.map((name) => results[name]!.data as Float32Array);
}

/** Milliseconds of reading a file and writing its graph with taps, the first time and again. */
async function edit(url: string, times: number): Promise<number[]> {
  const files = await filesAt(url);
  return Array.from({ length: times }, () => {
    const started = performance.now();
    const { canonical, anatomy } = understand(files);
    sessionSource(files, withTaps(canonical, anatomy));
    return performance.now() - started;
  });
}
