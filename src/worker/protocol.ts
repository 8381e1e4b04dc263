import type { Attribution, MethodInfo, Options } from "../explain/attribution";
import type { Faithfulness } from "../explain/faithfulness";
import type { ConsistencyResult } from "../explain/paraphrases";
import type { Removal } from "../explain/removal";
import type { ScoreForm } from "../explain/scoring";
import type { Candidate, Target } from "../explain/target";
import type { SiteInfo } from "../explain/trace";
import type { UnitKind } from "../explain/unit";
import type { Seen } from "../image/seen";
import type { Tensor } from "../tensor/tensor";
import type { Encoding } from "../text/encoding";

import { pickedName } from "./loading/picked-name";

/** Where a model comes from. */
export type ModelSource =
  | { readonly kind: "shipped"; readonly id: string }
  | { readonly kind: "hub"; readonly id: string; readonly revision?: string; readonly file?: string }
  | { readonly kind: "files"; readonly files: readonly PickedFile[]; readonly file?: string }
  /** What ran elsewhere, at an address, in a file, or as it was posted. */
  | { readonly kind: "trace"; readonly name: string; readonly from: TraceOrigin };

export type TraceOrigin =
  | { readonly url: string }
  | { readonly file: Blob }
  | { readonly bytes: Uint8Array }
  | { readonly about: unknown; readonly tensors: ReadonlyMap<string, Tensor> };

/** What a source is called before anything is known of it. */
export function sourceName(source: ModelSource): string {
  if (source.kind === "files") return pickedName(source.files);
  return source.kind === "trace" ? source.name : source.id;
}

/** A dropped or picked file with its path inside the folder that was dropped. */
export interface PickedFile {
  readonly path: string;
  readonly file: File;
}

export type Device = "webgpu" | "wasm";

export type Task =
  | "text-classification"
  | "token-classification"
  | "fill-mask"
  | "text-generation"
  | "question-answering"
  | "features"
  | "image-classification";

/** What is known of a model once it is ready. */
export interface LoadedModel {
  readonly name: string;
  /** As in a link: a shipped id, a hub id, or null for files, which no link can carry. */
  readonly id: string | null;
  readonly file: string;
  /** "DistilBERT encoder" */
  readonly architecture: string;
  readonly family: "encoder" | "decoder" | "vision";
  readonly task: Task;
  /** "fp32", "fp16", "int8", "4-bit" */
  readonly precision: string;
  readonly layers: number;
  readonly heads: number;
  readonly sites: readonly SiteInfo[];
  readonly labels: readonly string[] | null;
  readonly maxTokens: number | null;
  readonly pairs: boolean;
  /** False where ids must be typed. */
  readonly tokenizer: boolean;
  /** Of models that read images: how those are made ready, in words; null where nothing says it. */
  readonly preparation?: string | null;
  /** Tokens of the vocabulary that can stand in for one that is taken away; null where there is none. */
  readonly substitutes: Readonly<Record<"pad" | "mask" | "unknown", string | null>>;
  /** True for what ran elsewhere: its attention is there, and nothing can be run. */
  readonly trace?: true;
  /** Bytes of all attention of a trace that is read by range, where that is too much to read unasked. */
  readonly far?: number;
  readonly device: Device;
  readonly threads: number;
  /** SHA-256 of the model file, hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** What a person should know: why it fell back to WASM, what could not be found. */
  readonly notes: readonly string[];
}

export interface Progress {
  readonly label: string;
  readonly done: number;
  /** Null while unknown. */
  readonly total: number | null;
  readonly unit: "bytes" | "passes";
  /** Per file while a model is on its way. */
  readonly parts?: readonly { readonly label: string; readonly done: number; readonly total: number | null }[];
}

export type Input =
  | { readonly kind: "text"; readonly text: string; readonly pair?: string }
  | { readonly kind: "ids"; readonly ids: readonly number[] }
  /** A file of any format that the browser reads, and what it is called. */
  | { readonly kind: "image"; readonly image: Blob; readonly name: string };

