import type { Tensor } from "../../tensor/tensor";
import type { Encoding, PatchGrid } from "../../text/encoding";
import type { Attribution, MethodContext } from "../attribution";
import { type Engine, openEngine, understand } from "../engine";
import { attribute } from "../explain";
import { methodOf } from "../methods";
import { passesOf } from "../passes-of";
import type { CreateSession } from "../session";
import { alone, byRow } from "./alone";
import { type Folder, type Row, readJson, readModel, readTensors, reportName } from "./folder";
import { isFaithful } from "./forward";
import { type Goldens, goldenContext, numbers, singleInputs, withPlayers } from "./golden-context";
import { attributions, otherwise, partOf, type Quantity } from "./quantities";

/** Every attribution golden of a folder, through the registered methods. */
export async function checkMethods(folder: Folder, path: string, create: CreateSession): Promise<Row[]> {
  const goldens = await readGoldens(folder);
  const hasAttributions = (input: string) => keysOf(goldens, input).some((k) => !otherwise.test(k));
  const inputs = singleInputs(goldens).filter(([input]) => hasAttributions(input));
  const files = await readModel(folder, path);
  if (inputs.length === 0) understand(files); // what must be refused is, with or without references
  const missed = Object.keys(goldens.about.inputs ?? {})
    .filter((input) => hasAttributions(input) && !inputs.some(([name]) => name === input))
    .map((input): Row => {
      const note = "not run: attributions of what is neither one text nor one image with a target of one number";
      return {
        model: folder.name,
        file: reportName(path),
        quantity: input,
        error: null,
        limit: null,
        pass: false,
        note,
      };
    });
  if (inputs.length === 0) return missed;
  const engine = await openEngine(files, create);
  try {
    const rows: Row[] = missed;
    const comparable = isComparable(engine, goldens, await readTensors(folder, "ort_outputs.safetensors"), path);
    for (const [input, about] of inputs) {
      const passes = passesOf(engine);
      const context = await goldenContext(engine, passes, goldens, input, about);
      const players = about.players as number[] | undefined;
      const found = comparable
        ? await checkInput(goldens, input, players, oncePer(context), context.trace.encoding)
        : await checkRows(goldens, input, players, oncePer(context), oncePer({ ...context, passes: alone(passes) }));
      rows.push(...found.map((row) => ({ model: folder.name, file: reportName(path), ...row })));
    }
    return rows;
  } finally {
    await engine.release();
  }
}

export async function readGoldens(folder: Folder): Promise<Goldens> {
  return {
    tensors: await readTensors(folder, "goldens.safetensors"),
    about: (await readJson(folder, "goldens.json")) ?? {},
  };
}

/** Whether a file's weights and activations are the references' own. */
export const isComparable = (
  engine: Engine,
  { tensors }: Goldens,
  outputs: Parameters<typeof isFaithful>[1],
  path: string,
): boolean => engine.precision === "fp32" && isFaithful(tensors, outputs, path);

/** Keys behind an input's name. */
const keysOf = ({ tensors }: Goldens, input: string): string[] =>
  [...tensors.keys()].flatMap((key) => (key.startsWith(`${input}.`) ? [key.slice(input.length + 1)] : []));

type Run = (quantity: Quantity, match: RegExpMatchArray, players?: readonly number[]) => Promise<ArrayLike<number>>;
type Found = Omit<Row, "model" | "file">;

/** A row a quantity, with the largest error of its goldens; a row for every golden that nothing computes. */
async function checkInput(
  goldens: Goldens,
  input: string,
  players: readonly number[] | undefined,
  run: Run,
  encoding: Encoding,
): Promise<Found[]> {
  const keys = keysOf(goldens, input).filter((key) => !otherwise.test(key));
  const rows: Found[] = [];
  for (const quantity of attributions) {
    const matches = keys.map((key) => key.match(quantity.keys)).filter((match) => match !== null);
    if (matches.length === 0) continue;
    rows.push(await checkQuantity(goldens, input, quantity, matches, players, run, encoding));
  }
  for (const key of keys.filter((k) => !attributions.some((q) => q.keys.test(k))))
    rows.push({ quantity: `${input}.${key}`, error: null, limit: null, pass: false, note: "nothing computes it" });
  return rows;
}

/** Methods that run many rows, with the rows together and each alone. */
async function checkRows(
  goldens: Goldens,
  input: string,
  players: readonly number[] | undefined,
  together: Run,
  each: Run,
): Promise<Found[]> {
  const { limit, note } = byRow;
  const rows: Found[] = [];
  const keys = keysOf(goldens, input);
  for (const quantity of attributions.filter((q) => q.many)) {
    const match = keys.map((key) => key.match(quantity.keys)).find((m) => m !== null);
    if (!match) continue;
    const asked = [quantity, match, quantity.players ? players : undefined] as const;
    const name = `${input}.${quantity.name}`;
    try {
      const wanted = Float32Array.from(await each(...asked));
      const error = errorOf(await together(...asked), wanted) / largestOf(wanted);
      rows.push({ quantity: name, error, limit, pass: error <= limit, note });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      rows.push({ quantity: name, error: null, limit, pass: false, note: why });
    }
  }
  return rows;
}

