import { preparationFile } from "../../image/preparation";
import { decodeModel } from "../../onnx/decode";
import type { TokenizerFile } from "../../text/load";
import { fail } from "../failure";
import type { Progress } from "../protocol";
import { chooseFile } from "./choose";
import { externalLocations } from "./external";
import { baseName, type Folder, folderOf, foldersAround, type Listing } from "./folder";
import { type CountPart, countBytes } from "./progress";

/** The texts of those tokenizer files that a model has. */
export type TokenizerFiles = Partial<Readonly<Record<TokenizerFile, string>>>;

/** The files of one model, in memory. */
export interface OpenedModel {
  readonly modelPath: string;
  readonly model: Uint8Array;
  /** By the names that the graph uses. */
  readonly external: ReadonlyMap<string, Uint8Array>;
  readonly config: Record<string, unknown> | null;
  readonly tokenizer: TokenizerFiles;
  readonly readsImages: boolean;
  /** preprocessor_config.json of a model that reads images; null where there is none. */
  readonly preprocessor: Record<string, unknown> | null;
  /** Of the model and its external data. */
  readonly bytes: number;
  readonly notes: readonly string[];
}

type Json = Record<string, unknown>;
const utf8 = new TextDecoder();

function parse(path: string, bytes: Uint8Array): Json {
  try {
    return JSON.parse(utf8.decode(bytes)) as Json;
  } catch {
    throw fail("bad-input", `not JSON: ${path} (the file may be damaged or cut short)`);
  }
}

/** Reads a file that belongs to a model: beside it, or in a folder around it. */
class Belongings {
  constructor(
    private readonly folder: Folder,
    private readonly listing: Listing | null,
    private readonly modelPath: string,
    private readonly part: CountPart,
  ) {}

  private fetch(path: string): Promise<Uint8Array | null> {
    return this.folder.read(path, this.part(baseName(path), this.listing?.get(path) ?? null));
  }

  async read(name: string): Promise<{ path: string; bytes: Uint8Array } | null> {
    const places = foldersAround(this.modelPath).map((place) => place + name);
    // What can't be listed is asked where it mostly is: at the root, not beside the model.
    for (const path of this.listing ? places.filter((p) => this.listing!.has(p)) : places.reverse()) {
      const bytes = await this.fetch(path);
      if (bytes) return { path, bytes };
    }
    return null;
  }

  async json(name: string): Promise<Json | null> {
    const file = await this.read(name);
    return file && parse(file.path, file.bytes);
  }

  model(): Promise<Uint8Array | null> {
    return this.fetch(this.modelPath);
  }

  /** `tokenizer.json` with its configuration; what it is made of in older repositories only where it isn't there. */
  async tokenizer(): Promise<TokenizerFiles> {
    const texts = async (...names: readonly TokenizerFile[]) => {
      const files = await Promise.all(names.map(async (name) => ({ name, file: await this.read(name) })));
      return Object.fromEntries(files.flatMap(({ name, file }) => (file ? [[name, utf8.decode(file.bytes)]] : [])));
    };
    const found: TokenizerFiles = await texts("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json");
    if (found["tokenizer.json"] !== undefined) return found;
    return { ...found, ...(await texts("vocab.txt", "vocab.json", "merges.txt", "added_tokens.json")) };
  }

  /** An external data file by the name that the graph has for it; files that were gathered flat may lie elsewhere. */
  async external(location: string): Promise<Uint8Array> {
    const local = location.replace(/^(\.\/)+/, "");
    const beside = folderOf(this.modelPath) + local;
    const inside = !local.startsWith("/") && !local.split("/").includes("..");
    const flat = [...(this.listing?.keys() ?? [])].filter((path) => baseName(path) === baseName(local));
    const path = !this.listing || this.listing.has(beside) ? beside : flat.length === 1 ? flat[0]! : null;
    const bytes = inside && path !== null ? await this.fetch(path) : null;
    if (bytes) return bytes;
    throw fail("missing-file", `missing file: ${location} (the weights of ${this.modelPath} are in it)`);
  }
}

/** Both halves of a model that reads with one graph and writes with another. */
function refuseHalves(folder: Folder, config: Json | null): void {
  if (config?.is_encoder_decoder !== true) return;
  const what = typeof config.model_type === "string" ? `${folder.name}, ${config.model_type}` : folder.name;
  throw fail(
    "encoder-decoder",
    `encoder-decoder: ${what} (its encoder and decoder are separate graphs, and cross attention between two graphs is missing)`,
  );
}

/**
 * Fetches what a model needs: the graph with its external data, configuration and tokenizer. Small files come first, so
 * that what can't be opened is refused before its weights are downloaded.
 *
 * @param file the model file that is asked for: a path, a name or a precision
 */
export async function openModel(
  folder: Folder,
  file: string | undefined,
  onProgress: (progress: Progress) => void,
): Promise<OpenedModel> {
  const part = countBytes(`Loading ${folder.name}`, onProgress);
  const listing = await folder.list();
  const { path: modelPath, others } = await chooseFile(folder, listing, file);
  const belongings = new Belongings(folder, listing, modelPath, part);
  const config = await belongings.json("config.json");
  if (file === undefined) refuseHalves(folder, config);
  const [model, tokenizer] = await Promise.all([belongings.model(), belongings.tokenizer()]);
  if (!model) throw fail("missing-file", `missing file: ${modelPath}`);
  const external = new Map<string, Uint8Array>();
  const decoded = decodeModel(model);
  const readsImages = decoded.graph.inputs.some(({ name }) => name === "pixel_values");
  const preprocessor = readsImages ? await belongings.json(preparationFile) : null;
  for (const location of externalLocations(decoded)) external.set(location, await belongings.external(location));
  return {
    modelPath,
    model,
    external,
    config,
    tokenizer,
    readsImages,
    preprocessor,
    bytes: [model, ...external.values()].reduce((sum, { length }) => sum + length, 0),
    notes: others.length === 0 ? [] : [`${baseName(modelPath)} is open; also there: ${others.join(", ")}.`],
  };
}