/** One forward pass; its attention stays in the worker and is read head by head. */
export interface RunResult {
  readonly trace: number;
  readonly encoding: Encoding;
  /** The output row that `target` reads, best first: every class, or the ten likeliest tokens. */
  readonly candidates: readonly Candidate[];
  readonly target: Target;
  readonly ms: number;
  readonly memory: number | null;
  /** Of models that read images; `encoding.patches` says where its tokens are. */
  readonly seen?: Seen;
  /** Where both stacks of an encoder-decoder are in `encoding`, tokens [from, to) each; without it there is one stack. */
  readonly stacks?: Readonly<Record<"encoder" | "decoder", readonly [number, number]>>;
}

/** Attention of some heads of one site as half floats: [heads, rows, columns], as drawn. */
export interface AttentionSlice {
  readonly site: number;
  readonly heads: readonly number[];
  readonly rows: number;
  readonly columns: number;
  /** IEEE half floats; transferred. */
  readonly data: Uint16Array;
}

/** What one token attends to, or what attends to it, in every head. Transferred. */
export interface HeadRows {
  readonly token: number;
  readonly side: "query" | "key";
  /** [heads of all sites, T], site after site. */
  readonly data: Float32Array;
}

/**
 * One head's way from queries and keys to its attention, as the graph computes it:
 * `logit = cap · tanh(scale · q·k / cap) + the rest`, and the softmax of a row's logits is its attention. Transferred.
 */
export interface ScoringSlice extends ScoreForm {
  readonly site: number;
  readonly head: number;
  readonly tokens: number;
  /** Dimensions of a query. */
  readonly width: number;
  /** [T, d], as the product reads them. */
  readonly queries: Float32Array;
  readonly keys: Float32Array;
  /** What the softmax reads, and the attention that the pass came to. [T, T] */
  readonly logits: Float32Array;
  readonly attention: Float32Array;
  /** A logit a row that stands for what the softmax reads besides keys; null where it reads nothing more. [T] */
  readonly extra: Float32Array | null;
}

/** How much a head behaves like each known character, 0 to 1, measured on this text (`induction` on repeated random tokens). */
export interface HeadScores {
  readonly site: number;
  readonly head: number;
  readonly previous: number;
  readonly next: number;
  readonly first: number;
  readonly separator: number;
  readonly same: number;
  readonly duplicate: number;
  /** Null where it can't be measured: it needs a causal model. */
  readonly induction: number | null;
  /** Mean row entropy in bits, and the entropy of rows that were spread evenly. */
  readonly entropy: number;
  readonly evenEntropy: number;
}

/** What is asked of methods: one pass and one target, and each method as it is set. */
export interface ExplainRequest {
  readonly trace: number;
  readonly target: Target;
  readonly unit: UnitKind;
  /** Run one after the other; a slot each. Options that are left out have their defaults. */
  readonly methods: readonly { readonly id: string; readonly options?: Options }[];
  /** Every draw of the sampled methods follows from it. */
  readonly seed: number;
}

/** What becomes of a method: it begins and converges, and then it has a result or it failed. */
export type ExplainEvent = {
  /** Index into the request's methods. */
  readonly slot: number;
} & (
  | {
      readonly kind: "progress";
      readonly done: number;
      /** Passes; 0 and 0 until the method has counted them. */
      readonly total: number;
      /** One value a unit as they stand, where the method knows them sooner than at its end. */
      readonly values?: readonly number[];
    }
  | { readonly kind: "result"; readonly result: Attribution }
  | { readonly kind: "failure"; readonly failure: Failure }
);

/** Methods whose faithfulness is measured, on the pass that they explained. */
export interface MeasureRequest extends Omit<ExplainRequest, "methods"> {
  readonly attributions: readonly Attribution[];
}

/** Methods that explain a pass by words, and texts that mean the same, with which its second text stays. */
export interface ConsistencyRequest extends Omit<ExplainRequest, "unit"> {
  readonly paraphrases: readonly string[];
  readonly pair?: string;
}

/** Units of a pass that are taken away, and what stands in their place. */
export interface WithoutRequest extends Pick<ExplainRequest, "trace" | "target" | "unit"> {
  readonly units: readonly number[];
  /** `auto` is the nearest to saying nothing that the vocabulary has. */
  readonly removal: Removal | "auto";
}

/** What the model says then. */
export interface Without {
  /** What stood in their place: a token of the vocabulary, or null for nothing. */
  readonly token: string | null;
  readonly candidates: readonly Candidate[];
  /** The target on its own scale, with the units and without. */
  readonly before: number;
  readonly after: number;
}

