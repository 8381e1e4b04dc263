import { lrpModes } from "../../autodiff/lrp/presets";
import type { Tap } from "../../graph/anatomy";
import { readTap } from "../../graph/anatomy/read";
import { toFloat32 } from "../../tensor/half";
import type { Tensor } from "../../tensor/tensor";
import { type Engine, openEngine } from "../engine";
import type { Batch } from "../feeds";
import type { CreateSession } from "../session";
import { type Folder, type Row, readJson, readModel, readTensors, reportName } from "./folder";
import { magnitude, targetOf } from "./gradient";
import { batchOf, largest, maxDifference, sizesOf } from "./reference";

/** Of the largest magnitude of each reference tensor. */
const limit = 1e-3;
const mode = lrpModes["attn-lrp"];

/** Every `attnlrp*` of a folder, for each input that has them; no rows where it has none. */
export async function checkLrp(folder: Folder, path: string, create: CreateSession): Promise<Row[]> {
  const goldens = await readTensors(folder, "goldens.safetensors");
  const json = await readJson(folder, "goldens.json");
  const inputs = (json?.inputs ?? {}) as Record<string, Record<string, unknown>>;
  const referenced = Object.entries(inputs).filter(([input]) => goldens.has(`${input}.attnlrp`));
  const engine = await openEngine(await readModel(folder, path), create, { modes: Object.values(lrpModes) });
  try {
    const rows: Row[] = [];
    for (const [input, about] of referenced) {
      const batch = batchOf(goldens, input);
      if (!batch) continue;
      for (const [quantity, error] of await errorsOf(engine, goldens, input, batch, about))
        rows.push({
          model: folder.name,
          file: reportName(path),
          quantity: `${input}.${quantity}`,
          error,
          limit,
          pass: error !== null && error <= limit,
        });
    }
    return rows;
  } finally {
    await engine.release();
  }
}

async function errorsOf(
  engine: Engine,
  goldens: ReadonlyMap<string, Tensor>,
  input: string,
  batch: Batch,
  about: Record<string, unknown>,
): Promise<[string, number | null][]> {
  const { residual, embedding } = engine.anatomy;
  const layers = residual?.layers ?? [];
  const taps = layers.map((tap, l): Tap => (l === layers.length - 1 ? (residual?.finalNorm ?? tap) : tap));
  const source = embedding.sources[0];
  const names = [...new Set([source, ...taps.map((tap) => tap.value)])];
  const values = await engine.runBatch(batch, names);
  const cotangents = await engine.cotangents(batch, targetOf(about), mode, names);
  const relevance = (name: string): Tensor => product(values[name], cotangents[name]);
  const compared = (key: string, found: Float32Array): [string, number | null] => {
    const golden = goldens.get(`${input}.${key}`);
    return [key, golden ? maxDifference(found, toFloat32(golden)) / magnitude(golden) : null];
  };
  const full = relevance(source);
  const expected = [...goldens.keys()].filter((key) => key.startsWith(`${input}.attnlrp.hidden.`)).length;
  const hidden = taps.map((tap, l) => {
    const rows = readTap(relevance(tap.value), tap.layout, sizesOf(batch), "width", 0);
    return compared(`attnlrp.hidden.${l}`, summed(rows))[1];
  });
  return [
    compared("attnlrp", summed(full)),
    compared("attnlrp.full", toFloat32(full)),
    compared("attnlrp.grad", toFloat32(cotangents[source])),
    ["attnlrp.hidden", taps.length === expected ? largest(hidden) : null],
  ];
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
