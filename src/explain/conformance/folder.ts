import { readSafetensors } from "../../tensor/safetensors";
import type { Tensor } from "../../tensor/tensor";
import { decodeUtf8 } from "../../tensor/utf8";
import type { ModelFiles } from "../engine";

/** A fixture folder: a model in the hub's layout with reference results beside it. */
export interface Folder {
  readonly name: string;
  /** Paths inside the folder. */
  readonly files: readonly string[];
  read(path: string): Promise<Uint8Array>;
}

/** One comparison: the largest error of a quantity, and what it may be. */
export interface Row {
  readonly model: string;
  readonly file: string;
  readonly quantity: string;
  readonly error: number | null;
  readonly limit: number | null;
  readonly pass: boolean;
  readonly note?: string;
}

/** The graph files of a folder, in the order of their names. */
export const modelFilesOf = (folder: Folder): readonly string[] =>
  folder.files.filter((f) => f.endsWith(".onnx")).sort();

const text = async (folder: Folder, path: string): Promise<string> => decodeUtf8(await folder.read(path));

/** A JSON file of the folder, or null where it has none. */
export async function readJson(folder: Folder, path: string): Promise<Record<string, unknown> | null> {
  return folder.files.includes(path) ? (JSON.parse(await text(folder, path)) as Record<string, unknown>) : null;
}

/** The tensors of a safetensors file of the folder; none where it has no such file. */
export async function readTensors(folder: Folder, path: string): Promise<ReadonlyMap<string, Tensor>> {
  return folder.files.includes(path) ? readSafetensors(await folder.read(path)).tensors : new Map();
}

/** What an engine is opened with: the graph, and every file beside it that could hold its weights. */
export async function readModel(folder: Folder, path: string): Promise<ModelFiles> {
  const at = path.slice(0, path.lastIndexOf("/") + 1);
  const beside = folder.files.filter((f) => f.startsWith(at) && !f.slice(at.length).includes("/") && /data/.test(f));
  const external = new Map<string, Uint8Array>();
  for (const file of beside) external.set(file.slice(at.length), await folder.read(file));
  return { modelPath: path, model: await folder.read(path), external, config: await readJson(folder, "config.json") };
}

/** A file as export reports and reference outputs name it: relative to onnx/. */
export const reportName = (path: string): string => (path.startsWith("onnx/") ? path.slice(5) : `../${path}`);
