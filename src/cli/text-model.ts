import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import type { MethodContext } from "../explain/attribution";
import { readTarget, type Vocabulary } from "../explain/candidates";
import { type Folder, modelFilesOf, readJson, readModel } from "../explain/conformance/folder";
import { type Engine, type EngineOptions, type ModelFiles, openEngine } from "../explain/engine";
import { passesOf } from "../explain/passes-of";
import type { CreateSession } from "../explain/session";
import { substitutesOf } from "../explain/substitutes";
import type { Candidate, Target } from "../explain/target";
import { type UnitKind, unitsOf } from "../explain/unit";
import { createTokenizer, type Tokenizer } from "../text/tokenizer";
import { folderOf } from "./folder";
import { createNodeSession } from "./session";

/** A model of a folder in the hub's layout. */
export interface OpenedModel {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly engine: Engine;
}

/** One that reads text, ready to be asked. */
export interface TextModel extends OpenedModel {
  readonly tokenizer: Tokenizer;
  /** A class by its name, a token by its text, or either by its number. @throws Error `unknown target: ...` */
  outputIndex(name: string): number;
  close(): Promise<void>;
}

/** What is asked of a text. */
export interface Question {
  readonly text: string;
  readonly pair?: string | undefined;
  readonly target: Partial<Target>;
  readonly unit: UnitKind;
  readonly seed: number;
}

/**
 * The model file of a folder that is asked for, else its `model.onnx`, else its first.
 * @throws Error `no ONNX file: ...`
 */
export async function filesOf(folder: Folder, file?: string): Promise<{ found: string; model: ModelFiles }> {
  const files = modelFilesOf(folder).filter((f) => !file || f.endsWith(file));
  const found = files.find((f) => f.endsWith("/model.onnx")) ?? files[0];
  if (!found) throw new Error(`no ONNX file: ${folder.name}`);
  return { found, model: await readModel(folder, found) };
}

export const hashOf = ({ model }: Pick<ModelFiles, "model">): string =>
  createHash("sha256").update(model).digest("hex");

/** @throws Error `no ONNX file: ...`, and what reading the model throws */
export async function openTextModel(
  path: string,
  file?: string,
  create: CreateSession = createNodeSession,
  options: EngineOptions = {},
): Promise<TextModel> {
  const folder = folderOf(path);
  const { found, model } = await filesOf(folder, file);
  const tokenizer = createTokenizer(
    await readJson(folder, "tokenizer.json"),
    await readJson(folder, "tokenizer_config.json"),
  );
  const engine = await openEngine(model, create, options);
  return {
    name: folder.name,
    file: found,
    sha256: hashOf(model),
    engine,
    tokenizer,
    outputIndex: (name) =>
      outputIndex(name, engine.labels, (text) => tokenizer.encode(text, undefined, { special: false }).ids),
    close: () => engine.release(),
  };
}

/** Runs a text and says what methods are given to explain it. */
export async function contextOf(
  { engine, tokenizer }: TextModel,
  { text, pair, target: chosen, unit, seed }: Question,
  now: () => number = () => performance.now(),
): Promise<{ context: MethodContext; candidates: readonly Candidate[]; ms: number }> {
  const started = performance.now();
  const trace = await engine.run(tokenizer.encode(text, pair));
  const ms = performance.now() - started;
  const vocabulary: Vocabulary = { token: (id) => tokenizer.token(id), mask: tokenizer.special.mask };
  const { target, candidates } = readTarget(engine, trace, chosen, vocabulary);
  const context: MethodContext = {
    engine,
    trace,
    target,
    passes: passesOf(engine, undefined, now),
    units: unitsOf(trace.encoding, unit),
    substitutes: substitutesOf(tokenizer),
    seed,
    onPartial: () => {},
  };
  return { context, candidates, ms };
}

/** What figures were measured on. */
export const machine = (): string => `${availableParallelism()} cores, Node ${process.version.slice(1)}`;

/** A class by its name, a token by its text, or either by its number. */
export function outputIndex(
  name: string,
  labels: readonly string[] | null,
  idsOf: (text: string) => readonly number[],
): number {
  const label = labels?.findIndex((l) => l.toLowerCase() === name.toLowerCase()) ?? -1;
  if (label >= 0) return label;
  if (/^\d+$/.test(name)) return Number(name);
  if (labels) throw new Error(`unknown target: ${name}; known are ${labels.join(", ")}`);
  const ids = idsOf(name);
  if (ids.length !== 1) throw new Error(`unknown target: ${JSON.stringify(name)} is ${ids.length} tokens, not one`);
  return ids[0];
}
