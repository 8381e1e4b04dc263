import type { Method, MethodContext } from "../explain/attribution";
import { attribute } from "../explain/explain";
import { attentionFlow } from "../explain/methods/attention-flow";
import { rawAttention } from "../explain/methods/raw-attention";
import { rollout } from "../explain/methods/rollout";
import type { Passes } from "../explain/passes";
import { type HeadScores, scoresOfSite } from "../explain/scores";
import type { Trace } from "../explain/trace";
import type { TraceFile } from "../explain/trace-file/open";
import { roundsToZero, traceScoring } from "../explain/trace-file/scoring";
import { asFloats } from "../explain/trace-file/tensors";
import { writtenMethods } from "../explain/trace-file/written";
import { unitsOf } from "../explain/unit";
import type { Encoding } from "../text/encoding";
import { breath } from "./breath";
import { fail, toMethodFailure } from "./failure";
import type { OpenedTrace } from "./loading/trace";
import type { Explainer, ExplainerError, LoadedModel, RunResult } from "./protocol";
import { rowsOf, scoringSlice, sliceOf } from "./slice";

/** What a trace has no model for. */
const needsModel = (what: string) =>
  fail("bad-input", `no model: ${what} needs one, and this is a trace of what ran elsewhere`);

/** What would read a trace whole that is read by range because it is large. */
const tooFar = (what: string, bytes: number) =>
  fail(
    "bad-input",
    `too much to read: ${what} needs all ${Math.round(bytes / 1e6)} MB of this trace, of which its server gives parts; save the file and drop it on the page`,
  );

/** What is known of a trace, in a model's place. */
export function infoOf({ about, far }: OpenedTrace, file = ""): LoadedModel {
  const { model, sites, tokens } = about;
  const layers = new Set(sites.map(({ kind, layer }) => `${kind} ${layer}`)).size;
  return {
    name: model.name,
    id: null,
    file,
    architecture: model.architecture ?? "trace",
    family: tokens.encoder && !tokens.decoder ? "encoder" : "decoder",
    task: "features",
    precision: "trace",
    layers: tokens.encoder && tokens.decoder ? Math.max(...sites.map(({ layer }) => layer + 1)) : layers,
    heads: Math.max(...sites.map(({ heads }) => heads)),
    sites,
    labels: model.labels,
    maxTokens: null,
    pairs: false,
    tokenizer: false,
    substitutes: { pad: null, mask: null, unknown: null },
    trace: true,
    ...(far && { far }),
    device: "wasm",
    threads: 1,
    sha256: "",
    bytes: 0,
    notes: [],
  };
}

/** The tokens of both stacks in a row, and where each stack is. */
export function encodingOfTrace({ about: { tokens } }: TraceFile): Pick<RunResult, "encoding" | "stacks"> {
  const { encoder, decoder } = tokens;
  if (!encoder || !decoder) return { encoding: (encoder ?? decoder) as Encoding };
  const [first, second] = [encoder.ids.length, decoder.ids.length];
  const joined = <K extends keyof Encoding>(key: K) =>
    [...(encoder[key] as readonly unknown[]), ...(decoder[key] as readonly unknown[])] as unknown as Encoding[K];
  const words = encoder.words.reduce<number>((most, word) => Math.max(most, word ?? -1), -1) + 1;
  return {
    encoding: {
      ids: joined("ids"),
      tokens: joined("tokens"),
      pieces: joined("pieces"),
      offsets: joined("offsets"),
      mask: joined("mask"),
      special: joined("special"),
      segments: [...encoder.ids.map(() => 0), ...decoder.ids.map(() => 1)],
      words: [...encoder.words, ...decoder.words.map((word) => (word === null ? null : word + words))],
    },
    stacks: { encoder: [0, first], decoder: [first, first + second] },
  };
}

/** Methods that read attention alone. */
const attentionMethods: readonly Method[] = [rawAttention, rollout, attentionFlow];

const noPasses: Passes = {
  spent: { forward: 0, backward: 0 },
  has: () => false,
  pause: async () => {},
  run: async () => {
    throw needsModel("a pass");
  },
  embeddings: async () => {
    throw needsModel("an embedding");
  },
};

/** A trace as methods read it: attention alone. */
function readable(trace: TraceFile): Trace {
  const { encoding } = encodingOfTrace(trace);
  const refuse = async (): Promise<never> => {
    throw needsModel("reading values");
  };
  return {
    encoding,
    sites: trace.about.sites,
    logits: { dtype: "float32", dims: [0], data: new Float32Array(0) },
    answers: [],
    attention: trace.attention,
    queries: trace.queries,
    keys: trace.keys,
    values: refuse,
    residual: refuse,
  };
}

