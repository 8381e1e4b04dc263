import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import proto, { type onnx } from "onnx-proto";
import { readSafetensors } from "../src/tensor/safetensors";
import type { ExplainRequest } from "../src/worker/protocol";
import { filesOf, type Hub, startHub } from "./hub-server";
import { expect, failure, test, value } from "./worker-fixtures";

const fixtures = "e2e/fixtures/conformance";
const goldens = (model: string) => {
  const { inputs } = JSON.parse(readFileSync(`${fixtures}/${model}/goldens.json`, "utf8"));
  const tensors = readSafetensors(readFileSync(`${fixtures}/${model}/goldens.safetensors`)).tensors;
  const read = (name: string) => tensors.get(name)!.data as Float32Array;
  return { text: inputs.short.text as string, tokens: inputs.short.tokens as string[], read };
};
const bert = goldens("bert-seqcls");
const bertFiles = Object.fromEntries(
  ["config.json", "tokenizer.json", "tokenizer_config.json", "onnx/model.onnx"].map((path) => [
    `bert/${path}`,
    `${fixtures}/bert-seqcls/${path}`,
  ]),
);

/** Half floats have 11 bits. */
function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  const worst = actual.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
  expect(worst).toBeLessThan(6e-4);
}

test("a shipped model: what it is, what it reads, where it attends", async ({ worker }) => {
  await worker.open();
  const model = value(await worker.load({ kind: "shipped", id: "bert-seqcls" }));
  expect(model).toMatchObject({
    id: "bert-seqcls",
    file: "onnx/model.onnx",
    architecture: "BERT encoder",
    family: "encoder",
    task: "text-classification",
    precision: "fp32",
    tokenizer: true,
    pairs: true,
    device: "wasm",
    notes: [expect.stringContaining("model.onnx is open; also there:")],
  });
  expect(model.threads > 1).toBe(availableParallelism() > 1);
  expect(model.sha256).toMatch(/^[0-9a-f]{64}$/);

  const result = value(await worker.run({ kind: "text", text: bert.text }));
  expect(result.encoding.tokens).toEqual(bert.tokens);
  const logits = bert.read("short.logits");
  for (const { index, logit } of result.candidates) expect(logit).toBeCloseTo(logits[index]!, 4);
  expect(result.candidates[0]!.index).toBe(result.target.index);
  for (const { index } of model.sites)
    expectClose(await worker.attention(result.trace, index), bert.read(`short.attn.${index}`));
  expect(result.memory).toBeGreaterThan(2 ** 20);
});

test("methods explain a pass in their slots, as the references do", async ({ worker, page }) => {
  await worker.open();
  value(await worker.load({ kind: "shipped", id: "bert-seqcls" }));
  const { trace, target } = value(await worker.run({ kind: "text", text: bert.text }));
  const methods: ExplainRequest["methods"] = [
    { id: "leave-one-out", options: { drop: "logit" } },
    { id: "exact-shapley" },
    { id: "occlusion", options: { window: 0 } },
    { id: "rollout" },
    { id: "integrated-gradients" },
  ];
  const slots = await page.evaluate(
    async ([request, count]) => {
      const told: { values: readonly number[]; matrix: number; cost: number; failed: string }[] = [];
      const begun = new Set<number>();
      await window.page.explainer.explain(request, (event) => {
        if (event.kind === "progress") begun.add(event.slot);
        else if (event.kind === "failure")
          told[event.slot] = { values: [], matrix: 0, cost: 0, failed: event.failure.message };
        else {
          const { values, details, cost } = event.result;
          told[event.slot] = { values, matrix: details?.matrix?.length ?? 0, cost: cost.forward, failed: "" };
        }
      });
      return begun.size === count ? told : []; // all was told by the time that the call resolved
    },
    [{ trace, target, unit: "token", seed: 0, methods } as const, methods.length] as const,
  );
  expect(slots).toHaveLength(methods.length);
  const [loo, shapley, occlusion, rollout, ig] = slots;
  const close = (found: readonly number[] | undefined, golden: ArrayLike<number>) => {
    for (const [i, v] of found!.entries()) expect(Math.abs(v - golden[i]!)).toBeLessThan(1e-3);
  };
  close(loo?.values.slice(1, -1), bert.read("short.loo.logit_drop").slice(1, -1));
  expect([loo?.values[0], loo?.values.at(-1), loo?.cost]).toEqual([0, 0, bert.tokens.length - 1]);
  close(shapley?.values.slice(1, -1), bert.read("short.shapley.logit"));
  expect(occlusion?.failed).toContain("window=0");
  expect(rollout).toMatchObject({ matrix: bert.tokens.length ** 2, failed: "" });
  expect(ig?.failed).toBe("");
  close(ig?.values, bert.read("short.ig.gl"));
});

