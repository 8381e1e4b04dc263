import type { Explainer, HeadRows } from "../worker/protocol";

/** Rows that are kept: tokens that are looked at in turn. */
const MOST = 64;

/** Rows of all heads on the main thread: those of the tokens that were looked at last. */
export class RowsCache {
  readonly #read: Explainer["rows"];
  readonly #kept = new Map<string, HeadRows>();
  readonly #coming = new Map<string, Promise<HeadRows>>();

  constructor(read: Explainer["rows"]) {
    this.#read = read;
  }

  /** What is here already; undefined where it must be fetched. */
  peek(trace: number, token: number, side: HeadRows["side"]): HeadRows | undefined {
    return this.#kept.get(keyOf(trace, token, side));
  }

  /** Reads a token's rows, once. Rejects as the explainer does. */
  async fetch(trace: number, token: number, side: HeadRows["side"]): Promise<HeadRows> {
    const key = keyOf(trace, token, side);
    const kept = this.#kept.get(key);
    if (kept) return kept;
    let coming = this.#coming.get(key);
    if (!coming) {
      coming = this.#read(trace, token, side).finally(() => this.#coming.delete(key));
      this.#coming.set(key, coming);
      void coming.then(
        (rows) => {
          this.#kept.set(key, rows);
          const [oldest] = this.#kept.keys();
          if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
        },
        () => undefined, // whoever waits is told
      );
    }
    return coming;
  }
}

const keyOf = (trace: number, token: number, side: HeadRows["side"]): string => `${trace}/${token}/${side}`;