/** Every failure that a person can meet: what stopped, what still works, what to do. Crosses the worker boundary as data. */
export interface Failure {
  readonly code:
    | "not-found"
    | "network"
    | "truncated"
    | "not-onnx"
    | "missing-file"
    | "unsupported-operator"
    | "no-attention"
    | "encoder-decoder"
    | "out-of-memory"
    | "device-lost"
    | "tokenizer"
    | "bad-trace"
    | "too-long"
    | "bad-input"
    | "run"
    | "cancelled"
    | "internal";
  /** `kind thing: value` with the node or file. */
  readonly message: string;
  readonly node?: { readonly name: string; readonly opType: string };
  /** Other nodes that stop for the same reason. */
  readonly nodes?: readonly string[];
}

/** Thrown by every call of the explainer; carries its failure over the worker boundary. */
export class ExplainerError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
    this.name = "ExplainerError";
  }
}

/** What keys that are left out leave of a row must be this much before it is scaled up to a whole. */
export const LEAST_REST = 0.05;

/** The worker's API, as the page sees it through Comlink. */
export interface Explainer {
  load(source: ModelSource, device: Device | "auto", onProgress: (progress: Progress) => void): Promise<LoadedModel>;
  /** Quick and not queued: chips appear while the person types. Of an image, its patches. */
  encode(input: Input): Promise<Encoding>;
  /** Queued; a newer run supersedes the ones that wait, which reject with `cancelled`. */
  run(input: Input, target: Partial<Target> | null): Promise<RunResult>;
  /** Another target of the same pass; runs nothing. */
  retarget(trace: number, target: Partial<Target>): Promise<Pick<RunResult, "candidates" | "target">>;
  /**
   * `heads` empty reads all. `size` pools rows and columns by their maximum to at most that many. `leaveOut` names keys
   * whose weights become zero before that, with each row divided by what it has left; a row with less than
   * `LEAST_REST` left becomes zero.
   */
  attention(
    trace: number,
    site: number,
    heads: readonly number[],
    size?: number,
    leaveOut?: readonly number[],
  ): Promise<AttentionSlice>;
  /** One token's row of every head's attention, or its column where `side` is `key`. */
  rows(trace: number, token: number, side: "query" | "key"): Promise<HeadRows>;
  /** Queries, keys and logits of one head: another pass, for the first head of a site. */
  scoring(trace: number, site: number, head: number): Promise<ScoringSlice>;
  /** Gives way to a newer run, and then rejects with `cancelled`. */
  scores(trace: number): Promise<readonly HeadScores[]>;
  /** What can be asked to explain, and how it can be set. */
  methods(): Promise<readonly MethodInfo[]>;
  /**
   * Runs methods over a pass. A method that fails ends its own slot, and the next one runs; when the call resolves every
   * slot has had its result or failure. A newer call or run takes its place between two chunks of passes: it then rejects
   * with `cancelled`, and what was told before stands. Rejects with `bad-input` where the request as a whole can't be.
   */
  explain(request: ExplainRequest, onEvent: (event: ExplainEvent) => void): Promise<void>;
  /**
   * Takes the methods' first units away, or all others, and tells what becomes of the target. Gives way to explanations
   * and runs that come later, as they do to it.
   */
  measure(request: MeasureRequest, onProgress: (done: number, total: number) => void): Promise<Faithfulness>;
  /**
   * Explains paraphrases by the same methods, and tells whether they say the same; a step is a method on a text. Gives way
   * as `measure` does. Rejects with `bad-input` for a target that is a place in the text.
   */
  consistency(
    request: ConsistencyRequest,
    onProgress: (done: number, total: number) => void,
  ): Promise<ConsistencyResult>;
  /** One pass without some units. Rejects with `bad-input` where the vocabulary lacks what should stand there. */
  without(request: WithoutRequest): Promise<Without>;
  /** A pass as a trace file, which this page and the Python package open: attention, queries and keys as half floats. */
  save(trace: number): Promise<Uint8Array>;
  memory(): Promise<number | null>;
  /** Stops what is loaded, run or explained, or only the explanations. */
  cancel(only?: "explanations"): Promise<void>;
}
