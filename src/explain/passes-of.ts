import { answersByToken, targetRow } from "../autodiff/answer-rows";
import { cotangentOf } from "../autodiff/explaining";
import { GraphError } from "../graph/error";
import { byPatch } from "../image/patches";
import { toFloat32 } from "../tensor/half";
import type { Tensor } from "../tensor/tensor";
import { chunksOf, rowsAtOnce } from "./chunks";
import type { Engine } from "./engine";
import { rowsOf } from "./feeds";
import { modeOf } from "./modes";
import { type OutputRow, rowOfParts, targetNumber } from "./output-row";
import type { Passes, PassResult, PassRow, Place, Wanted } from "./passes";
import { type Found, nameOf, placeIn } from "./places";
import { batchOf, changesOf, targetRowsOf } from "./row-feeds";

type Runs = Pick<Engine, "runBatch" | "explain" | "prepare" | "canonical" | "anatomy" | "tokensAtOnce">;

/**
 * An engine as methods use it. `letThrough` is waited for between chunks, and may throw to end the run. By `now`, the time
 * that sessions take to be made is told apart from that of passes.
 */
export function passesOf(
  engine: Runs,
  letThrough: () => Promise<void> = async () => {},
  now: () => number = () => 0,
): Passes {
  const { canonical, anatomy } = engine;
  const spent = { forward: 0, backward: 0, preparing: 0 };
  const atOnce = rowsAtOnce(canonical, anatomy, engine.tokensAtOnce);
  const words = new Map<string, Promise<Tensor>>();
  const run: Passes["run"] = async (rows, wanted, onRow) => {
    const pairs = /^deeplift/.test(wanted.mode ?? "") && (wanted.by?.length ?? 0) > 0;
    const back = (wanted.by?.length ?? 0) > 0;
    const most = (tokens: number) => Math.max(1, Math.floor(atOnce(tokens, back) / (pairs ? 2 : 1)));
    if (back || rows.some(({ base }) => base !== undefined)) {
      const started = now();
      await engine.prepare(back ? [modeOf(wanted.mode ?? "gradient")] : []);
      spent.preparing += now() - started;
    }
    for (const chunk of chunksOf(
      rows.map((row) => row.ids.length),
      most,
    )) {
      await letThrough();
      const some = chunk.map((i) => rows[i]);
      const results = await together(engine, pairs ? inPairs(some) : some, wanted);
      spent.forward += pairs ? 2 * some.length : some.length;
      if (back) spent.backward += some.length;
      some.forEach((_, i) => {
        onRow(results(i), chunk[i]);
      });
    }
  };
  return {
    spent,
    run,
    pause: letThrough,
    has: (place) => placeIn(anatomy, place) !== null,
    embeddings(ids) {
      const key = ids.join();
      let found = words.get(key);
      if (!found) {
        found = wordsOf(ids, run);
        words.set(key, found);
        found.catch(() => words.delete(key));
      }
      return found;
    },
  };
}

/** The embeddings of ids by a pass that reads them. */
async function wordsOf(ids: readonly number[], run: Passes["run"]): Promise<Tensor> {
  const row = { ids, mask: ids.map(() => 1), segments: ids.map(() => 0), position: null };
  let found: Tensor | null = null;
  await run([row], { target: { position: null, index: 0 }, read: [{ at: "embedding" }] }, (result) => {
    found = result.read({ at: "embedding" });
  });
  return found as unknown as Tensor;
}

/** Rows as they are, and behind them the same rows at their bases. */
function inPairs(rows: readonly PassRow[]): PassRow[] {
  const lacking = rows.find((r) => !r.base);
  if (lacking) throw new RangeError("no base: deeplift compares a row with the same one at its base");
  return [...rows.map((r) => ({ ...r, base: undefined, alpha: undefined })), ...rows.map((r) => ({ ...r, alpha: 0 }))];
}