/** A trace in an explainer's place: its attention is read head by head, and what needs a model says so. */
export function createTraceExplainer(trace: OpenedTrace, id: number, file = ""): Explainer {
  const { sites, tokens } = trace.about;
  const given = writtenMethods(trace.about);
  const methods = [...given, ...attentionMethods.filter((method) => !given.some((each) => each.id === method.id))];

  /** Why a method can't be asked for; null where it can. */
  function whyNot(method: Method | undefined, wanted: string): ExplainerError | null {
    if (!method) return needsModel(wanted);
    if (method.family === "given") return null;
    if (tokens.encoder && tokens.decoder) return needsModel(`${wanted} of two stacks`);
    if (trace.far && method.id !== rawAttention.id) return tooFar(wanted, trace.far);
    return null;
  }

  return {
    load: async () => infoOf(trace, file),
    encode: async () => encodingOfTrace(trace).encoding,
    async run() {
      const seen = await trace.image();
      return {
        trace: id,
        ...encodingOfTrace(trace),
        candidates: [],
        target: { position: null, index: 0 },
        ms: 0,
        memory: null,
        ...(seen && { seen }),
      };
    },
    retarget: async () => ({ candidates: [], target: { position: null, index: 0 } }),
    async attention(_, site, heads, size, leaveOut) {
      const there = sites[site]?.heads;
      if (there === undefined) throw fail("bad-input", `no such attention: ${site} (there are ${sites.length})`);
      const wanted = heads.length === 0 ? Array.from({ length: there }, (__, head) => head) : heads;
      const all = wanted.length === there && wanted.every((head, i) => head === i);
      const maps = await Promise.all(all ? [trace.stored(site)] : wanted.map((head) => trace.stored(site, head)));
      const read = maps.map((map) => (map.dtype === "float16" ? map : asFloats(map)));
      return sliceOf(site, wanted, read, size, leaveOut);
    },
    async scores() {
      const scores: HeadScores[] = [];
      for (const site of sites.filter(({ kind }) => kind !== "cross")) {
        const all = await trace.attention(site.index);
        scores.push(...scoresOfSite(site, all, trace.sides(site).key, site.kind === "decoder", null));
        await breath(); // in a page that has no worker, people go on meanwhile
      }
      return scores;
    },
    rows: (_, token, side) => rowsOf({ sites, attention: trace.attention }, token, side),
    async scoring(_, site, head) {
      if (!trace.hasQueries(site))
        throw fail(
          "bad-input",
          "no queries and keys: this trace came without them; a trace that this page saves has them, and one that `capture` of the Python package makes",
        );
      const stored = await trace.stored(site, head);
      const [attention, rounded] = [asFloats(stored), roundsToZero(stored.dtype)];
      const read = traceScoring(attention, await trace.queries(site, head), await trace.keys(site, head), rounded);
      return scoringSlice(site, head, read, attention);
    },
    methods: async () => methods.map(({ run: __, ...info }) => info),
    async explain({ methods: wanted, target, unit, seed }, tell) {
      const read = readable(trace);
      const context: MethodContext = {
        engine: { family: infoOf(trace).family, task: "features", layers: sites.length, sites },
        trace: read,
        // Without a target of its own, what the last token of a decoder or the first of an encoder attends to.
        target: {
          ...target,
          position: target.position ?? (sites[0]?.kind === "decoder" ? read.encoding.ids.length - 1 : 0),
        },
        passes: noPasses,
        units: unitsOf(read.encoding, unit),
        substitutes: { pad: null, mask: null, unknown: null },
        seed,
        onPartial: () => {},
      };
      for (const [slot, { id, options = {} }] of wanted.entries()) {
        try {
          const method = methods.find((m) => m.id === id);
          const why = whyNot(method, id);
          if (why) throw why;
          const result = await attribute(method!, context, options, () => performance.now());
          tell({ slot, kind: "result", result });
        } catch (error) {
          tell({ slot, kind: "failure", failure: toMethodFailure(error) });
        }
      }
    },
    measure: async () => {
      throw needsModel("measuring faithfulness");
    },
    consistency: async () => {
      throw needsModel("explaining paraphrases");
    },
    without: async () => {
      throw needsModel("answering without a token");
    },
    save: async () => {
      throw fail("bad-input", "nothing to save: this came from a trace file");
    },
    memory: async () => null,
    cancel: async () => {},
  };
}