test("what is asked later takes the place of an explanation, and a run too", async ({ worker, page }) => {
  await worker.open();
  value(await worker.load({ kind: "shipped", id: "bert-seqcls" }));
  const text = `${bert.text} ${bert.text} ${bert.text} ${bert.text}`;
  const input = { kind: "text", text } as const;
  const { trace, target } = value(await worker.run(input));
  const endings = await page.evaluate(
    async ([asked, of]) => {
      const { explainer } = window.page;
      const request = (id: string) => ({ ...asked, methods: [{ id }] });
      /** How a long explanation ends that is interrupted once it runs. */
      const interrupted = async (by: () => Promise<unknown>): Promise<string> => {
        let interrupt = () => {};
        const runs = new Promise<void>((resolve) => {
          interrupt = resolve;
        });
        const long = explainer
          .explain(request("kernel-shap"), (event) => {
            if (event.kind === "progress" && event.done > 0) interrupt();
          })
          .then(
            () => "done",
            (error: { failure: { code: string } }) => error.failure.code,
          );
        await runs;
        await by();
        return long;
      };
      let later = "";
      const ends = [
        await interrupted(() =>
          explainer.explain(request("leave-one-out"), (event) => {
            later = event.kind;
          }),
        ),
        await interrupted(() => explainer.cancel("explanations")),
        await interrupted(() => explainer.run(of, null)),
      ];
      return [...ends, later];
    },
    [{ trace, target, unit: "token", seed: 0 } as const, input] as const,
  );
  expect(endings).toEqual(["cancelled", "cancelled", "cancelled", "result"]);
});

test("progress tells bytes, of each file and of all", async ({ worker }) => {
  await worker.open();
  value(await worker.load({ kind: "shipped", id: "bert-seqcls" }));
  const reports = (await worker.progress()).filter(({ unit }) => unit === "bytes");
  const last = reports.at(-1)!;
  expect(last.parts!.map(({ label }) => label).sort()).toEqual([
    "config.json",
    "model.onnx",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
  ]);
  for (const { done, total } of last.parts!) expect(done).toBe(total);
  expect(last.done).toBe(last.total);
  const done = reports.map((report) => report.done);
  expect(done).toEqual([...done].sort((a, b) => a - b));
});

test("pairs, ids, other targets, one head, fewer rows and columns", async ({ worker, page }) => {
  await worker.open();
  value(await worker.load({ kind: "shipped", id: "bert-seqcls" }));
  const pair = value(await worker.run({ kind: "text", text: "the plot", pair: "was slow" }));
  expect(pair.encoding.segments).toEqual([0, 0, 0, 0, 1, 1, 1]);

  const byText = value(await worker.run({ kind: "text", text: bert.text }));
  const byIds = value(await worker.run({ kind: "ids", ids: byText.encoding.ids }));
  expect(byIds.candidates.map(({ logit }) => logit)).toEqual(byText.candidates.map(({ logit }) => logit));
  expect(byIds.encoding.tokens).toEqual(byText.encoding.tokens);

  const answers = await page.evaluate(async (trace) => {
    const { explainer } = window.page;
    const all = await explainer.attention(trace, 1, []);
    const one = await explainer.attention(trace, 1, [2]);
    const small = await explainer.attention(trace, 1, [2, 0], 3);
    const cells = all.rows * all.columns;
    return {
      all: [all.heads, all.rows, all.columns, all.data.length],
      same: one.data.every((x, i) => x === all.data[2 * cells + i]),
      small: [small.heads, small.rows, small.columns, small.data.length],
      target: (await explainer.retarget(trace, { index: 1, against: 0 })).target,
      scores: await explainer.scores(trace),
      bad: await explainer.attention(trace, 9, []).catch((error) => error.failure),
      badHead: await explainer.attention(trace, 0, [77]).catch((error) => error.failure),
      badTarget: await explainer.retarget(trace, { index: 77 }).catch((error) => error.failure),
      gone: await explainer.attention(12345, 0, []).catch((error) => error.failure),
    };
  }, byText.trace);
  expect(answers.all).toEqual([[0, 1, 2, 3], 8, 8, 256]);
  expect(answers.same).toBe(true);
  expect(answers.small).toEqual([[2, 0], 3, 3, 18]);
  expect(answers.target).toEqual({ position: null, index: 1, against: 0 });
  for (const score of answers.scores) expect(score.entropy).toBeLessThanOrEqual(score.evenEntropy + 1e-6);
  for (const code of [answers.bad, answers.badHead, answers.badTarget, answers.gone].map((f) => f.code))
    expect(code).toBe("bad-input");
});

