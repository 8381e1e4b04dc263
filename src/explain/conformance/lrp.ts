import { cotangentOf, switchOf } from "../../autodiff/explaining";
import { lrpModes } from "../../autodiff/lrp/presets";
import type { Tap } from "../../graph/anatomy";
import { readTap } from "../../graph/anatomy/read";
import { usedInputs } from "../../graph/prune";
import { toFloat32 } from "../../tensor/half";
import { type Tensor, tensor } from "../../tensor/tensor";
import { type Engine, openEngine, sessionSource } from "../engine";
import { type Batch, feedsOf } from "../feeds";
import type { CreateSession } from "../session";
import { type TargetRows, targetFeeds } from "../target-feeds";
import { type Folder, type Row, readJson, readModel, readTensors, reportName } from "./folder";
import { isFaithful } from "./forward";
import { targetOf } from "./gradient";
import { fullSibling, rounded } from "./halves";
import { besideResidues, referenceOf } from "./own-weights";
import { batchOf, maxDifference, sizesOf } from "./reference";

/** Of the largest magnitude of each reference tensor. */
const limit = 1e-3;
const mode = lrpModes["attn-lrp"];

/** Values and their cotangents, by names. */
type Run = (batch: Batch, target: TargetRows) => Promise<Record<Quantity, Float32Array>>;
type Quantity = string;

/** Every `attnlrp*` of a folder, for each input that has them; no rows where it has none. The session has all modes. */
export async function checkLrp(folder: Folder, path: string, create: CreateSession): Promise<Row[]> {
  const goldens = await readTensors(folder, "goldens.safetensors");
  const json = await readJson(folder, "goldens.json");
  const inputs = (json?.inputs ?? {}) as Record<string, Record<string, unknown>>;
  const referenced = Object.entries(inputs).filter(([input]) => goldens.has(`${input}.attnlrp`));
  const engine = await openEngine(await readModel(folder, path), create, { modes: Object.values(lrpModes) });
  const close: (() => Promise<void>)[] = [() => engine.release()];
  try {
    const own = referenced.length > 0 ? await ownReference(folder, path, engine, create, close) : null;
    const rows: Row[] = [];
    for (const [input, about] of referenced) {
      const batch = batchOf(goldens, input);
      if (!batch) continue;
      const found = await runOf(engine)(batch, targetOf(about));
      const names = [...goldens.keys()].filter((key) => key.startsWith(`${input}.attnlrp`));
      const expected: Record<Quantity, Float32Array> = own
        ? await own.run(batch, targetOf(about))
        : Object.fromEntries(names.map((key) => [key.slice(input.length + 1), toFloat32(goldens.get(key) as Tensor)]));
      for (const key of names) {
        const [a, b] = [found[key.slice(input.length + 1)], expected[key.slice(input.length + 1)]];
        const error = a && b ? maxDifference(a, b) / b.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-30) : null;
        const [model, quantity, pass] = [folder.name, key, error !== null && error <= limit];
        rows.push({ model, file: reportName(path), quantity, error, limit, pass, ...(own ? { note: own.note } : {}) });
      }
    }
    return rows;
  } finally {
    for (const each of close) await each();
  }
}

/**
 * What stands in for the goldens where a file's weights are rounded: a half-precision file's float32 sibling with its
 * weights rounded to halves; else the file itself with its own weights as plain numbers.
 */
async function ownReference(
  folder: Folder,
  path: string,
  engine: Engine,
  create: CreateSession,
  close: (() => Promise<void>)[],
): Promise<{ run: Run; note: string } | null> {
  const outputs = await readTensors(folder, "ort_outputs.safetensors");
  if (engine.precision === "fp32" && isFaithful(await readTensors(folder, "goldens.safetensors"), outputs, path))
    return null;
  const sibling = engine.precision === "fp16" ? fullSibling(folder, path) : null;
  if (sibling !== null) {
    const other = await openEngine(rounded(await readModel(folder, sibling)), create, { modes: [mode] });
    close.push(() => other.release());
    return { run: runOf(other), note: "against the float32 file with its weights rounded to halves" };
  }
  const files = await readModel(folder, path);
  const reference = besideResidues({ ...mode, name: "reference" });
  const { model, canonical } = referenceOf(files, reference);
  const session = await create(sessionSource(files, model));
  close.push(() => session.release());
  const used = usedInputs(canonical.model.graph);
  const inputs = canonical.inputs.filter((i) => used.has(i.name));
  const run: Run = async (batch, target) => {
    const names = namesOf(engine);
    const on = { [switchOf(reference)]: tensor("bool", [], Uint8Array.of(1)) };
    const feeds = { ...feedsOf(inputs, batch), ...targetFeeds(target, session), ...on };
    const found = await session.run(feeds, [...names, ...names.map((v) => cotangentOf(reference, v))]);
    const cotangents = Object.fromEntries(names.map((v) => [v, found[cotangentOf(reference, v)]]));
    return quantitiesOf(engine, batch, found, cotangents);
  };
  return { run, note: "against plain products with the same weights, straight through" };
}

function tapsOf({ anatomy: { residual } }: Engine): readonly Tap[] {
  const layers = residual?.layers ?? [];
  return layers.map((tap, l) => (l === layers.length - 1 ? (residual?.finalNorm ?? tap) : tap));
}

const namesOf = (engine: Engine): readonly string[] => [
  ...new Set([engine.anatomy.embedding.sources[0], ...tapsOf(engine).map((tap) => tap.value)]),
];

const runOf =
  (engine: Engine): Run =>
  async (batch, target) => {
    const names = namesOf(engine);
    const values = await engine.runBatch(batch, names);
    return quantitiesOf(engine, batch, values, await engine.cotangents(batch, target, mode, names));
  };

function quantitiesOf(
  engine: Engine,
  batch: Batch,
  values: Readonly<Record<string, Tensor>>,
  cotangents: Readonly<Record<string, Tensor>>,
): Record<Quantity, Float32Array> {
  const relevance = (name: string): Tensor => product(values[name], cotangents[name]);
  const source = engine.anatomy.embedding.sources[0];
  const hidden = tapsOf(engine).map((tap, l) => {
    const rows = readTap(relevance(tap.value), tap.layout, sizesOf(batch), "width", 0);
    return [`attnlrp.hidden.${l}`, summed(rows)] as const;
  });
  return {
    attnlrp: summed(relevance(source)),
    "attnlrp.full": toFloat32(relevance(source)),
    "attnlrp.grad": toFloat32(cotangents[source]),
    ...Object.fromEntries(hidden),
  };
}

function product(value: Tensor, cotangent: Tensor): Tensor {
  const [a, b] = [toFloat32(value), toFloat32(cotangent)];
  return { dtype: "float32", dims: value.dims, data: a.map((x, i) => x * b[i]) };
}

/** Over the last axis. */
function summed({ dims, data }: Tensor): Float32Array {
  const width = dims[dims.length - 1];
  const sums = new Float64Array(data.length / width);
  (data as Float32Array).forEach((x, i) => {
    sums[Math.floor(i / width)] += x;
  });
  return Float32Array.from(sums);
}
