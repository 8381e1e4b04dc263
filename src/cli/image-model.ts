import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { MethodContext } from "../explain/attribution";
import { readTarget } from "../explain/candidates";
import { readJson } from "../explain/conformance/folder";
import { openEngine, understand } from "../explain/engine";
import { passesOf } from "../explain/passes-of";
import type { Candidate, Target } from "../explain/target";
import { unitsOf } from "../explain/unit";
import { configFor, imageInput } from "../explain/vision";
import { type Preparation, preparationFile, readPreparation } from "../image/preparation";
import { prepare } from "../image/prepare";
import type { Rgb } from "../image/rgb";
import { folderOf } from "./folder";
import { decodePng, isPng } from "./png";
import { createNodeSession } from "./session";
import { filesOf, hashOf, type OpenedModel, outputIndex } from "./text-model";

/** A model that reads images, ready to be asked. */
export interface ImageModel extends OpenedModel {
  readonly preparation: Preparation;
  /** A class by its name or number. @throws Error `unknown target: ...` */
  outputIndex(name: string): number;
  close(): Promise<void>;
}

/** @throws Error `no ONNX file: ...`, `missing file: preprocessor_config.json`, `no image: ...` for a model that reads text */
export async function openImageModel(path: string, file?: string): Promise<ImageModel> {
  const folder = folderOf(path);
  const { found, model } = await filesOf(folder, file);
  const json = await readJson(folder, preparationFile);
  const preparation = json && readPreparation(json);
  const understood = understand({ ...model, config: configFor(model.config, preparation) });
  const engine = await openEngine(model, createNodeSession, { understood });
  const refuse = async (why: string): Promise<never> => {
    await engine.release();
    throw new Error(why);
  };
  if (!engine.vision) return refuse(`no image: ${folder.name} reads text; give --text`);
  if (!preparation)
    return refuse(`missing file: ${preparationFile} (it says how images are made ready for ${folder.name})`);
  return {
    name: folder.name,
    file: found,
    sha256: hashOf(model),
    engine,
    preparation,
    outputIndex: (name) => outputIndex(name, engine.labels, () => []),
    close: () => engine.release(),
  };
}

/** An image file's pixels. @throws Error for other formats than PNG */
export async function readImage(path: string): Promise<Rgb> {
  const bytes = new Uint8Array(await readFile(path));
  if (!isPng(bytes))
    throw new Error(`not a PNG: ${path} (under Node only PNG files are read; the page reads all that browsers do)`);
  return decodePng(bytes, basename(path));
}

/** Runs an image and says what methods are given to explain it. */
export async function contextOfImage(
  { engine, preparation }: ImageModel,
  { image, target: chosen, seed }: { readonly image: Rgb; readonly target: Partial<Target>; readonly seed: number },
): Promise<{ context: MethodContext; candidates: readonly Candidate[]; ms: number }> {
  if (!engine.vision) throw new Error("no image: this model reads text");
  const { picture, pixels } = prepare(image, preparation);
  const encoding = engine.vision.encode(picture.height, picture.width);
  const started = performance.now();
  const trace = await engine.run(encoding, imageInput(pixels, preparation));
  const ms = performance.now() - started;
  const { target, candidates } = readTarget(engine, trace, chosen, { token: String, mask: null });
  const context: MethodContext = {
    engine,
    trace,
    target,
    passes: passesOf(engine),
    units: unitsOf(encoding, "token"),
    substitutes: { pad: null, mask: null, unknown: null },
    seed,
    onPartial: () => {},
  };
  return { context, candidates, ms };
}
