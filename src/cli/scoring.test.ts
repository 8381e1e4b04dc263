import { readdirSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { modelFilesOf, readModel } from "../explain/conformance/folder";
import { type Engine, openEngine } from "../explain/engine";
import type { HeadScoring, ScoreForm } from "../explain/scoring";
import type { Builder } from "../graph/builder";
import { layouts } from "../graph/testing/layouts";
import { type Options, type Parts, transformer } from "../graph/testing/transformer";
import { encodeModel } from "../onnx/encode";
import { encodeIds } from "../text/ids";
import { folderOf } from "./folder";
import { createNodeSession } from "./session";

const root = "e2e/fixtures/conformance";
const encoding = encodeIds("10 11 12 13 14 9 8");
const T = encoding.ids.length;
const engines: Engine[] = [];
afterAll(() => Promise.all(engines.map((engine) => engine.release())));

async function open(options: Options): Promise<Engine> {
  const model = encodeModel(transformer(options));
  const engine = await openEngine(
    { modelPath: "model.onnx", model, external: new Map(), config: { architectures: ["TestModel"] } },
    createNodeSession,
  );
  engines.push(engine);
  return engine;
}

const at = (data: ArrayLike<number | bigint>, i: number): number => Number(data[i]);

/** The logit that the form promises for a query and a key, before its rest. */
function promised({ queries, keys, scale, cap }: HeadScoring, i: number, j: number): number {
  const width = queries.dims[1];
  let score = 0;
  for (let c = 0; c < width; c++) score += at(queries.data, i * width + c) * at(keys.data, j * width + c);
  return cap === null ? score * scale : cap * Math.tanh((score * scale) / cap);
}

interface Found {
  /** The largest difference between the softmax of the logits and the attention. */
  softmax: number;
  /** The largest rest of a key that isn't masked. */
  rest: number;
  masked: number;
  form: ScoreForm;
}

/** Every head of every site against the attention of the pass. */
async function check(engine: Engine): Promise<Found> {
  const trace = await engine.run(encoding);
  const found = { softmax: 0, rest: 0, masked: 0 };
  let form: ScoreForm | null = null;
  for (const { index, heads } of engine.sites) {
    const read = await engine.scoring({ encoding }, index);
    for (let head = 0; head < heads; head++) {
      const scoring = read(head);
      form = { scale: scoring.scale, cap: scoring.cap, parts: scoring.parts, before: scoring.before };
      const { data } = await trace.attention(index, head);
      for (let i = 0; i < T; i++) {
        const row = Array.from({ length: T }, (_, j) => at(scoring.logits.data, i * T + j));
        const extra = scoring.extra?.[i] ?? Number.NEGATIVE_INFINITY;
        const most = Math.max(...row, extra);
        const sum = row.reduce((all, v) => all + Math.exp(v - most), Math.exp(extra - most));
        for (let j = 0; j < T; j++) {
          found.softmax = Math.max(found.softmax, Math.abs(Math.exp(row[j] - most) / sum - at(data, i * T + j)));
          if (row[j] < -1000) found.masked++;
          else found.rest = Math.max(found.rest, Math.abs(row[j] - promised(scoring, i, j)));
        }
      }
    }
  }
  return { ...found, form: form as unknown as ScoreForm };
}

describe("the softmax of the logits is the attention of the pass, and logits are what their form promises", () => {
  test.each(layouts.filter((l) => !l.refused).map((l) => [l.name, l] as const))("%s", async (_name, layout) => {
    const { size = 4 } = layout;
    const causal = await check(await open({ ...layout, causal: true }));
    expect(causal.softmax).toBeLessThan(1e-6);
    expect(causal.rest).toBeLessThan(1e-4);
    expect(causal.masked).toBeGreaterThan(0);
    expect(causal.form.scale).toBeCloseTo(1 / Math.sqrt(size), 6);
    expect(causal.form.cap).toBeNull();
  });
});

const heads = (b: Builder, x: string, n: number) => b.transpose(b.reshape(x, [0, 0, n, -1]), [0, 2, 1, 3]);
const keysLast = (b: Builder, k: string) => b.transpose(k, [0, 1, 3, 2]);
/** Attention between split heads, with its scores made of the product as a test wants it. */
const attending =
  (probsOf: (b: Builder, scores: string, parts: Parts) => string): Options["attention"] =>
  (b, parts) => {
    const [q, k, v] = [parts.q, parts.k, parts.v].map((x) => heads(b, x, parts.heads));
    const context = b.matmul(probsOf(b, b.matmul(q, keysLast(b, k)), parts), v);
    return b.reshape(b.transpose(context, [0, 2, 1, 3]), [0, 0, -1]);
  };

describe("what stands between product and softmax is told apart", () => {
  test("a soft cap", async () => {
    const capped = attending((b, scores, { bias }) => {
      const small = b.op("Div", [b.mul(scores, b.scalar(0.5, scores)), b.scalar(3, scores)]);
      return b.softmax(b.add(b.mul(b.op("Tanh", [small]), b.scalar(3, scores)), bias));
    });
    const { form, softmax, rest } = await check(await open({ attention: capped }));
    expect(form).toMatchObject({ cap: 3, scale: 0.5, parts: ["bias"] });
    expect([softmax, rest].every((error) => error < 1e-5)).toBe(true);
  });

  test("a bias of its own for each place", async () => {
    const biased = attending((b, scores) => {
      const places = b.cast(b.range(b.dim(scores, 3)), "float32");
      return b.softmax(b.add(scores, b.mul(places, b.scalar(0.25, places))));
    });
    const engine = await open({ attention: biased });
    const { softmax } = await check(engine);
    expect(softmax).toBeLessThan(1e-6);
    const scoring = (await engine.scoring({ encoding }, 1))(1);
    for (let j = 0; j < T; j++)
      expect(at(scoring.logits.data, 2 * T + j) - promised(scoring, 2, j)).toBeCloseTo(0.25 * j, 4);
  });

  test("a term of the softmax that is no key", async () => {
    const sink = attending((b, scores, { bias }) => {
      const seen = b.add(scores, bias);
      const shape = b.concat([b.dim(scores, 0), b.dim(scores, 1), b.dim(scores, 2), b.integers([1])], 0);
      const one = b.op("Expand", [b.scalar(1.5, scores), shape]);
      return b.slice(b.softmax(b.concat([one, seen], 3)), 3, 1, Number.MAX_SAFE_INTEGER);
    });
    const engine = await open({ attention: sink });
    const { softmax, form } = await check(engine);
    expect(softmax).toBeLessThan(1e-6);
    expect(form.parts).toContain("extra");
    expect([...((await engine.scoring({ encoding }, 0))(0).extra ?? [])]).toEqual(new Array(T).fill(1.5));
  });

  test("queries that were scaled before the product", async () => {
    const before: Options["attention"] = (b, parts) => {
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) => heads(b, x, parts.heads));
      const scores = b.matmul(b.mul(q, b.scalar(0.5, q)), keysLast(b, k));
      return b.reshape(b.transpose(b.matmul(b.softmax(scores), v), [0, 2, 1, 3]), [0, 0, -1]);
    };
    const { form, softmax, rest } = await check(await open({ attention: before }));
    expect(form).toMatchObject({ scale: 1, before: { q: 0.5, k: 1 } });
    expect(Math.max(softmax, rest)).toBeLessThan(1e-4);
  });
});

