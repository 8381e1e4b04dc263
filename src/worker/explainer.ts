import { readTarget } from "../explain/candidates";
import { measureFaithfulness } from "../explain/faithfulness";
import { methods } from "../explain/methods";
import { inputKind, parametersFor } from "../explain/parameter";
import { passesOf } from "../explain/passes-of";
import { inductionScores, scoresOf } from "../explain/scores";
import type { SiteScoring } from "../explain/scoring";
import { substitutesOf } from "../explain/substitutes";
import type { Target } from "../explain/target";
import type { Trace } from "../explain/trace";
import { savedTrace } from "../explain/trace-file/save";
import { unitsOf } from "../explain/unit";
import type { Seen } from "../image/seen";
import { breath } from "./breath";
import { answerConsistency } from "./consistency";
import { encodeText, readInput } from "./encode";
import { explainEach } from "./explain";
import { fail } from "./failure";
import { latest } from "./latest";
import { type Loaded, loadModel } from "./loaded";
import type { Folder } from "./loading/folder";
import { hubFolder } from "./loading/hub";
import { pickedFolder } from "./loading/picked";
import { shippedFolder } from "./loading/shipped";
import type {
  AttentionSlice,
  ConsistencyRequest,
  ExplainEvent,
  Explainer,
  ExplainRequest,
  Input,
  MeasureRequest,
  ModelSource,
  RunResult,
  ScoringSlice,
} from "./protocol";
import { answerWithout } from "./removed";
import { heapBytes } from "./runtime/heap";
import { rowsOf, scoringSlice, sliceOf } from "./slice";

/** Where things are, as the page knows it. */
export interface Settings {
  /** Address of the shipped models, with a slash at its end. */
  readonly models: string;
  /** Address of the hub, with a slash at its end. */
  readonly hub: string;
  /** The first trace's number, so that two workers never give the same. */
  readonly firstTrace: number;
}

const now = (): number => performance.now();

/** So many passes can still be read from; older ones are let go. */
const kept = 3;

