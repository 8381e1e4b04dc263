import { fail } from "../failure";
import { baseName, type Folder, folderOf, type Listing } from "./folder";

/** Endings that exporters give to a file's name, by the names that people use for them, best first. */
const precisions: readonly { readonly names: readonly string[]; readonly suffix: string }[] = [
  { names: ["fp32", "float32"], suffix: "" },
  { names: ["fp16", "float16"], suffix: "_fp16" },
  { names: ["q8", "int8"], suffix: "_quantized" },
  { names: ["int8"], suffix: "_int8" },
  { names: ["uint8"], suffix: "_uint8" },
  { names: ["q4"], suffix: "_q4" },
  { names: ["q4f16"], suffix: "_q4f16" },
  { names: ["bnb4"], suffix: "_bnb4" },
  { names: ["q2"], suffix: "_q2" },
  { names: ["q1"], suffix: "_q1" },
];
const stems = ["model", "decoder_model_merged", "decoder_model"];

/** More than this isn't downloaded unasked where a smaller file is there. */
const enough = 600 * 2 ** 20;

/** Other halves of models that one graph doesn't hold. */
const notWhole = /(^|[_-])(encoder|vision|audio|embed|embed_tokens|tokens|with_past|prefill|preprocess|tokenizer)/;

const isExternal = (file: string, path: string): boolean =>
  path !== file && (path.startsWith(`${file}_data`) || path.startsWith(`${file}.data`));

/** Bytes of a model file with the external data that is named after it. */
const weight = (file: string, listing: Listing): number =>
  [...listing].reduce((sum, [path, bytes]) => (path === file || isExternal(file, path) ? sum + bytes : sum), 0);

const position = <T>(list: readonly T[], item: T): number => {
  const at = list.indexOf(item);
  return at < 0 ? list.length : at;
};

/** Where a file stands among others: the folder `onnx/` first, whole models before parts, then precision. */
function rank(path: string): readonly number[] {
  const folder = folderOf(path);
  const name = baseName(path).replace(/\.onnx$/, "");
  const suffix = precisions.findIndex((p) => p.suffix !== "" && name.endsWith(p.suffix));
  const stem = suffix < 0 ? name : name.slice(0, -precisions[suffix]!.suffix.length);
  return [
    notWhole.test(stem) ? 1 : 0,
    /(^|\/)onnx\/$/.test(folder) ? 0 : folder === "" ? 1 : 2,
    position(stems, stem),
    Math.max(0, suffix),
  ];
}

const compare = (a: readonly number[], b: readonly number[]): number => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
};

export interface ChosenFile {
  readonly path: string;
  /** The other model files that are there, best first. */
  readonly others: readonly string[];
}

/** The best of the model files in a listing: the most precise one that isn't too large to fetch unasked. */
export function chooseFrom(listing: Listing): ChosenFile | null {
  const ranked = [...listing.keys()]
    .filter((path) => path.endsWith(".onnx"))
    .map((path) => ({ path, rank: rank(path), bytes: weight(path, listing) }))
    .sort((a, b) => compare(a.rank, b.rank) || (a.path < b.path ? -1 : 1));
  const first = ranked[0];
  if (!first) return null;
  // Only files of the same model stand in for each other: alike in all but their precision.
  const alike = ranked.filter(({ rank }) => compare(rank.slice(0, 3), first.rank.slice(0, 3)) === 0);
  const fitting = alike.find(({ bytes }) => bytes <= enough);
  const chosen = fitting ?? alike.reduce((least, file) => (file.bytes < least.bytes ? file : least));
  return { path: chosen.path, others: ranked.map(({ path }) => path).filter((path) => path !== chosen.path) };
}

/** The file that a person asked for: by its path, its name, or its precision ("q8"). */
function asked(file: string, listing: Listing): ChosenFile | null {
  const models = [...listing.keys()].filter((path) => path.endsWith(".onnx"));
  const others = (path: string) => models.filter((other) => other !== path);
  const byName =
    models.find((path) => path === file) ??
    models.find((path) => baseName(path) === baseName(file) || baseName(path) === `${file}.onnx`);
  if (byName) return { path: byName, others: others(byName) };
  const wanted = precisions.filter(({ names }) => names.includes(file.toLowerCase())).map(({ suffix }) => suffix);
  const alike = wanted.flatMap((suffix) =>
    models.filter((path) => {
      const name = baseName(path).replace(/\.onnx$/, "");
      return suffix === "" ? !precisions.some((p) => p.suffix && name.endsWith(p.suffix)) : name.endsWith(suffix);
    }),
  );
  const best = alike.sort((a, b) => compare(rank(a), rank(b)))[0];
  return best === undefined ? null : { path: best, others: others(best) };
}

/** Asks for the usual names one stem after the other, where a place can't be listed. */
async function probe(folder: Folder, file: string | undefined): Promise<Listing> {
  const found = new Map<string, number>();
  const ask = async (paths: readonly string[]) => {
    const answers = await Promise.allSettled(paths.map((path) => folder.find(path)));
    answers.forEach((answer, i) => {
      if (answer.status === "fulfilled" && answer.value) found.set(paths[i]!, answer.value.bytes ?? 0);
    });
    // Without a network, what is in the cache is still found; where nothing is, the reason counts.
    const failed = answers.find((answer) => answer.status === "rejected");
    if (failed && found.size === 0) throw failed.reason;
  };
  if (file?.endsWith(".onnx")) await ask([file, ...(file.includes("/") ? [] : [`onnx/${file}`])]);
  for (const place of ["onnx/", ""])
    for (const stem of stems) {
      if (found.size > 0) break;
      await ask(precisions.map(({ suffix }) => `${place}${stem}${suffix}.onnx`));
    }
  await ask([...found.keys()].map((path) => `${path}_data`));
  return found;
}

/**
 * The model file to open.
 *
 * @param listed what is there, or null where the folder can't be listed
 * @throws not-found where there is no ONNX file, or not the one that was asked for
 */
export async function chooseFile(folder: Folder, listed: Listing | null, file?: string): Promise<ChosenFile> {
  const listing = listed ?? (await probe(folder, file));
  const chosen = file === undefined ? chooseFrom(listing) : asked(file, listing);
  if (chosen) return chosen;
  const models = [...listing.keys()].filter((path) => path.endsWith(".onnx"));
  if (file === undefined || models.length === 0)
    throw fail(
      "not-found",
      listed
        ? `no ONNX file: ${folder.name} (export the model to ONNX, for example with optimum)`
        : `no such model, or no ONNX file in it: ${folder.name}`,
    );
  throw fail("not-found", `no such file: ${file} (${folder.name} has ${models.join(", ")})`);
}
