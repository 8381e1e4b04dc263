import type { AttentionSlice, Explainer } from "../worker/protocol";
import type { Example } from "./example";

/** The attention of one head as it was read: [rows, columns] half floats. */
export interface HeadWeights {
  readonly rows: number;
  readonly columns: number;
  readonly data: Uint16Array;
}

export interface AttentionRequest {
  readonly trace: number;
  readonly site: number;
  readonly heads: readonly number[];
  /** Tokens of the pass. */
  readonly tokens: number;
  /** Pool to at most so many rows and columns. */
  readonly size?: number;
  /** Keys to leave out before pooling, rows rescaled to the rest. */
  readonly leaveOut?: readonly number[];
}

const LIMIT = 128 * 2 ** 20;

/** Pooling changes nothing for a short text, so all sizes that hold it share one entry. */
const variant = ({ tokens, size, leaveOut }: Omit<AttentionRequest, "trace" | "site" | "heads">): string =>
  size === undefined || tokens <= size ? "" : `${size}:${leaveOut?.join(",") ?? ""}`;

/**
 * Attention on the main thread: reads what is drawn and keeps the latest of it, `limit` bytes at most beside what the
 * last request needs. Heads of one request that are missing travel in one slice.
 */
export class AttentionCache {
  readonly #read: Explainer["attention"];
  readonly #limit: number;
  readonly #kept = new Map<string, HeadWeights>();
  readonly #coming = new Map<string, Promise<void>>();
  #examples: readonly Example[] = [];
  #bytes = 0;

  constructor(read: Explainer["attention"], limit = LIMIT) {
    this.#read = read;
    this.#limit = limit;
  }

  /** Examples answer for their own (negative) traces. */
  setExamples(examples: readonly Example[]): void {
    this.#examples = examples;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What is here already; undefined where it must be fetched. */
  peek(request: Omit<AttentionRequest, "heads">, head: number): HeadWeights | undefined {
    return this.#kept.get(keyOf(request, head));
  }

  /** Resolves when every head of the request can be peeked. Rejects as the explainer does. */
  async fetch(request: AttentionRequest): Promise<void> {
    const waits: Promise<void>[] = [];
    const missing: number[] = [];
    for (const head of request.heads) {
      const key = keyOf(request, head);
      const kept = this.#kept.get(key);
      const coming = this.#coming.get(key);
      if (kept) {
        this.#kept.delete(key);
        this.#kept.set(key, kept);
      } else if (coming) waits.push(coming);
      else missing.push(head);
    }
    if (missing.length > 0) {
      const slice = this.#slice(request, missing).then((slice) => this.#keep(request, slice));
      const done = slice.finally(() => {
        for (const head of missing) this.#coming.delete(keyOf(request, head));
      });
      for (const head of missing) this.#coming.set(keyOf(request, head), done);
      waits.push(done);
    }
    await Promise.all(waits);
  }

  /** Forgets live traces: their worker has gone. */
  clear(): void {
    for (const [key, { data }] of this.#kept) {
      if (key.startsWith("-")) continue;
      this.#kept.delete(key);
      this.#bytes -= data.byteLength;
    }
  }

  #slice(request: AttentionRequest, heads: readonly number[]): Promise<AttentionSlice> {
    const { trace, site, tokens, size, leaveOut } = request;
    if (trace < 0) return Promise.resolve(this.#fromExample(trace, site, heads));
    return size === undefined || tokens <= size
      ? this.#read(trace, site, heads)
      : this.#read(trace, site, heads, size, leaveOut);
  }

  #fromExample(trace: number, site: number, heads: readonly number[]): AttentionSlice {
    const example = this.#examples.find(({ shown }) => shown.result.trace === trace);
    const data = example?.attention.get(site);
    if (!example || !data) throw new Error(`no attention: site ${site} of example ${trace}`);
    const tokens = example.shown.result.encoding.ids.length;
    const each = tokens * tokens;
    const to = new Uint16Array(heads.length * each);
    for (const [i, head] of heads.entries()) to.set(data.subarray(head * each, (head + 1) * each), i * each);
    return { site, heads, rows: tokens, columns: tokens, data: to };
  }

  #keep(request: AttentionRequest, { heads, rows, columns, data }: AttentionSlice): void {
    const needed = new Set(request.heads.map((head) => keyOf(request, head)));
    for (const [i, head] of heads.entries()) {
      const weights = { rows, columns, data: data.subarray(i * rows * columns, (i + 1) * rows * columns) };
      this.#kept.set(keyOf(request, head), weights);
      this.#bytes += weights.data.byteLength;
    }
    for (const [key, weights] of this.#kept) {
      if (this.#bytes <= this.#limit) break;
      if (needed.has(key)) continue;
      this.#kept.delete(key);
      this.#bytes -= weights.data.byteLength;
    }
  }
}

function keyOf(request: Omit<AttentionRequest, "heads">, head: number): string {
  return `${request.trace}/${request.site}/${head}/${variant(request)}`;
}
