import type { Explainer, ScoringSlice } from "../worker/protocol";

/** Slices that are kept: a few heads that are looked at in turn, of at most a few megabytes each. */
const MOST = 8;

/** Queries, keys and logits on the main thread: the heads that were looked at last. */
export class ScoringCache {
  readonly #read: Explainer["scoring"];
  readonly #kept = new Map<string, ScoringSlice>();
  readonly #coming = new Map<string, Promise<ScoringSlice>>();

  constructor(read: Explainer["scoring"]) {
    this.#read = read;
  }

  /** What is here already; undefined where it must be fetched. */
  peek(trace: number, site: number, head: number): ScoringSlice | undefined {
    return this.#kept.get(keyOf(trace, site, head));
  }

  /** Reads a head, once. Rejects as the explainer does. */
  async fetch(trace: number, site: number, head: number): Promise<ScoringSlice> {
    const key = keyOf(trace, site, head);
    const kept = this.#kept.get(key);
    if (kept) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    let coming = this.#coming.get(key);
    if (!coming) {
      coming = this.#read(trace, site, head).finally(() => this.#coming.delete(key));
      this.#coming.set(key, coming);
      void coming.then(
        (slice) => this.#keep(key, slice),
        () => undefined, // whoever waits is told
      );
    }
    return coming;
  }

  #keep(key: string, slice: ScoringSlice): void {
    this.#kept.set(key, slice);
    for (const old of this.#kept.keys()) {
      if (this.#kept.size <= MOST) break;
      this.#kept.delete(old);
    }
  }
}

const keyOf = (trace: number, site: number, head: number): string => `${trace}/${site}/${head}`;
