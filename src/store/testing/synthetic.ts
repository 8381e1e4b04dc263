import type { Candidate, Target } from "../../explain/target";
import { toHalf } from "../../tensor/half";
import type { Encoding } from "../../text/encoding";
import type {
  AttentionSlice,
  Explainer,
  HeadScores,
  Input,
  LoadedModel,
  ModelSource,
  RunResult,
  ScoringSlice,
} from "../../worker/protocol";
import { noise } from "./noise";
import { syntheticConsistency, syntheticMeasure, syntheticWithout } from "./synthetic-answers";
import { syntheticExplain, syntheticMethods } from "./synthetic-methods";

/** Shape of a made-up model. */
export interface SyntheticModel {
  readonly name: string;
  readonly layers: number;
  readonly heads: number;
  readonly family: "encoder" | "decoder";
  readonly tokenizer?: boolean;
  readonly pairs?: boolean;
}

/** Words and punctuation; long words become two tokens, a pair has segments 0 and 1. */
export function syntheticEncoding(input: Input, family: "encoder" | "decoder"): Encoding {
  const rows: { id: number; token: string; at: [number, number] | null; segment: number; word: number | null }[] = [];
  let words = 0;
  const special = (token: string, segment: number) => rows.push({ id: 1, token, at: null, segment, word: null });
  const add = (text: string, segment: number) => {
    for (const { 0: word, index } of text.matchAll(/[\p{L}\p{N}']+|[^\s\p{L}\p{N}]/gu)) {
      const cut = word.length > 9 ? 5 : word.length;
      const spoken = family === "encoder" ? word.toLowerCase() : word;
      const first =
        family === "decoder" && index > 0 && /[\p{L}\p{N}]/u.test(word)
          ? ` ${word.slice(0, cut)}`
          : spoken.slice(0, cut);
      rows.push({ id: 2 + (word.length % 7), token: first, at: [index, index + cut], segment, word: words });
      if (cut < word.length) {
        const token = family === "encoder" ? `##${spoken.slice(cut)}` : spoken.slice(cut);
        rows.push({ id: 9, token, at: [index + cut, index + word.length], segment, word: words });
      }
      words++;
    }
  };
  if (input.kind === "image") throw new Error("no image: this model reads text");
  if (input.kind === "ids")
    for (const id of input.ids) rows.push({ id, token: `${id}`, at: null, segment: 0, word: rows.length });
  else if (family === "decoder") add(input.text, 0);
  else {
    special("[CLS]", 0);
    add(input.text, 0);
    special("[SEP]", 0);
    if (input.pair !== undefined) {
      add(input.pair, 1);
      special("[SEP]", 1);
    }
  }
  return {
    ids: rows.map(({ id }) => id),
    tokens: rows.map(({ token }) => token),
    pieces: rows.map(({ token }) => token),
    offsets: rows.map(({ at }) => at),
    mask: rows.map(() => 1),
    segments: rows.map(({ segment }) => segment),
    special: rows.map(({ word }) => word === null),
    words: rows.map(({ word }) => word),
  };
}

type Pattern = (i: number, j: number, tokens: readonly string[], seed: number) => number;

const sink: Pattern = (i, j, tokens) => (j === 0 ? 1.4 : j === tokens.length - 1 ? 1.1 : 0.02 + (i === j ? 0.1 : 0));
const patterns: readonly Pattern[] = [
  () => 0.4,
  (i, j) => (j === i - 1 ? 3 : j === 0 ? 1 : 0.02),
  sink,
  (i, j, tokens, seed) => noise(seed, i, j) ** 9 * 6 + sink(i, j, tokens, seed) * 0.4,
  (i, j) => (j === i + 1 ? 2.6 : j === 0 ? 1 : 0.02),
  (i, j, tokens, seed) => noise(seed, j) ** 6 * 1.4 + sink(i, j, tokens, seed) * 0.5,
  (i, j, tokens) => (tokens[j] === tokens[i] && j < i ? 3 : j === 0 ? 1.2 : 0.02),
  (i, j) => (i === j ? 2.8 : 0.05),
  (i, j, tokens) => (j > 0 && tokens[j - 1] === tokens[i] && j <= i ? 4 : j === 0 ? 1.2 : 0.02),
  (i, j) => Math.exp(-Math.abs(i - j) / 1.5),
];

/** Attention that looks like a trained model's: rows add up to 1, causal where the family is. [T, T] */
export function syntheticHead(
  tokens: readonly string[],
  family: "encoder" | "decoder",
  site: number,
  head: number,
): Float32Array {
  const T = tokens.length;
  const pattern = patterns[(site * 5 + head * 3 + (head >> 2)) % patterns.length]!;
  const seed = site * 97 + head;
  const to = new Float32Array(T * T);
  for (let i = 0; i < T; i++) {
    let sum = 0;
    for (let j = 0; j < T; j++) {
      if (family === "decoder" && j > i) continue;
      const value = pattern(i, j, tokens, seed) * (0.8 + 0.4 * noise(seed, i, j, 7));
      to[i * T + j] = value;
      sum += value;
    }
    for (let j = 0; j < T; j++) to[i * T + j]! /= sum;
  }
  return to;
}

const WIDTH = 32;

/**
 * Queries and keys that come to a head's attention: what their products lack is a bias by place. Scale 1 / √d; masked
 * keys get the lowest float.
 */
export function syntheticScoring(
  tokens: readonly string[],
  family: "encoder" | "decoder",
  site: number,
  head: number,
): ScoringSlice {
  const T = tokens.length;
  const attention = syntheticHead(tokens, family, site, head);
  const vectorsOf = (side: number): Float32Array =>
    Float32Array.from({ length: T * WIDTH }, (_, i) => {
      const [token, c] = [Math.floor(i / WIDTH), i % WIDTH];
      return (noise(site, head, side, c) - 0.5 + noise(site, head, side, token, c) - 0.5) * 2;
    });
  const logits = attention.map((weight) => (weight > 0 ? Math.log(weight) + 4 : -3.4028234663852886e38));
  return {
    ...{ site, head, tokens: T, width: WIDTH, queries: vectorsOf(0), keys: vectorsOf(1), logits, attention },
    ...{ extra: null, scale: 1 / Math.sqrt(WIDTH), cap: null, before: { q: 1, k: 1 } },
    parts: family === "decoder" ? ["bias", "mask"] : ["bias"],
  };
}

function scoresOf(
  A: Float32Array,
  { tokens, special }: Encoding,
  family: string,
  site: number,
  head: number,
): HeadScores {
  const T = tokens.length;
  const at = (i: number, j: number) => A[i * T + j] ?? 0;
  const mean = (of: (i: number) => number, from = 0): number => {
    let sum = 0;
    for (let i = from; i < T; i++) sum += of(i);
    return sum / Math.max(1, T - from);
  };
  const among = (i: number, keep: (j: number) => boolean): number => {
    let sum = 0;
    for (let j = 0; j < T; j++) if (keep(j)) sum += at(i, j);
    return sum;
  };
  return {
    site,
    head,
    previous: mean((i) => at(i, i - 1), 1),
    next: mean((i) => (i + 1 < T ? at(i, i + 1) : 0)),
    first: mean((i) => at(i, 0), 1),
    separator: mean((i) => among(i, (j) => special[j] === true && j > 0)),
    same: mean((i) => at(i, i)),
    duplicate: mean((i) => among(i, (j) => j < i && tokens[j] === tokens[i])),
    induction:
      family === "decoder" ? mean((i) => among(i, (j) => j > 0 && j <= i && tokens[j - 1] === tokens[i])) : null,
    entropy: mean((i) => {
      let bits = 0;
      for (let j = 0; j < T; j++) if (at(i, j) > 0) bits -= at(i, j) * Math.log2(at(i, j));
      return bits;
    }),
    evenEntropy: family === "decoder" ? mean((i) => Math.log2(i + 1)) : Math.log2(T),
  };
}

function pool(A: Float32Array, T: number, size: number): { data: Float32Array; side: number } {
  const block = Math.ceil(T / size);
  const side = Math.ceil(T / block);
  const data = new Float32Array(side * side);
  for (let i = 0; i < T; i++)
    for (let j = 0; j < T; j++) {
      const to = Math.floor(i / block) * side + Math.floor(j / block);
      data[to] = Math.max(data[to]!, A[i * T + j]!);
    }
  return { data, side };
}

function leave(A: Float32Array, T: number, out: readonly number[]): void {
  for (let i = 0; i < T; i++) {
    for (const j of out) A[i * T + j] = 0;
    let rest = 0;
    for (let j = 0; j < T; j++) rest += A[i * T + j]!;
    for (let j = 0; j < T; j++) A[i * T + j] = rest < 0.05 ? 0 : A[i * T + j]! / rest;
  }
}

/**
 * An explainer of made-up models, for unit tests and the drawing gallery only. `gate` is awaited before every answer,
 * so that a test can hold answers back.
 */
export function syntheticExplainer(
  modelOf: (source: ModelSource) => SyntheticModel,
  gate: (call: string) => Promise<void> = async () => {},
): Explainer {
  const traces = new Map<number, { encoding: Encoding; model: SyntheticModel }>();
  let model: SyntheticModel | null = null;
  let count = 0;
  const candidatesOf = (of: SyntheticModel): Candidate[] =>
    of.family === "encoder"
      ? [
          { index: 1, label: "POSITIVE", logit: 2, probability: 0.98 },
          { index: 0, label: "NEGATIVE", logit: -2, probability: 0.02 },
        ]
      : [
          { index: 11, label: " Mary", logit: 9, probability: 0.46 },
          { index: 12, label: " the", logit: 7.6, probability: 0.11 },
          { index: 13, label: " them", logit: 7.3, probability: 0.08 },
          { index: 14, label: " her", logit: 6.6, probability: 0.04 },
          { index: 15, label: " John", logit: 6.3, probability: 0.03 },
        ];
  const targetOf = (of: SyntheticModel, T: number, asked: Partial<Target> | null): Target => ({
    position: of.family === "encoder" ? null : (asked?.position ?? T - 1),
    index: asked?.index ?? candidatesOf(of)[0]!.index,
    ...(asked?.against !== undefined && { against: asked.against }),
    ...(asked?.as !== undefined && { as: asked.as }),
  });
  const traced = (trace: number) => {
    const found = traces.get(trace);
    if (!found) throw new Error(`no trace: ${trace}`);
    return found;
  };
  const loaded = (of: SyntheticModel, source: ModelSource, device: string): LoadedModel => ({
    name: of.name,
    id: "id" in source ? source.id : null,
    file: "onnx/model_fp16.onnx",
    architecture: of.family === "encoder" ? "BERT encoder" : "GPT-2 decoder",
    family: of.family,
    task: of.family === "encoder" ? "text-classification" : "text-generation",
    precision: "fp16",
    layers: of.layers,
    heads: of.heads,
    sites: Array.from({ length: of.layers }, (_, layer) => ({
      index: layer,
      layer,
      kind: of.family,
      heads: of.heads,
      kvHeads: of.heads,
    })),
    labels: of.family === "encoder" ? ["NEGATIVE", "POSITIVE"] : null,
    maxTokens: 512,
    pairs: of.pairs ?? false,
    tokenizer: of.tokenizer ?? true,
    substitutes: { pad: "[PAD]", mask: "[MASK]", unknown: null },
    device: device === "wasm" ? "wasm" : "webgpu",
    threads: 2,
    sha256: "0".repeat(64),
    bytes: 1e6,
    notes: [],
  });

  return {
    async load(source, device, onProgress) {
      const next = modelOf(source);
      onProgress({ label: "Downloading the model", done: 1e6, total: 2e6, unit: "bytes" });
      await gate("load");
      model = next;
      traces.clear();
      return loaded(next, source, device);
    },
    async encode(input) {
      if (!model) throw new Error("no model");
      const encoding = syntheticEncoding(input, model.family);
      await gate("encode");
      return encoding;
    },
    async run(input, target): Promise<RunResult> {
      if (!model) throw new Error("no model");
      const of = model;
      const encoding = syntheticEncoding(input, of.family);
      await gate("run");
      const trace = ++count;
      traces.set(trace, { encoding, model: of });
      return {
        trace,
        encoding,
        candidates: candidatesOf(of),
        target: targetOf(of, encoding.ids.length, target),
        ms: 38,
        memory: 412e6,
      };
    },
    async retarget(trace, target) {
      const { model: of, encoding } = traced(trace);
      await gate("retarget");
      return { candidates: candidatesOf(of), target: targetOf(of, encoding.ids.length, target) };
    },
    async attention(trace, site, heads, size, leaveOut): Promise<AttentionSlice> {
      const { model: of, encoding } = traced(trace);
      await gate("attention");
      const T = encoding.ids.length;
      const wanted = heads.length > 0 ? heads : Array.from({ length: of.heads }, (_, i) => i);
      const read = wanted.map((head) => {
        const A = syntheticHead(encoding.tokens, of.family, site, head);
        if (leaveOut) leave(A, T, leaveOut);
        return size !== undefined && size < T ? pool(A, T, size) : { data: A, side: T };
      });
      const side = read[0]?.side ?? 0;
      const data = new Uint16Array(read.length * side * side);
      for (const [i, { data: A }] of read.entries()) data.set(toHalf(A), i * side * side);
      return { site, heads: wanted, rows: side, columns: side, data };
    },
    async rows(trace, token, side) {
      const { model: of, encoding } = traced(trace);
      await gate("rows");
      const T = encoding.ids.length;
      const heads = Array.from({ length: of.layers * of.heads }, (_, i) =>
        syntheticHead(encoding.tokens, of.family, Math.floor(i / of.heads), i % of.heads),
      );
      const at = (A: Float32Array, j: number) => A[side === "query" ? token * T + j : j * T + token]!;
      const data = Float32Array.from({ length: heads.length * T }, (_, i) => at(heads[Math.floor(i / T)]!, i % T));
      return { token, side, data };
    },
    async scoring(trace, site, head): Promise<ScoringSlice> {
      const { model: of, encoding } = traced(trace);
      await gate("scoring");
      return syntheticScoring(encoding.tokens, of.family, site, head);
    },
    async scores(trace) {
      const { model: of, encoding } = traced(trace);
      await gate("scores");
      return Array.from({ length: of.layers * of.heads }, (_, i) => {
        const site = Math.floor(i / of.heads);
        const head = i % of.heads;
        return scoresOf(syntheticHead(encoding.tokens, of.family, site, head), encoding, of.family, site, head);
      });
    },
    methods: async () => syntheticMethods(),
    explain: (request, onEvent) => syntheticExplain(traced(request.trace).encoding, request, gate, onEvent),
    async measure(request, onProgress) {
      const { encoding } = traced(request.trace);
      await gate("measure");
      return syntheticMeasure(encoding, request, onProgress);
    },
    async consistency(request, onProgress) {
      const { encoding, model: of } = traced(request.trace);
      await gate("consistency");
      const { pair } = request;
      const encode = (text: string) =>
        syntheticEncoding({ kind: "text", text, ...(pair !== undefined && { pair }) }, of.family);
      return syntheticConsistency(encoding, request, encode, candidatesOf(of), onProgress);
    },
    async without(request) {
      const { encoding, model: of } = traced(request.trace);
      await gate("without");
      return syntheticWithout(encoding, request, candidatesOf(of));
    },
    save: async () => new Uint8Array(8),
    memory: async () => 412e6,
    cancel: async () => {},
  };
}