test("what can't be run is said", async ({ worker }) => {
  await worker.open();
  expect(failure(await worker.run({ kind: "text", text: "x" }))).toMatchObject({ code: "bad-input" });
  value(await worker.load({ kind: "shipped", id: "bert-seqcls" }));
  expect(failure(await worker.run({ kind: "text", text: "a ".repeat(400) }))).toMatchObject({ code: "too-long" });
  expect(failure(await worker.run({ kind: "ids", ids: [] }))).toMatchObject({ code: "bad-input" });
  expect(failure(await worker.run({ kind: "ids", ids: [5, 1e6] }))).toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("token id out of range: 1000000"),
  });
  expect(failure(await worker.load({ kind: "shipped", id: "nothing" }))).toMatchObject({ code: "not-found" });
});

test.describe("the hub", () => {
  let hub: Hub;
  test.beforeEach(async () => {
    hub = await startHub({
      "who/bert": filesOf(`${fixtures}/bert-seqcls`),
      "who/gpt2": filesOf(`${fixtures}/gpt2`),
    });
  });
  test.afterEach(() => hub.close());

  test("a model is fetched once and then kept, also without a network", async ({ worker }) => {
    await worker.open(hub.url);
    const model = value(await worker.load({ kind: "hub", id: "who/gpt2" }));
    expect(model).toMatchObject({ id: "who/gpt2", family: "decoder", task: "text-generation", pairs: false });
    const { candidates, target } = value(await worker.run({ kind: "text", text: "the plot was" }));
    expect(candidates.length).toBe(10);
    expect(target.index).toBe(candidates[0]!.index);
    const fetched = hub.requests.filter((request) => request.endsWith("/onnx/model.onnx"));
    expect(fetched).toEqual(["GET who/gpt2/onnx/model.onnx"]);

    await worker.open(hub.url);
    value(await worker.load({ kind: "hub", id: "who/gpt2" }));
    expect(hub.requests.filter((request) => request.endsWith("/onnx/model.onnx"))).toEqual(fetched);

    await hub.close();
    value(await worker.load({ kind: "hub", id: "who/gpt2" }));
  });

  test("another file is taken where it is asked for", async ({ worker }) => {
    await worker.open(hub.url);
    const model = value(await worker.load({ kind: "hub", id: "who/bert", file: "q8" }));
    expect(model).toMatchObject({ file: "onnx/model_quantized.onnx", precision: "int8" });
    value(await worker.run({ kind: "text", text: bert.text }));
  });

  test("a download that fails or is cut short can be tried again", async ({ worker }) => {
    await worker.open(hub.url);
    hub.break("who/bert", "onnx/model.onnx", { kind: "status", status: 503 }, { kind: "cut", after: 100_000 });
    expect(failure(await worker.load({ kind: "hub", id: "who/bert" }))).toMatchObject({ code: "network" });
    expect(failure(await worker.load({ kind: "hub", id: "who/bert" }))).toMatchObject({ code: "truncated" });
    value(await worker.load({ kind: "hub", id: "who/bert" }));
  });

  test("a download can be cancelled, and the model before it still runs", async ({ worker, page }) => {
    await worker.open(hub.url);
    value(await worker.load({ kind: "shipped", id: "bert-seqcls" }));
    let release = () => {};
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    hub.break("who/gpt2", "onnx/model.onnx", { kind: "hold", after: 50_000, until });
    const loading = worker.load({ kind: "hub", id: "who/gpt2" });
    await page.waitForFunction(() => window.page.progress.some(({ done }) => done > 50_000));
    await page.evaluate(() => window.page.explainer.cancel());
    expect(failure(await loading)).toMatchObject({ code: "cancelled" });
    release();
    value(await worker.run({ kind: "text", text: bert.text }));
    value(await worker.load({ kind: "hub", id: "who/gpt2" }));
  });

  test("nothing is asked of anyone but the page's own server and the hub", async ({ worker, page }) => {
    const asked = new Set<string>();
    page.context().on("request", (request) => asked.add(new URL(request.url()).origin));
    await worker.open(hub.url);
    value(await worker.load({ kind: "hub", id: "who/bert" }));
    const before = [...asked];
    value(await worker.run({ kind: "text", text: bert.text }));
    expect([...asked].sort()).toEqual([new URL(page.url()).origin, new URL(hub.url).origin].sort());
    expect([...asked]).toEqual(before);
  });
});

