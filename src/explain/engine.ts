import { answerPlaces } from "../autodiff/answer-rows";
import { cotangentOf, type Mode, switchOf } from "../autodiff/explaining";
import { type Anatomy, anatomyOf } from "../graph/anatomy";
import { type Canonical, canonicalise } from "../graph/canonicalise";
import { GraphError } from "../graph/error";
import { usedInputs } from "../graph/prune";
import { decodeModel } from "../onnx/decode";
import { encodeModel } from "../onnx/encode";
import type { Model } from "../onnx/model";
import type { Tensor } from "../tensor/tensor";
import type { Encoding } from "../text/encoding";
import {
  architectureOf,
  type Config,
  type Family,
  headsOf,
  labelsOf,
  maxTokensOf,
  precisionOf,
  type Task,
  taskOf,
} from "./architecture";
import { inBatchOrder } from "./batch-order";
import { tokensAtOnce } from "./chunks";
import { explainingModel, on, plainModel } from "./explaining-model";
import { type Batch, feedsOf, rowsOf } from "./feeds";
import { MissingFile } from "./missing-file";
import { probe } from "./probe";
import { type SiteScoring, scoreWeightsOf, siteScoring } from "./scoring";
import type { CreateSession } from "./session";
import { type Feeds, openSessions, type Sessions } from "./sessions";
import { everyPlace, noTarget, type TargetRows, targetFeeds } from "./target-feeds";
import type { ImageInput, SiteInfo, Trace } from "./trace";
import { traceOf } from "./trace-of";
import { type Vision, visionOf } from "./vision";

/** A model's bytes, the external data files that it names, and its config.json. */
export interface ModelFiles {
  readonly modelPath: string;
  readonly model: Uint8Array;
  readonly external: ReadonlyMap<string, Uint8Array>;
  readonly config: Config;
}

/** A model that was read, understood and made ready to run. */
export interface Engine {
  readonly canonical: Canonical;
  readonly anatomy: Anatomy;
  readonly sites: readonly SiteInfo[];
  readonly layers: number;
  readonly heads: number;
  readonly family: Family;
  readonly architecture: string;
  readonly precision: string;
  readonly task: Task;
  readonly labels: readonly string[] | null;
  readonly maxTokens: number | null;
  /** Whether two texts can be given together: encoders are trained on such. */
  readonly pairs: boolean;
  /** What a person should know about what was found and what wasn't. */
  readonly notes: readonly string[];
  /** How it cuts images into tokens; null where it reads text. */
  readonly vision: Vision | null;
  /** How many tokens its device is best given together. */
  readonly tokensAtOnce: number;
  /** One forward pass over one text, or over one image, whose encoding `vision` gave. */
  run(encoding: Encoding, image?: ImageInput): Promise<Trace>;
  /** One forward pass over several rows; the raw values of the given names. `targetRow` is read at the target's positions. */
  runBatch(batch: Batch, fetches: readonly string[], target?: TargetRows): Promise<Record<string, Tensor>>;
  /** What makes the attention of one site: a pass for its queries and keys, then its scores by themselves. */
  scoring(of: Pick<Trace, "encoding" | "image">, site: number): Promise<SiteScoring>;
  /** One pass forward and back: the target's derivatives by the named values, each of its value's shape. */
  cotangents(batch: Batch, target: TargetRows, mode: Mode, values: readonly string[]): Promise<Record<string, Tensor>>;
  /**
   * One pass of the explaining session, which is made when it is first asked for and takes the plain one's place: changed
   * by interventions, and back where a mode is given. The raw values of the given names; cotangents by `cotangentOf`.
   */
  explain(batch: Batch, asked: Asked, fetches: readonly string[]): Promise<Record<string, Tensor>>;
  /** Makes the session that goes back by these modes, where it isn't there: seconds that are no pass's. */
  prepare(modes: readonly Mode[]): Promise<void>;
  release(): Promise<void>;
}

/** What a pass of the explaining session is asked for. */
export interface Asked {
  /** Interventions by the names of their inputs; those that are left out change nothing. */
  readonly changes?: Readonly<Record<string, Tensor>>;
  readonly target?: TargetRows;
  readonly mode?: Mode;
}

export interface EngineOptions {
  /** The ways back that the first session is built with; without any it is the plain one. */
  readonly modes?: readonly Mode[];
  /** What `understand` said of these files, where that was asked before. */
  readonly understood?: Understood;
}

/** A graph in canonical operators, and what was found in it. */
export interface Understood {
  readonly canonical: Canonical;
  readonly anatomy: Anatomy;
}

const original = "model";

/** A model with its taps as a session takes it: a small graph file that points at the weights where they lie. */
export function sessionSource(files: Pick<ModelFiles, "model" | "external">, model: Model) {
  const named = new Set(
    [...model.graph.initializers.values()].flatMap((w) => (w.source.kind === "external" ? [w.source.location] : [])),
  );
  for (const location of named) if (!files.external.has(location)) throw new MissingFile(location);
  const used = usedInputs(model.graph);
  const graph = { ...model.graph, inputs: model.graph.inputs.filter((i) => used.has(i.name)) };
  return {
    graph: encodeModel({ ...model, graph }, { externalize: { location: original } }),
    external: [
      { path: original, data: files.model },
      ...[...named].map((path) => ({ path, data: files.external.get(path) as Uint8Array })),
    ],
  };
}

