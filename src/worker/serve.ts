import * as Comlink from "comlink";
import { createExplainer, type Settings } from "./explainer";
import { toFailure } from "./failure";
import { openTrace } from "./loading/trace";
import type { Outcome, Outcomes } from "./outcome";
import type { ExplainEvent, Explainer } from "./protocol";
import { createTraceExplainer } from "./trace-explainer";

/** What the worker offers: the explainer, once it was told where things are. */
export interface WorkerApi extends Outcomes<Explainer> {
  start(settings: Settings): void;
}

const outcomeOf = <T>(call: () => Promise<T>): Promise<Outcome<T>> =>
  call().then(
    (value) => ({ ok: true, value }),
    (error: unknown) => {
      const failure = toFailure(error);
      if (failure.code === "internal") console.error(error); // nobody foresaw it: its stack may help
      return { ok: false, failure };
    },
  );

/** A heatmap moves to the page. */
function transferring(event: ExplainEvent): ExplainEvent {
  const matrix = event.kind === "result" ? event.result.details?.matrix : undefined;
  return matrix ? Comlink.transfer(event, [matrix.buffer as ArrayBuffer]) : event;
}

let explainer: Explainer;
let given: Settings;

const api: WorkerApi = {
  start(settings) {
    given = settings;
    explainer = createExplainer(settings);
  },
  load: (source, device, onProgress) =>
    outcomeOf(async () => {
      if (source.kind === "trace")
        explainer = createTraceExplainer(await openTrace(source.from), given.firstTrace, source.name);
      return explainer.load(source, device, onProgress);
    }),
  encode: (input) => outcomeOf(() => explainer.encode(input)),
  run: (input, target) => outcomeOf(() => explainer.run(input, target)),
  retarget: (trace, target) => outcomeOf(() => explainer.retarget(trace, target)),
  async attention(...request) {
    const outcome = await outcomeOf(() => explainer.attention(...request));
    return outcome.ok ? Comlink.transfer(outcome, [outcome.value.data.buffer as ArrayBuffer]) : outcome;
  },
  async rows(...request) {
    const outcome = await outcomeOf(() => explainer.rows(...request));
    return outcome.ok ? Comlink.transfer(outcome, [outcome.value.data.buffer as ArrayBuffer]) : outcome;
  },
  async scoring(...request) {
    const outcome = await outcomeOf(() => explainer.scoring(...request));
    if (!outcome.ok) return outcome;
    const { queries, keys, logits, attention, extra } = outcome.value;
    const moved = [queries, keys, logits, attention, ...(extra ? [extra] : [])].map(
      (part) => part.buffer as ArrayBuffer,
    );
    return Comlink.transfer(outcome, moved);
  },
  scores: (trace) => outcomeOf(() => explainer.scores(trace)),
  methods: () => outcomeOf(() => explainer.methods()),
  explain(request, onEvent) {
    const told: unknown[] = [];
    // Events take another way than the answer: it waits until they have arrived.
    const tell = (event: ExplainEvent) => void told.push(onEvent(transferring(event)));
    return outcomeOf(async () => {
      await explainer.explain(request, tell).finally(() => Promise.all(told));
    });
  },
  measure(request, onProgress) {
    const told: unknown[] = [];
    const tell = (done: number, total: number) => void told.push(onProgress(done, total));
    return outcomeOf(() => explainer.measure(request, tell).finally(() => Promise.all(told)));
  },
  consistency(request, onProgress) {
    const told: unknown[] = [];
    const tell = (done: number, total: number) => void told.push(onProgress(done, total));
    return outcomeOf(() => explainer.consistency(request, tell).finally(() => Promise.all(told)));
  },
  without: (request) => outcomeOf(() => explainer.without(request)),
  async save(trace) {
    const outcome = await outcomeOf(() => explainer.save(trace));
    return outcome.ok ? Comlink.transfer(outcome, [outcome.value.buffer as ArrayBuffer]) : outcome;
  },
  memory: () => outcomeOf(() => explainer.memory()),
  cancel: (only) => outcomeOf(() => explainer.cancel(only)),
};

Comlink.expose(api);