describe("files of every export", () => {
  const readable = readdirSync(root).filter((name) => name !== "vit" && name !== "t5"); // no text; no model of one stack
  const files = readable.flatMap((name) =>
    modelFilesOf(folderOf(`${root}/${name}`)).map((file) => [name, file] as const),
  );
  test.each(files)("%s %s", { timeout: 60_000 }, async (name, file) => {
    const engine = await openEngine(await readModel(folderOf(`${root}/${name}`), file), createNodeSession);
    engines.push(engine);
    const { softmax, rest, masked, form } = await check(engine);
    expect(softmax).toBeLessThan(1e-6);
    // ModernBERT looks at a few neighbours in most layers.
    expect(masked > 0).toBe(engine.family === "decoder" || name === "modernbert-seqcls");
    expect(form.cap).toBe(name === "gemma2" ? 4 : null);
    // Positions that meet queries and keys by products of their own are DeBERTa's.
    if (name === "deberta-v2") expect(rest).toBeGreaterThan(1);
    else expect(rest).toBeLessThan(1e-5);
    const width = (await engine.scoring({ encoding }, 0))(0).queries.dims[1];
    const expected = name === "deberta-v2" ? 1 / Math.sqrt(3 * width) : 1 / Math.sqrt(width);
    expect(form.scale * form.before.q * form.before.k).toBeCloseTo(name === "gemma2" ? form.scale : expected, 5);
  });
});
