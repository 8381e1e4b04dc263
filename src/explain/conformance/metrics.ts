import type { Attribution, MethodContext } from "../attribution";
import { openEngine, understand } from "../engine";
import { type Faithfulness, measureFaithfulness } from "../faithfulness";
import { entropy } from "../metrics/entropy";
import { gini } from "../metrics/gini";
import { spearman } from "../metrics/spearman";
import { passesOf } from "../passes-of";
import type { Removal } from "../removal";
import type { CreateSession } from "../session";
import { alone, byRow } from "./alone";
import { type Folder, type Row, readModel, readTensors, reportName } from "./folder";
import { type About, type Goldens, goldenContext, numbers, singleInputs, withPlayers } from "./golden-context";
import { isComparable, readGoldens } from "./methods";

/** Absolute: the references' values are held as float32, and so are the models' answers. */
const [byFormula, byModel] = [1e-5, 1e-4];

type Found = Omit<Row, "model" | "file">;
type Numbers = Readonly<Record<string, number>>;
type Steps = Readonly<Record<string, Numbers & { readonly top: readonly number[] }>>;

/** Rank correlations, entropy and Gini index of the attributions that the folder holds, by their formulas. */
export async function checkFormulas(folder: Folder): Promise<Row[]> {
  const goldens = await readGoldens(folder);
  return singleInputs(goldens)
    .filter(([input, about]) => about.spearman && holdsAttributions(goldens, input))
    .flatMap(([input, about]) =>
      formulas(goldens, input, about).map((row) => ({ model: folder.name, file: "", ...row })),
    );
}

/** Folders that were cut down to what a model says hold ranks without what was ranked. */
const holdsAttributions = ({ tensors }: Goldens, input: string): boolean =>
  tensors.has(`${input}.ig.gl`) || tensors.has(`${input}.ig.enc.gl`);

/** Comprehensiveness and sufficiency, which the model must be run for. */
export async function checkFaithfulness(folder: Folder, path: string, create: CreateSession): Promise<Row[]> {
  const goldens = await readGoldens(folder);
  const inputs = singleInputs(goldens).filter(([, about]) => about.eraser);
  const files = await readModel(folder, path);
  if (inputs.length === 0) {
    understand(files); // what must be refused is, with or without references
    return [];
  }
  const engine = await openEngine(files, create);
  try {
    const comparable = isComparable(engine, goldens, await readTensors(folder, "ort_outputs.safetensors"), path);
    const rows: Row[] = [];
    for (const [input, about] of inputs) {
      const passes = passesOf(engine);
      const context = withPlayers(
        await goldenContext(engine, passes, goldens, input, about),
        about.score_positions as number[],
      );
      const [ranked] = valuesOf(goldens, input, about, ["ig"]);
      const measure = (removal: Removal, by: MethodContext) =>
        measureFaithfulness(by, [attributionOf(by, ranked.all)], { ks: ks(about), removal, orders: 0 });
      const replaced = await measure("mask", context);
      const found = comparable
        ? againstGoldens(input, about, replaced, hasDeleted(about) ? await measure("delete", context) : null)
        : [againstAlone(input, replaced, await measure("mask", { ...context, passes: alone(passes) }))];
      rows.push(...found.map((row) => ({ model: folder.name, file: reportName(path), ...row })));
    }
    return rows;
  } finally {
    await engine.release();
  }
}

const stepsOf = ({ eraser }: About): Steps => eraser as Steps;
const ks = (about: About): number[] => Object.keys(stepsOf(about)).map(Number);
const hasDeleted = (about: About): boolean =>
  Object.values(stepsOf(about)).some((step) => "comprehensiveness_delete" in step);

/** A ranking that another method gave. */
const attributionOf = ({ units, target, trace }: MethodContext, values: readonly number[]): Attribution => ({
  method: "integrated-gradients",
  options: {},
  target,
  encoding: trace.encoding,
  units,
  values,
  signed: true,
  cost: { forward: 0, backward: 0, ms: 0 },
});

function againstGoldens(input: string, about: About, replaced: Faithfulness, deleted: Faithfulness | null): Found[] {
  const parts: [string, readonly (number | null)[] | undefined][] = (
    ["comprehensiveness", "sufficiency"] as const
  ).flatMap((part) => [
    [part, replaced.methods[0][part]],
    [`${part}_logit`, replaced.methods[0].logit[part]],
    [`${part}_delete`, deleted?.methods[0][part]],
  ]);
  const known = new Set(parts.flatMap(([name, values]) => (values ? [name] : [])));
  const lacking = Object.values(stepsOf(about))
    .flatMap((step) => Object.keys(step))
    .find((name) => name !== "top" && !known.has(name));
  const errors = parts.flatMap(([name, values]) =>
    values === undefined
      ? []
      : Object.values(stepsOf(about)).map((step, i) => ({
          name,
          error: Math.abs((values[i] ?? Number.NaN) - step[name]) / (name.endsWith("_logit") ? size(about) : 1),
        })),
  );
  if (lacking) return [row(`${input}.eraser`, null, byModel, `nothing computes ${lacking}`)];
  const [error, of] = worst(errors);
  return [row(`${input}.eraser`, error, byModel, `worst: ${of}`)];
}

/** Logits are as large as the reference's. */
const size = ({ target_logit }: About): number => Math.max(1, Math.abs(Number(target_logit)));

