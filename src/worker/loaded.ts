import type { Vocabulary } from "../explain/candidates";
import { tokensAtOnce } from "../explain/chunks";
import { type Engine, openEngine, type Understood, understand } from "../explain/engine";
import { substitutesOf } from "../explain/substitutes";
import { configFor } from "../explain/vision";
import {
  BadPreparation,
  type Preparation,
  preparationFile,
  preparationWords,
  readPreparation,
} from "../image/preparation";
import { float32, type Tensor } from "../tensor/tensor";
import { encodeIds } from "../text/ids";
import { loadTokenizer } from "../text/load";
import type { Tokenizer } from "../text/tokenizer";
import { fail, messageOf } from "./failure";
import type { Folder } from "./loading/folder";
import { type OpenedModel, openModel } from "./loading/open";
import type { Device, ExplainerError, LoadedModel, ModelSource, Progress } from "./protocol";
import { checked, type Verdict } from "./runtime/checked";
import type { Choice } from "./runtime/choose";
import { isGpu, onWasm, started } from "./runtime/warm";

/** A model that is ready: what is known of it, and what runs it. */
export interface Loaded {
  readonly info: LoadedModel;
  readonly engine: Engine;
  readonly tokenizer: Tokenizer | null;
  readonly vocabulary: Vocabulary;
  /** How many ids there are, where that is known. */
  readonly vocabSize: number | null;
  /** How images are made ready; the failure of a run where the model's files don't say it, null for models that read text. */
  readonly preparation: Preparation | ExplainerError | null;
}

/** How far a GPU may be off: float32 sums in another order, and rounding to 8 bits that tips over. */
const limits = { fp32: 1e-3, other: 2e-2 };

/** A tokenizer, or a sentence on why there is none. A model without one can still be given ids. */
function tokenizerOf({ tokenizer }: OpenedModel): { tokenizer: Tokenizer | null; notes: readonly string[] } {
  try {
    return { tokenizer: loadTokenizer(tokenizer), notes: [] };
  } catch (error) {
    return { tokenizer: null, notes: [`Type ids instead of text: ${messageOf(error)}`] };
  }
}

/** How a model's images are made ready, or what keeps it from being known; null for models that read text. */
function preparationOf({ preprocessor, readsImages }: OpenedModel): Loaded["preparation"] {
  if (!readsImages) return null;
  if (!preprocessor)
    return fail("missing-file", `missing file: ${preparationFile} (it says how images are made ready for this model)`);
  try {
    return readPreparation(preprocessor);
  } catch (error) {
    if (error instanceof BadPreparation) return fail("missing-file", error.message);
    throw error;
  }
}

/** SHA-256 in hexadecimal; empty on a page that isn't secure, where browsers don't offer it. */
async function sha256(bytes: Uint8Array): Promise<string> {
  if (!globalThis.crypto?.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An image that isn't even, to compare two devices on. [1, 3, h, w] */
function pattern([height, width]: readonly [number, number]): Tensor {
  const values = Float32Array.from({ length: 3 * height * width }, (_, i) => Math.sin(i * 0.37) + Math.cos(i * 0.011));
  return float32([1, 3, height, width], values);
}

const answersOf = ({ canonical }: Engine): string[] => canonical.answers.map(({ name }) => name);

const atOnceOn = (device: Device): number => tokensAtOnce[device === "webgpu" ? "gpu" : "cpu"];

interface Opened {
  readonly engine: Engine;
  readonly choice: Choice;
  readonly verdict: Verdict;
}

/** Opens the graph on the backend that was chosen; a GPU is kept only if it agrees with the CPU on a few tokens. */
async function openOn(choice: Choice, files: OpenedModel, understood: Understood): Promise<Opened> {
  const { backend } = choice;
  if (!isGpu(backend))
    return {
      engine: await openEngine(files, backend.create, { understood }),
      choice,
      verdict: { device: "wasm", note: null },
    };
  const check = checked(backend);
  try {
    const engine = await openEngine(files, check.create, { understood }); // which looks at every attention site once
    if (engine.vision) await engine.runBatch({ pixels: pattern(engine.vision.size) }, answersOf(engine));
    else await engine.run(encodeIds("10 11 12 13"));
    const verdict = await check.settle(engine.precision === "fp32" ? limits.fp32 : limits.other);
    return { engine: { ...engine, tokensAtOnce: atOnceOn(verdict.device) }, choice, verdict };
  } catch (error) {
    const broken = check.broken();
    if (broken === null) throw error;
    // What broke on the GPU may have left the whole runtime broken; another is started.
    return openOn(await onWasm(`WebGPU can't run this model, so it runs on WASM: ${broken}`), files, understood);
  }
}

const least = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b));

/** Fetches a model's files and makes it ready, on the device that is wanted where that is possible. */
export async function loadModel(
  folder: Folder,
  source: ModelSource,
  device: Device | "auto",
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Loaded> {
  const starting = started(device); // while the files are on their way
  starting.catch(() => undefined); // told below, if the files come
  const file = source.kind === "shipped" || source.kind === "trace" ? undefined : source.file;
  const files = await openModel(folder, file, onProgress);
  const hash = sha256(files.model);
  const { tokenizer, notes } = tokenizerOf(files);
  const { readsImages } = files;
  const preparation = preparationOf(files);
  const known = preparation instanceof Error ? null : preparation;
  const understood = understand({ ...files, config: configFor(files.config, known) }); // which may be done before the runtime is there
  const ready = await starting;
  signal.throwIfAborted();
  onProgress({ label: `Preparing ${folder.name}`, done: 0, total: null, unit: "passes" });
  const { engine, choice, verdict } = await openOn(ready, files, understood);
  if (signal.aborted) {
    await engine.release();
    throw fail("cancelled", "cancelled");
  }
  const { sites, layers, heads, family, architecture, precision, task, labels, pairs } = engine;
  const stated = files.config?.vocab_size;
  const substitutes = substitutesOf(tokenizer);
  const standIn = (of: "pad" | "mask" | "unknown"): string | null => {
    const id = substitutes[of];
    return id === null || !tokenizer ? null : tokenizer.token(id);
  };
  return {
    engine,
    tokenizer,
    preparation,
    vocabSize: typeof stated === "number" ? stated : (tokenizer?.vocabSize ?? null),
    vocabulary: { token: (id) => tokenizer?.token(id) ?? String(id), mask: tokenizer?.special.mask ?? null },
    info: {
      name: folder.title ?? folder.name,
      id: source.kind === "files" || source.kind === "trace" ? null : folder.name,
      file: files.modelPath,
      ...{ architecture, family, task, precision, layers, heads, sites, labels, pairs },
      maxTokens: least(engine.maxTokens, tokenizer?.maxLength ?? null),
      tokenizer: tokenizer !== null,
      ...(family === "vision" && { preparation: known && preparationWords(known) }),
      substitutes: { pad: standIn("pad"), mask: standIn("mask"), unknown: standIn("unknown") },
      device: verdict.device,
      threads: choice.backend.threads,
      sha256: await hash,
      bytes: files.bytes,
      notes: [
        ...(verdict.note ? [verdict.note] : []),
        ...choice.notes,
        ...engine.notes,
        ...(readsImages ? [] : notes),
        ...(preparation instanceof Error ? [`No image can be run: ${preparation.message}.`] : []),
        ...files.notes,
      ],
    },
  };
}