/** Loads one model, runs it and answers for its passes. Lives as long as its worker. */
export function createExplainer({ models, hub, firstTrace }: Settings): Explainer {
  let loading = new AbortController();
  let scoring = new AbortController();
  let explaining = new AbortController();
  let loaded: Loaded | null = null;
  let induction: ReturnType<typeof inductionScores> | null = null;
  let next = firstTrace;
  const traces = new Map<number, Trace>();
  /** The image of each pass that was of one. */
  const pictures = new WeakMap<Trace, Seen>();
  /** The site whose scores were read last: its heads are looked at one after the other. */
  let scored: { readonly at: string; readonly read: Promise<SiteScoring> } | null = null;

  const ready = (): Loaded => {
    if (!loaded) throw fail("bad-input", "no model: load one first");
    return loaded;
  };
  const traceOf = (id: number): Trace => {
    const trace = traces.get(id);
    if (!trace) throw fail("bad-input", `no such pass: ${id} (newer ones took its place)`);
    return trace;
  };
  const target = (trace: Trace, chosen: Partial<Target> | null) => {
    const { engine, vocabulary } = ready();
    try {
      return readTarget(engine, trace, chosen, vocabulary);
    } catch (error) {
      if (error instanceof RangeError) throw fail("bad-input", error.message);
      throw error;
    }
  };
  const folderOf = async (source: ModelSource, signal: AbortSignal): Promise<Folder> => {
    switch (source.kind) {
      case "shipped":
        return shippedFolder(models, source.id, signal);
      case "hub":
        return hubFolder(hub, source, signal);
      case "files":
        return pickedFolder(source.files, signal);
      case "trace":
        throw fail("bad-input", `no model: ${source.name} is a trace`);
    }
  };

  /** How many heads a site has; fails where it isn't there or hasn't those. */
  const checkHeads = (trace: Trace, site: number, heads: readonly number[]): number => {
    const there = trace.sites[site]?.heads;
    if (there === undefined) throw fail("bad-input", `no such attention: ${site} (there are ${trace.sites.length})`);
    const bad = heads.find((head) => !(head >= 0 && head < there));
    if (bad !== undefined) throw fail("bad-input", `no such head: ${bad} (attention ${site} has ${there})`);
    return there;
  };

  /** The pass, read one attention at a time: what is newer comes in between. */
  const patiently = (trace: Trace, signal: AbortSignal): Trace => ({
    ...trace,
    async attention(...at) {
      await breath();
      signal.throwIfAborted();
      return trace.attention(...at);
    },
  });

  const runs = latest(async (input: Input, chosen: Partial<Target> | null): Promise<RunResult> => {
    const { encoding, image, seen } = await readInput(input, ready());
    const started = performance.now();
    const trace = await ready().engine.run(encoding, image);
    const ms = performance.now() - started;
    const id = next++;
    traces.set(id, trace);
    if (seen) pictures.set(trace, seen);
    for (const old of [...traces.keys()].slice(0, -kept)) traces.delete(old);
    return { trace: id, encoding, ...target(trace, chosen), ms, memory: heapBytes(), ...(seen && { seen }) };
  });

  /** What methods and measures are given of a pass. */
  const contextOf = (
    { trace: id, target: chosen, unit }: Pick<ExplainRequest, "trace" | "target" | "unit">,
    letThrough: () => Promise<void>,
  ) => {
    const { engine, tokenizer, vocabulary } = ready();
    const trace = traceOf(id);
    return {
      ...{ engine, trace, vocabulary, target: target(trace, chosen).target },
      ...{ units: unitsOf(trace.encoding, unit), substitutes: substitutesOf(tokenizer) },
      passes: passesOf(engine, letThrough, now),
    };
  };

  const explanations = latest(
    async (request: ExplainRequest, tell: (event: ExplainEvent) => void, signal: AbortSignal): Promise<void> => {
      const letThrough = async () => {
        await breath();
        signal.throwIfAborted();
      };
      await letThrough();
      const { engine, tokenizer } = ready();
      const trace = traceOf(request.trace);
      const wanted = { ...request, target: target(trace, request.target).target };
      const passes = passesOf(engine, letThrough, now);
      await explainEach({ engine, tokenizer, trace, passes, signal }, wanted, tell);
    },
  );

  const measures = latest(
    async (request: MeasureRequest, tell: (done: number, total: number) => void, signal: AbortSignal) => {
      const letThrough = async () => {
        await breath();
        signal.throwIfAborted();
      };
      await letThrough();
      const context = contextOf(request, letThrough);
      let told = performance.now();
      const onPartial = ({ done, total }: { done: number; total: number }) => {
        if (done < total && performance.now() - told < 50) return;
        told = performance.now();
        tell(done, total);
      };
      return measureFaithfulness({ ...context, seed: request.seed, onPartial }, request.attributions);
    },
  );

  const consistencies = latest(
    async (request: ConsistencyRequest, tell: (done: number, total: number) => void, signal: AbortSignal) => {
      const letThrough = async () => {
        await breath();
        signal.throwIfAborted();
      };
      await letThrough();
      const { engine, tokenizer, vocabulary } = ready();
      const { pair } = request;
      const given = {
        ...{ engine, tokenizer, vocabulary, letThrough, trace: traceOf(request.trace) },
        encode: (text: string) => encodeText({ kind: "text", text, ...(pair !== undefined && { pair }) }, ready()),
      };
      return answerConsistency(given, request, tell);
    },
  );

  return {
    async load(source, device, onProgress) {
      loading.abort();
      explaining.abort();
      loading = new AbortController();
      const { signal } = loading;
      const before = loaded;
      loaded = null;
      induction = null;
      scored = null;
      traces.clear();
      await before?.engine.release();
      loaded = await loadModel(await folderOf(source, signal), source, device, onProgress, signal);
      return loaded.info;
    },
    encode: async (input) => (await readInput(input, ready())).encoding,
    run(input, chosen) {
      scoring.abort();
      explaining.abort();
      return runs.call(input, chosen);
    },
    retarget: async (id, chosen) => target(traceOf(id), chosen),
    async attention(id, site, heads, size, leaveOut): Promise<AttentionSlice> {
      const trace = traceOf(id);
      const there = checkHeads(trace, site, heads);
      const all = heads.length === 0 || heads.length === there;
      const wanted = heads.length === 0 ? Array.from({ length: there }, (_, head) => head) : heads;
      const inOrder = all && wanted.every((head, i) => head === i);
      const maps = inOrder
        ? [await trace.attention(site)]
        : await Promise.all(wanted.map((head) => trace.attention(site, head)));
      return sliceOf(site, wanted, maps, size, leaveOut);
    },
    rows: async (id, token, side) => rowsOf(traceOf(id), token, side),
    async scoring(id, site, head): Promise<ScoringSlice> {
      const trace = traceOf(id);
      checkHeads(trace, site, [head]);
      const at = `${id}/${site}`;
      if (scored?.at !== at) scored = { at, read: ready().engine.scoring(trace, site) };
      const { read } = scored;
      read.catch(() => {
        if (scored?.read === read) scored = null;
      });
      return scoringSlice(site, head, (await read)(head), await trace.attention(site, head));
    },
    async scores(id) {
      scoring.abort();
      scoring = new AbortController();
      const trace = patiently(traceOf(id), scoring.signal);
      const { engine, tokenizer, vocabSize } = ready();
      induction ??= inductionScores(engine, vocabSize ?? trace.logits.dims.at(-1)!, tokenizer?.special.bos ?? null);
      return scoresOf(engine, trace, await induction);
    },
    async methods() {
      const kind = inputKind(ready().engine);
      return methods.map(({ run: _, ...info }) => ({ ...info, parameters: parametersFor(info.parameters, kind) }));
    },
    explain(request, onEvent) {
      explaining.abort();
      explaining = new AbortController();
      return explanations.call(request, onEvent, explaining.signal);
    },
    measure(request, onProgress) {
      explaining.abort();
      explaining = new AbortController();
      return measures.call(request, onProgress, explaining.signal);
    },
    consistency(request, onProgress) {
      explaining.abort();
      explaining = new AbortController();
      return consistencies.call(request, onProgress, explaining.signal);
    },
    without: (request) => answerWithout(contextOf(request, breath), request),
    async save(id) {
      const { name, architecture, labels } = ready().info;
      const trace = traceOf(id);
      return savedTrace(trace, { name, architecture, labels }, [], pictures.get(trace));
    },
    memory: async () => heapBytes(),
    async cancel(only) {
      explaining.abort();
      explanations.drop();
      measures.drop();
      consistencies.drop();
      if (only) return;
      loading.abort();
      scoring.abort();
      runs.drop();
    },
  };
}
