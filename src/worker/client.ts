import * as Comlink from "comlink";
import { takeWorker } from "./early";
import { type Outcome, unwrap } from "./outcome";
import {
  type Device,
  type Explainer,
  ExplainerError,
  type LoadedModel,
  type ModelSource,
  type Progress,
} from "./protocol";
import type { WorkerApi } from "./serve";

export interface ClientOptions {
  /** Address of the shipped models; `models/` beside the page unless said otherwise. */
  readonly models?: string | undefined;
  /** Address of the hub or of a server with its addresses; the page's own `?hub=` or Hugging Face unless said otherwise. */
  readonly hub?: string | undefined;
}

type Send<T> = (api: Comlink.Remote<WorkerApi>) => Promise<Outcome<T>>;

const huggingFace = "https://huggingface.co/";
const tracesEach = 1e9; // more than one worker will ever run
const TRIES = 3;

const askedHub = (): string | null => new URLSearchParams(location.search).get("hub");
const withSlash = (url: string): string => (url.endsWith("/") ? url : `${url}/`);

/** A worker that hung while its runtime started; another will most likely not. */
class Hung extends Error {}

/** One worker. Its calls reject when it crashes or is ended, which Comlink's don't. */
class Hand {
  private readonly started = takeWorker();
  private readonly api = Comlink.wrap<WorkerApi>(this.started.worker);
  private readonly ended: Promise<never>;
  private end!: (error: ExplainerError | Hung) => void;

  constructor(settings: Parameters<WorkerApi["start"]>[0]) {
    this.ended = new Promise((_, reject) => {
      this.end = reject;
    });
    this.ended.catch(() => undefined); // each call tells
    const { worker, hung } = this.started;
    void hung.then(() => this.end(new Hung()));
    worker.addEventListener("error", (event) => {
      const message = event.message || "its code could not be loaded";
      this.end(new ExplainerError({ code: "internal", message: `worker stopped: ${message}` }));
    });
    void this.api.start(settings); // messages arrive in order
  }

  async call<T>(send: Send<T>): Promise<T> {
    return unwrap(await Promise.race([send(this.api), this.ended]));
  }

  /** From now on silence means work, also where no runtime was started. */
  settle(): void {
    this.started.end();
  }

  /** Ends the worker and what it still does. Nothing else gives back the memory of a model. */
  stop(): void {
    this.end(new ExplainerError({ code: "cancelled", message: "cancelled" }));
    this.started.end();
    this.started.worker.terminate();
  }
}

/**
 * The explainer, as the page calls it. A model is loaded in a worker of its own, and only once it is ready does it take
 * the place of the one before: whatever fails leaves the page with a model that works. Where there isn't room for both,
 * the older one goes first.
 */
export function createClient(options: ClientOptions = {}): Explainer {
  const models = withSlash(new URL(options.models ?? "models/", document.baseURI).href);
  const hub = withSlash(options.hub ?? askedHub() ?? huggingFace);
  let hands = 0;
  let current: Hand | null = null;
  let loading: Hand | null = null;

  const load = async (
    source: ModelSource,
    device: Device | "auto",
    onProgress: (progress: Progress) => void,
    tries = 1,
  ): Promise<LoadedModel> => {
    loading?.stop();
    const hand = new Hand({ models, hub, firstTrace: tracesEach * hands++ });
    loading = hand;
    const report = Comlink.proxy((progress: Progress) => {
      if (loading === hand) onProgress(progress);
    });
    try {
      const model = await hand.call((api) => api.load(source, device, report));
      hand.settle();
      current?.stop();
      current = hand;
      return model;
    } catch (error) {
      hand.stop();
      if (error instanceof Hung) {
        if (loading === hand && tries < TRIES) return await load(source, device, onProgress, tries + 1);
        const message = `worker hung: ${TRIES} times while the runtime started; close other tabs, or try another browser`;
        throw new ExplainerError({ code: "internal", message });
      }
      const noRoom = error instanceof ExplainerError && error.failure.code === "out-of-memory";
      if (!noRoom || !current || loading !== hand) throw error;
      current.stop();
      current = null;
      return await load(source, device, onProgress);
    } finally {
      if (loading === hand) loading = null;
    }
  };

  const call = async <T>(send: Send<T>): Promise<T> => {
    if (!current) throw new ExplainerError({ code: "bad-input", message: "no model: load one first" });
    return current.call(send);
  };

  return {
    load,
    encode: (input) => call((api) => api.encode(input)),
    run: (input, target) => call((api) => api.run(input, target)),
    retarget: (trace, target) => call((api) => api.retarget(trace, target)),
    attention: (...request) => call((api) => api.attention(...request)),
    rows: (...request) => call((api) => api.rows(...request)),
    scoring: (...request) => call((api) => api.scoring(...request)),
    scores: (trace) => call((api) => api.scores(trace)),
    methods: () => call((api) => api.methods()),
    explain: (request, onEvent) => call((api) => api.explain(request, Comlink.proxy(onEvent))),
    measure: (request, onProgress) => call((api) => api.measure(request, Comlink.proxy(onProgress))),
    consistency: (request, onProgress) => call((api) => api.consistency(request, Comlink.proxy(onProgress))),
    without: (request) => call((api) => api.without(request)),
    save: (trace) => call((api) => api.save(trace)),
    memory: async () => (current ? call((api) => api.memory()) : null),
    async cancel(only) {
      if (!only) loading?.stop();
      if (current) await call((api) => api.cancel(only));
    },
  };
}