test.describe("files", () => {
  const whole = readFileSync(`${fixtures}/bert-seqcls/onnx/model.onnx`);
  /** The model with nodes of one operator turned into another's. */
  const altered = (from: string, to: Partial<onnx.INodeProto>): Buffer => {
    const model = proto.onnx.ModelProto.decode(whole);
    for (const node of model.graph!.node!) if (node.opType === from) Object.assign(node, to);
    return Buffer.from(proto.onnx.ModelProto.encode(model).finish());
  };

  test("a folder in the hub's layout, and a lone file that is given ids", async ({ worker }) => {
    await worker.open();
    expect(value(await worker.loadFiles(bertFiles))).toMatchObject({
      name: "bert",
      id: null,
      file: "bert/onnx/model.onnx",
    });
    value(await worker.run({ kind: "text", text: bert.text }));

    const alone = value(await worker.loadFiles({ "my.onnx": `${fixtures}/bert-seqcls/onnx/model.onnx` }));
    expect(alone).toMatchObject({ name: "my.onnx", tokenizer: false, architecture: "Transformer encoder" });
    expect(failure(await worker.run({ kind: "text", text: "x" }))).toMatchObject({ code: "tokenizer" });
    const ids = Array.from(bert.read("short.input_ids"));
    const { trace } = value(await worker.run({ kind: "ids", ids }));
    expectClose(await worker.attention(trace, 0), bert.read("short.attn.0"));
  });

  for (const [name, files, expected] of [
    ["not ONNX", { "x.onnx": Buffer.from("<!doctype html><html></html>") }, { code: "not-onnx" }],
    ["cut short", { "x.onnx": whole.subarray(0, whole.length - 1000) }, { code: "truncated" }],
    ["no model", { "x/readme.md": Buffer.from("hello") }, { code: "not-found" }],
    [
      "an operator that nothing runs",
      { "x.onnx": altered("Erf", { opType: "Warp", domain: "com.example" }) },
      { code: "unsupported-operator", node: { name: expect.stringContaining("Erf"), opType: "Warp" } },
    ],
    ["no attention", { "x.onnx": altered("Softmax", { opType: "Relu", attribute: [] }) }, { code: "no-attention" }],
  ] as const)
    test(`${name}: said, and the model before it still runs`, async ({ worker }) => {
      await worker.open();
      value(await worker.loadFiles(bertFiles));
      expect(failure(await worker.loadFiles(files))).toMatchObject(expected);
      value(await worker.run({ kind: "text", text: bert.text }));
    });
});

test("of many runs that come together the newest is made", async ({ worker, page }) => {
  await worker.open();
  value(await worker.load({ kind: "shipped", id: "bert-seqcls" }));
  const ends = await page.evaluate(() =>
    Promise.all(
      ["one", "one two", "one two three", "the plot"].map((text) =>
        window.page.explainer.run({ kind: "text", text }, null).then(
          ({ encoding }) => encoding.tokens.join(" "),
          (error) => error.failure.code as string,
        ),
      ),
    ),
  );
  // On a busy machine the first may have begun before the others have come.
  expect(["cancelled", "[CLS] on ##e [SEP]"]).toContain(ends[0]);
  expect(ends.slice(1)).toEqual(["cancelled", "cancelled", "[CLS] the plot [SEP]"]);
});

test("a model that is replaced gives its memory back with its worker", async ({ worker, page }) => {
  await worker.open();
  const explainers = () => page.workers().filter((w) => /\/worker-/.test(w.url())).length;
  value(await worker.load({ kind: "shipped", id: "bert-seqcls" }));
  expect(explainers()).toBe(1);
  value(await worker.load({ kind: "shipped", id: "gpt2" }));
  await expect.poll(explainers).toBe(1);
  expect(await page.evaluate(() => window.page.explainer.memory())).toBeGreaterThan(2 ** 20);
});

test("a worker that crashes is told of, and another takes its place", async ({ worker, page }) => {
  await worker.open();
  let broken = true;
  await page.route("**/assets/worker-*.js", (route) =>
    broken
      ? route.fulfill({ body: "throw new Error('broken on purpose')", contentType: "text/javascript" })
      : route.continue(),
  );
  expect(failure(await worker.load({ kind: "shipped", id: "bert-seqcls" }))).toMatchObject({
    code: "internal",
    message: expect.stringContaining("worker stopped"),
  });
  broken = false;
  value(await worker.load({ kind: "shipped", id: "bert-seqcls" }));
});

test("one thread where the page isn't isolated: the same attention", async ({ worker, page }) => {
  await page.route(
    (url) => url.pathname === "/",
    async (route) => {
      const response = await route.fetch();
      const { "cross-origin-opener-policy": _, "cross-origin-embedder-policy": __, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    },
  );
  await worker.open();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  const model = value(await worker.load({ kind: "shipped", id: "bert-seqcls" }));
  expect(model.threads).toBe(1);
  expect(model.notes[0]).toContain("isn't cross-origin isolated");
  const { trace } = value(await worker.run({ kind: "text", text: bert.text }));
  expectClose(await worker.attention(trace, 1), bert.read("short.attn.1"));
});