function againstAlone(input: string, together: Faithfulness, each: Faithfulness): Found {
  const errors = (["comprehensiveness", "sufficiency"] as const).flatMap((part) =>
    together.methods[0][part].map((v, i) => ({
      name: part,
      error: Math.abs((v ?? Number.NaN) - (each.methods[0][part][i] ?? Number.NaN)),
    })),
  );
  const [error] = worst(errors);
  return row(`${input}.eraser`, error, byRow.limit, byRow.note);
}

/** The values that the folder holds of the named methods: of the reference's row, and over the positions that are scored. */
function valuesOf(
  goldens: Goldens,
  input: string,
  about: About,
  methods: readonly string[],
): { all: number[]; scored: number[] }[] {
  const positions = about.score_positions as number[];
  const tokens = (about.tokens as string[]).length;
  const start = Number(about.attribution_row) * tokens;
  const rowOf = (key: string): number[] =>
    Array.from(numbers(goldens, `${input}.${key}`).subarray(start, start + tokens));
  /** Mean over heads of a query's row, [H, Tq, Tk], in the last layer. */
  const lastAttention = (kind: string, queries: number, query: number): number[] => {
    const layers = [...goldens.tensors.keys()].filter((key) => key.startsWith(`${input}.${kind}.`)).length;
    const attention = numbers(goldens, `${input}.${kind}.${layers - 1}`);
    const heads = attention.length / queries / tokens;
    return Array.from({ length: tokens }, (_, j) => {
      let sum = 0;
      for (let h = 0; h < heads; h++) sum += attention[(h * queries + query) * tokens + j];
      return sum / heads;
    });
  };
  const answers = (about.decoder_tokens as string[] | undefined)?.length;
  /** Of an encoder and a decoder, what the last decoder position has from the encoder's tokens. */
  const fromEncoder: Readonly<Record<string, () => number[]>> = {
    raw_cross_attention: () => lastAttention("cross.attn", answers as number, (answers as number) - 1),
    chefer: () => Array.from(numbers(goldens, `${input}.chefer.R_de`).slice(-tokens)),
    ig: () => Array.from(numbers(goldens, `${input}.ig.enc.gl`)),
    loo: () => Array.from(numbers(goldens, `${input}.loo.enc.logit_drop`)),
    gradxinput: () => Array.from(numbers(goldens, `${input}.gradxinput.enc`)),
  };
  const ofOneStack: Readonly<Record<string, () => number[]>> = {
    raw_attention: () => lastAttention("attn", tokens, Number(about.attribution_row)),
    rollout: () => rowOf("rollout.mean.0"),
    chefer: () => rowOf("chefer.R"),
    ig: () => Array.from(numbers(goldens, `${input}.ig.gl`)),
    loo: () => Array.from(numbers(goldens, `${input}.loo.logit_drop`)),
    gradxinput: () => Array.from(numbers(goldens, `${input}.gradxinput`)),
  };
  return methods.map((method) => {
    if (method === "shapley") {
      const values = Array.from(numbers(goldens, `${input}.shapley.logit`));
      return { all: values, scored: values };
    }
    const source = (answers === undefined ? ofOneStack : fromEncoder)[method];
    if (!source) throw new Error(`unknown method of a reference: ${method}`);
    const all = source();
    return { all, scored: positions.map((i) => all[i]) };
  });
}

function formulas(goldens: Goldens, input: string, about: About): Found[] {
  const correlations = (["spearman", "spearman_abs"] as const).flatMap((name) => {
    const golden = about[name] as { methods: string[]; rho: number[][]; p: number[][] } | undefined;
    if (!golden) return [];
    const values = valuesOf(goldens, input, about, golden.methods).map(({ scored }) =>
      name === "spearman_abs" ? scored.map(Math.abs) : scored,
    );
    const errors = golden.methods.flatMap((a, i) =>
      golden.methods.flatMap((b, j) => {
        const found = spearman(values[i], values[j], "t");
        const off = (value: number | null, wanted: number): number => Math.abs((value ?? Number.NaN) - wanted);
        return [
          { name: `rho of ${a} and ${b}`, error: off(found.rho, golden.rho[i][j]) },
          { name: `p of ${a} and ${b}`, error: off(found.p, golden.p[i][j]) },
        ];
      }),
    );
    const [error, of] = worst(errors);
    return [row(`${input}.${name}`, error, byFormula, `worst: ${of}`)];
  });
  const stats = about.stats as Readonly<Record<string, { entropy: number; gini: number }>> | undefined;
  if (!stats) return correlations;
  const methods = Object.keys(stats);
  const errors = valuesOf(goldens, input, about, methods).flatMap(({ scored }, m) => [
    { name: `entropy of ${methods[m]}`, error: Math.abs((entropy(scored) ?? Number.NaN) - stats[methods[m]].entropy) },
    { name: `Gini of ${methods[m]}`, error: Math.abs((gini(scored) ?? Number.NaN) - stats[methods[m]].gini) },
  ]);
  const [error, of] = worst(errors);
  return [...correlations, row(`${input}.stats`, error, byFormula, `worst: ${of}`)];
}

/** The largest error and whose it is; not a number is the largest of all. */
function worst(errors: readonly { readonly name: string; readonly error: number }[]): [number | null, string] {
  const found = errors.reduce((a, b) => (b.error <= a.error ? a : b));
  return [Number.isNaN(found.error) ? null : found.error, found.name];
}

const row = (quantity: string, error: number | null, limit: number, note: string): Found => ({
  quantity,
  error,
  limit,
  pass: error !== null && error <= limit,
  note,
});