async function checkQuantity(
  goldens: Goldens,
  input: string,
  quantity: Quantity,
  matches: readonly RegExpMatchArray[],
  players: readonly number[] | undefined,
  run: Run,
  { patches, ids }: Encoding,
): Promise<Found> {
  const limit = "absolute" in quantity.limit ? quantity.limit.absolute : quantity.limit.relative;
  const name = `${input}.${quantity.name}`;
  let worst = { error: 0, key: matches[0][0] };
  for (const match of matches) {
    const key = match[0];
    try {
      const found = await run(quantity, match, quantity.players ? players : undefined);
      const golden = numbers(goldens, `${input}.${key}`);
      const { dims } = goldens.tensors.get(`${input}.${key}`) as Tensor;
      const wanted = patches && dims.at(-1) !== ids.length ? perPatch(golden, dims, patches, ids.length) : null;
      const error =
        errorOf(found, wanted ?? summedTo(golden, found.length)) /
        ("absolute" in quantity.limit ? 1 : largestOf(golden));
      if (!(error <= worst.error)) worst = { error, key };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { quantity: name, error: null, limit, pass: false, note: `${key}: ${why}` };
    }
  }
  const note = matches.length > 1 ? { note: `worst of ${matches.length}: ${worst.key}` } : {};
  return { quantity: name, error: worst.error, limit, pass: worst.error <= limit, ...note };
}

/** Runs a method with the same options and target once, however many goldens ask for it. */
function oncePer(context: MethodContext): Run {
  const known = new Map<string, Promise<Attribution>>();
  return async (quantity, match, players) => {
    const as = quantity.as?.(match);
    const own = {
      ...(players ? withPlayers(context, players) : context),
      target: as ? { ...context.target, as } : context.target,
    };
    if ("replay" in quantity) return quantity.replay(own, match);
    const options = quantity.options(match, context.trace.encoding.patches);
    const key = JSON.stringify([quantity.method, options, as, players]);
    const found = known.get(key) ?? attribute(methodOf(quantity.method), own, options, () => 0);
    known.set(key, found);
    return partOf(await found, quantity.part);
  };
}

/**
 * A golden with one number a token, or of each dimension of it: those are summed. Behind a norm they sum to 0, so errors
 * are held against the largest of the dimensions.
 */
function summedTo(golden: Float32Array, length: number): Float64Array {
  if (length === 0 || golden.length % length !== 0)
    throw new Error(`${length} values for a reference of ${golden.length}`);
  const width = golden.length / length;
  const sums = new Float64Array(length);
  golden.forEach((v, i) => {
    sums[Math.floor(i / width)] += v;
  });
  return sums;
}

/**
 * A golden of an image, a number a token: of pixels [3, h, w] the sum over each patch; of places [h, w] their mean there;
 * of patches [rows, columns] themselves. Tokens without a patch have 0. Null for what is by token already.
 */
function perPatch(
  golden: Float32Array,
  dims: readonly number[],
  patches: PatchGrid,
  tokens: number,
): Float64Array | null {
  const { rows, columns, height, width, step, first } = patches;
  const is = (...wanted: number[]) => dims.length === wanted.length && dims.every((d, i) => d === wanted[i]);
  const values = new Float64Array(tokens);
  if (is(rows, columns)) values.set(golden, first);
  else if (is(3, height, width))
    golden.forEach((v, i) => {
      const at = patchAt(i % (height * width), patches);
      if (at !== null) values[at] += v;
    });
  else if (is(height, width))
    golden.forEach((v, i) => {
      const at = patchAt(i, patches);
      if (at !== null) values[at] += v / (step[0] * step[1]);
    });
  else return null;
  return values;
}

/** The token of a pixel's patch. */
function patchAt(pixel: number, { rows, columns, width, step: [tall, wide], first }: PatchGrid): number | null {
  const [row, column] = [Math.floor(Math.floor(pixel / width) / tall), Math.floor((pixel % width) / wide)];
  return row < rows && column < columns ? first + row * columns + column : null;
}

/** The largest difference; places where both have no answer agree. */
function errorOf(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    if (Number.isNaN(found[i]) && Number.isNaN(wanted[i])) continue;
    const error = Math.abs(found[i] - wanted[i]);
    if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}

const largestOf = (values: Float32Array): number =>
  values.reduce((most, v) => (Math.abs(v) > most ? Math.abs(v) : most), Number.MIN_VALUE);