/**
 * Reads a model, writes it in canonical operators, finds its attention, adds taps, creates the session and runs it once
 * on a few tokens to see that what was found is attention.
 *
 * @throws OnnxError for what is no ONNX file, GraphError for what the graph work can't express, MissingFile.
 */
export async function openEngine(
  files: ModelFiles,
  create: CreateSession,
  { modes = [], understood = understand(files) }: EngineOptions = {},
): Promise<Engine> {
  const { canonical, anatomy } = understood;
  const explaining = (asked: readonly Mode[]) => explainingModel(canonical, anatomy, asked);
  const sessions = await openSessions({
    first: modes.length > 0 ? explaining(modes) : plainModel(canonical, anatomy),
    explaining,
    // What goes back reads the weights too, as they lie: copies for the way forth would be the second ones.
    create: ({ model, modes: back }) => create({ ...sessionSource(files, model), lean: back.length > 0 }),
  });
  try {
    return await engineOf(files, canonical, anatomy, sessions, create);
  } catch (error) {
    await sessions.release();
    throw error;
  }
}

/** The reading part of `openEngine`: no session. */
export function understand(files: Pick<ModelFiles, "model" | "config">): Understood {
  if (files.config?.is_encoder_decoder === true) {
    throw new GraphError(
      "encoder-decoder",
      `${files.config.model_type ?? "model"} has an encoder and a decoder in files of their own; running the two together isn't built yet`,
    );
  }
  const canonical = canonicalise(decodeModel(files.model), files.config);
  return { canonical, anatomy: anatomyOf(canonical) };
}

async function engineOf(
  files: ModelFiles,
  canonical: Canonical,
  found: Anatomy,
  sessions: Sessions,
  create: CreateSession,
): Promise<Engine> {
  const { config } = files;
  const used = usedInputs(canonical.model.graph);
  const inputs = canonical.inputs.filter((i) => used.has(i.name));
  const answers = canonical.answers.map((a) => a.name);
  const feeds =
    (
      batch: Batch,
      fetches: readonly string[],
      { changes = {}, target = noTarget(rowsOf(batch)), mode }: Asked = {},
    ): Feeds =>
    ({ inputNames }, { idle }) => ({
      ...feedsOf(inputs, batch),
      ...idle,
      ...targetFeeds(target, { inputNames }),
      ...(inputNames.includes(answerPlaces) && "ids" in batch && fetches.some((f) => answers.includes(f))
        ? everyPlace(rowsOf(batch), batch.ids[0].length)
        : {}),
      ...changes,
      ...(mode ? { [switchOf(mode)]: on } : {}),
    });
  const runBatch = (batch: Batch, fetches: readonly string[], target?: TargetRows) =>
    sessions.run(feeds(batch, fetches, target && { target }), fetches);
  const explain = (batch: Batch, asked: Asked, fetches: readonly string[]) =>
    sessions.explain(asked.mode ? [asked.mode] : [], feeds(batch, fetches, asked), fetches);
  const cotangents = async (batch: Batch, target: TargetRows, mode: Mode, values: readonly string[]) => {
    const names = values.map((value) => cotangentOf(mode, value));
    const results = await explain(batch, { target, mode }, names);
    return Object.fromEntries(values.map((value, i) => [value, results[names[i]]]));
  };
  const weights = scoreWeightsOf(canonical, found, files.external);
  const { causal } = await probe(canonical, found, runBatch);
  const anatomy = await inBatchOrder(canonical, found, runBatch);
  const vision = visionOf(canonical, anatomy, config);
  const family: Family = vision ? "vision" : causal ? "decoder" : "encoder";
  const task = taskOf(config, canonical, causal);
  const sites = anatomy.sites.map(
    (s, i): SiteInfo => ({
      index: i,
      layer: i,
      kind: causal ? "decoder" : "encoder",
      heads: s.heads,
      kvHeads: s.kvHeads,
    }),
  );
  return {
    canonical,
    anatomy,
    sites,
    layers: sites.length,
    heads: headsOf(anatomy),
    family,
    architecture: architectureOf(config, family),
    precision: precisionOf(canonical.model),
    task,
    labels: /classification/.test(task) ? labelsOf(config) : null,
    maxTokens: maxTokensOf(config),
    pairs: family === "encoder",
    tokensAtOnce: tokensAtOnce.cpu,
    vision,
    notes: anatomy.residual ? [] : ["The residual stream was not found, so views that read it are left out."],
    runBatch,
    cotangents,
    explain,
    scoring: (of, site) => siteScoring({ canonical, anatomy, weights, create, runBatch }, of, site),
    run: (encoding, image) => traceOf({ canonical, anatomy, sites, runBatch }, encoding, image),
    prepare: (modes) => sessions.prepare(modes),
    release: () => sessions.release(),
  };
}