/** Runs rows of one length in one batch; each one's result by its place. */
async function together(
  engine: Pick<Runs, "runBatch" | "explain" | "canonical" | "anatomy">,
  rows: readonly PassRow[],
  { target, read = [], by = [], mode: modeName = "gradient" }: Wanted,
): Promise<(row: number) => PassResult> {
  const { canonical, anatomy } = engine;
  const found = new Map([...read, ...by].map((place) => [nameOf(place), foundOf(anatomy, place)]));
  const mode = by.length > 0 ? modeOf(modeName) : undefined;
  for (const { position, ids } of rows)
    if ((position ?? 0) >= ids.length) throw new RangeError(`no position: ${position} of ${ids.length} tokens`);
  const batch = batchOf(rows);
  const changes = changesOf(rows, anatomy);
  const changed = mode !== undefined || Object.keys(changes).length > 0;
  const answers = canonical.answers.map((a) => a.name);
  const perToken = answersByToken(canonical);
  // Of logits at every position, those at the target's alone are computed and fetched.
  const outputs = perToken ? [targetRow] : answers;
  const isInput = (value: string) => canonical.inputs.some((i) => i.name === value);
  const values = read.map((place) => (found.get(nameOf(place)) as Found).value).filter((v) => !isInput(v));
  const cotangents = mode ? by.map((place) => cotangentOf(mode, (found.get(nameOf(place)) as Found).value)) : [];
  const fetches = [...new Set([...outputs, ...values, ...cotangents])];
  const results = changed
    ? await engine.explain(batch, { changes, target: targetRowsOf(rows, target), mode }, fetches)
    : await engine.runBatch(batch, fetches, targetRowsOf(rows, target));
  const sizes = { batch: rowsOf(batch), tokens: rows[0].ids.length };
  const wasAsked = (places: readonly Place[], place: Place, where: string) => {
    if (!places.some((p) => nameOf(p) === nameOf(place)))
      throw new Error(`not asked for: ${nameOf(place)} in ${where}`);
    return found.get(nameOf(place)) as Found;
  };
  /** Pixels of an image, as its embedding is: patch by patch. */
  const embedded = (value: string, tensor: Tensor, i: number): Tensor => {
    const { image, ids } = rows[i];
    return image && isInput(value) ? byPatch(tensor, image.patches, ids.length) : tensor;
  };
  return (i) => {
    const output = rowOfParts(outputs.map((name) => outputRow(results[name], i)));
    return {
      ...numbersOf(output, target),
      read(place) {
        const { value, row } = wasAsked(read, place, "read");
        const tensor = "pixels" in batch && isInput(value) ? batch.pixels : results[value];
        return embedded(value, row(tensor, sizes, i), i);
      },
      cotangent(place) {
        const { value, row } = wasAsked(by, place, "by");
        return embedded(value, row(results[cotangentOf(modeOf(modeName), value)], sizes, i), i);
      },
    };
  };
}

function foundOf(anatomy: Engine["anatomy"], place: Place): Found {
  const found = placeIn(anatomy, place);
  if (found) return found;
  const site = "site" in place ? anatomy.sites[place.site] : undefined;
  const why = site?.unfound[0]?.reason;
  throw new GraphError(
    "unsupported form",
    `${nameOf(place)} wasn't found in this graph${why ? `: ${why}` : ""}`,
    site?.softmax ?? null,
  );
}

/** One row's output, of [B, C]. */
function outputRow(tensor: Tensor, row: number): Float32Array {
  const width = tensor.dims.at(-1) as number;
  return toFloat32(tensor).slice(row * width, (row + 1) * width);
}

const numbersOf = (output: OutputRow, target: Wanted["target"]) => ({
  row: output.row,
  value: targetNumber(output, target),
  logit: targetNumber(output, { ...target, as: "logit" }),
  probability: targetNumber(output, { position: null, index: target.index, as: "probability" }),
});
