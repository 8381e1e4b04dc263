import { sessionSource, understand } from "../../../explain/engine";
import { type Batch, feedsOf } from "../../../explain/feeds";
import type { Session, SessionSource } from "../../../explain/session";
import { usedInputs } from "../../../graph/prune";
import { withTaps } from "../../../graph/taps";
import { decodeModel } from "../../../onnx/decode";
import { encodeModel } from "../../../onnx/encode";
import type { Tensor } from "../../../tensor/tensor";
import { heapBytes } from "../../../worker/runtime/heap";
import { startWasm } from "../../../worker/runtime/wasm";

/** What one worker measures: one session, so that its heap is its own. */
export const jobs = { open, run, attention, edit };

export type Jobs = typeof jobs;

/** The file's own graph; or with every value tapped, of which all attention is fetched. */
export type Variant = "stock" | "explaining";

interface Files {
  readonly model: Uint8Array;
  readonly external: ReadonlyMap<string, Uint8Array>;
  readonly config: Record<string, unknown>;
}

async function filesAt(url: string): Promise<Files> {
  const read = async (name: string): Promise<Response> => {
    const response = await fetch(url + name);
    if (!response.ok) throw new Error(`no file: ${name} (status ${response.status})`);
    return response;
  };
  const model = new Uint8Array(await (await read("model.onnx")).arrayBuffer());
  return { model, external: new Map(), config: await (await read("config.json")).json() };
}

/** The unchanged graph with its weights where they were downloaded, as the explaining session has them. */
const stockSource = ({ model }: Files): SessionSource => ({
  graph: encodeModel(decodeModel(model), { externalize: { location: "model" } }),
  external: [{ path: "model", data: model }],
});

let session: Session;
let feeds: Readonly<Record<string, Tensor>>;
let fetches: readonly string[];

/** Creates a session and runs it once on `tokens` tokens. Returns the bytes of the heap then. */
async function open(url: string, variant: Variant, tokens: number): Promise<{ heap: number; attention: number }> {
  const backend = startWasm();
  const files = await filesAt(url);
  const { canonical, anatomy } = understand(files);
  const source = variant === "stock" ? stockSource(files) : sessionSource(files, withTaps(canonical, anatomy));
  session = await backend.create(source);
  const ids = Array.from({ length: tokens }, (_, i) => 1000 + 7 * i);
  const batch: Batch = { ids: [ids], mask: [ids.map(() => 1)], segments: [ids.map(() => 0)] };
  const used = variant === "stock" ? new Set(session.inputNames) : usedInputs(canonical.model.graph);
  feeds = feedsOf(
    canonical.inputs.filter((i) => used.has(i.name)),
    batch,
  );
  const probs = anatomy.sites.map((s) => s.probs.value);
  fetches = ["logits", ...(variant === "stock" ? [] : probs)];
  await run();
  return { heap: heapBytes() ?? 0, attention: probs.length };
}

/** One forward pass. Returns its milliseconds. */
async function run(): Promise<number> {
  const started = performance.now();
  await session.run(feeds, fetches);
  return performance.now() - started;
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
