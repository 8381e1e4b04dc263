import { readFileSync } from "node:fs";
import { readSafetensors } from "../src/tensor/safetensors";
import type { ExplainRequest } from "../src/worker/protocol";
import { expect, failure, test, value } from "./worker-fixtures";

const folder = "e2e/fixtures/conformance/bert-seqcls";
const golden = readSafetensors(readFileSync(`${folder}/goldens.safetensors`)).tensors;
const { text } = JSON.parse(readFileSync(`${folder}/goldens.json`, "utf8")).inputs.short;

const worst = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), a.length === b.length ? 0 : 1);

test("WebGPU gives the attention that WASM and PyTorch give", async ({ worker }) => {
  await worker.open();
  const model = value(await worker.load({ kind: "shipped", id: "bert-seqcls" }, "webgpu"));
  expect(model).toMatchObject({ device: "webgpu" });
  const gpu = value(await worker.run({ kind: "text", text }));
  const onGpu = await worker.attention(gpu.trace, 0);
  expect(worst(onGpu, golden.get("short.attn.0")!.data as Float32Array)).toBeLessThan(1e-3);

  value(await worker.load({ kind: "shipped", id: "bert-seqcls" }, "wasm"));
  const cpu = value(await worker.run({ kind: "text", text }));
  expect(worst(onGpu, await worker.attention(cpu.trace, 0))).toBeLessThan(1e-3);
  for (const { index, logit } of gpu.candidates)
    expect(cpu.candidates.find((candidate) => candidate.index === index)!.logit).toBeCloseTo(logit, 3);
});

/** By the derivatives, the relevance and the multipliers that an explaining session gives. */
const methods = ["gradient-x-input", "attn-lrp", "deeplift"];

test("the way back on WebGPU gives what it gives on WASM", async ({ worker, page }) => {
  await worker.open();
  const explained = async (device: "webgpu" | "wasm"): Promise<Record<string, readonly number[]>> => {
    expect(value(await worker.load({ kind: "shipped", id: "bert-seqcls" }, device)).device).toBe(device);
    const { trace, target } = value(await worker.run({ kind: "text", text }));
    const request: ExplainRequest = { trace, target, unit: "token", seed: 0, methods: methods.map((id) => ({ id })) };
    return page.evaluate(async (asked) => {
      const found: Record<string, readonly number[]> = {};
      await window.page.explainer.explain(asked, (event) => {
        if (event.kind === "failure") throw new Error(event.failure.message);
        if (event.kind === "result") found[event.result.method] = event.result.values;
      });
      return found;
    }, request);
  };
  const gpu = await explained("webgpu");
  const cpu = await explained("wasm");
  expect(Object.keys(gpu).sort()).toEqual([...methods].sort());
  for (const id of methods) {
    const [a, b] = [Float32Array.from(gpu[id]!), Float32Array.from(cpu[id]!)];
    const largest = b.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    expect(largest).toBeGreaterThan(0);
    expect(worst(a, b) / largest, id).toBeLessThan(1e-3);
  }
});

test("a browser without promise integration gets the other build, and the same attention", async ({ worker, page }) => {
  await page.route("**/assets/worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `delete WebAssembly.Suspending;\n${await response.text()}` });
  });
  const builds = new Set<string>();
  page.context().on("request", (request) => {
    const build = /ort-wasm-simd-threaded(\.\w+)?-/.exec(request.url());
    if (build) builds.add(build[1] ?? "");
  });
  await worker.open();
  const model = value(await worker.load({ kind: "shipped", id: "bert-seqcls" }, "webgpu"));
  expect(model).toMatchObject({ device: "webgpu" });
  expect([...builds]).toEqual([".asyncify"]);
  const { trace } = value(await worker.run({ kind: "text", text }));
  expect(worst(await worker.attention(trace, 0), golden.get("short.attn.0")!.data as Float32Array)).toBeLessThan(1e-3);
});

test("a browser whose GPU process is still starting is asked again", async ({ worker, page }) => {
  const first = `{
    const { requestAdapter } = GPU.prototype;
    let asked = 0;
    GPU.prototype.requestAdapter = function (options) {
      return asked++ === 0 ? Promise.resolve(null) : requestAdapter.call(this, options);
    };
  }`;
  await page.route("**/assets/worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${first}\n${await response.text()}` });
  });
  await worker.open();
  expect(value(await worker.load({ kind: "shipped", id: "bert-seqcls" }, "webgpu")).device).toBe("webgpu");
});

test("an emulated GPU is left alone where nobody asks for it", async ({ worker }) => {
  await worker.open();
  const model = value(await worker.load({ kind: "shipped", id: "bert-seqcls" }, "auto"));
  expect(model.device).toBe("wasm");
  expect(model.notes[0]).toContain("emulated");
});

test("a GPU that is lost stops its model, and WASM takes over", async ({ worker, browser }) => {
  await worker.open();
  value(await worker.load({ kind: "shipped", id: "bert-seqcls" }, "webgpu"));
  value(await worker.run({ kind: "text", text }));
  await (await browser.newBrowserCDPSession()).send("Browser.crashGpuProcess");
  await expect
    .poll(async () => {
      const ended = await worker.run({ kind: "text", text });
      return "failure" in ended ? ended.failure.code : "ran";
    })
    .toBe("device-lost");
  expect(failure(await worker.run({ kind: "text", text }))).toMatchObject({ code: "device-lost" });
  value(await worker.load({ kind: "shipped", id: "bert-seqcls" }, "wasm"));
  value(await worker.run({ kind: "text", text }));
});
