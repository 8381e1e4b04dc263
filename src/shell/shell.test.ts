import { expect, test } from "vitest";
import type { State } from "../store/state";
import { initial } from "../store/state";
import type { Failure, LoadedModel } from "../worker/protocol";
import { report, tell } from "./failures";
import { amount, deviceLabel, megabytes, probability, shape, tenths, timeLeft } from "./format";

const codes: readonly Failure["code"][] = [
  "not-found",
  "network",
  "truncated",
  "not-onnx",
  "missing-file",
  "unsupported-operator",
  "no-attention",
  "encoder-decoder",
  "out-of-memory",
  "device-lost",
  "tokenizer",
  "too-long",
  "bad-input",
  "run",
  "cancelled",
  "internal",
];
const model = { name: "small", device: "webgpu", architecture: "BERT encoder", precision: "fp32", sha256: "ab" };
const failed: State = { ...initial, next: { kind: "hub", id: "a/b", file: "onnx/model.onnx" } };
const running: State = { ...initial, source: { kind: "shipped", id: "small" }, model: model as LoadedModel };

test.each(codes)("%s says what stopped and what can be done about it", (code) => {
  for (const state of [failed, running]) {
    const { title, text, remedies } = tell({ code, message: "m" }, state);
    expect(title).not.toBe("");
    expect(text).not.toBe("");
    expect(remedies.length).toBeGreaterThan(0);
    expect(new Set(remedies).size).toBe(remedies.length);
  }
});

test("what can't help is not offered", () => {
  const failure: Failure = { code: "out-of-memory", message: "m" };
  expect(tell(failure, failed).remedies).not.toContain("edit");
  expect(tell({ code: "device-lost", message: "m" }, running).remedies[0]).toBe("wasm");
  const onWasm = { ...running, model: { ...model, device: "wasm" } as LoadedModel };
  expect(tell({ code: "device-lost", message: "m" }, onWasm).remedies).not.toContain("wasm");
});

test("names the model that failed, not the one that is still open", () => {
  const state = { ...running, next: { kind: "hub", id: "a/b" } } as State;
  expect(tell({ code: "network", message: "m" }, state).title).toContain("a/b");
  expect(tell({ code: "run", message: "m", node: { name: "/x", opType: "Gather" } }, running).title).toContain(
    "Gather",
  );
});

test("calls files by their folder, else by their model file", () => {
  const files = (...paths: string[]): State => ({
    ...running,
    next: { kind: "files", files: paths.map((path) => ({ path, file: new File([], "x") })) },
  });
  const title = (code: Failure["code"], state: State) => tell({ code, message: "m" }, state).title;
  expect(title("encoder-decoder", files("t5/config.json", "t5/onnx/model.onnx"))).toBe("t5 is an encoder-decoder");
  expect(title("truncated", files("config.json", "model.onnx"))).toBe("model.onnx ends too early");
  expect(title("not-found", files("notes/.DS_Store", "notes/list.txt"))).toBe("There is no ONNX file in notes");
  expect(title("bad-input", files("broken/config.json"))).toBe("A file of broken can't be read");
  expect(title("bad-input", running)).toContain("input");
});

test("a report holds what is needed and no text", () => {
  const state: State = { ...running, text: "my secret text" };
  const written = report(
    { code: "run", message: "stopped", node: { name: "/x", opType: "Gather" } },
    state,
    "Browser 1",
  );
  expect(written).not.toContain("secret");
  for (const part of ["run", "stopped", "/x (Gather)", "small", "BERT encoder", "Browser 1"])
    expect(written).toContain(part);
});

test("numbers as they are shown", () => {
  expect([218.6e6, 27e6, 1.25e6, 2.5e9].map(megabytes)).toEqual(["219 MB", "27 MB", "1.3 MB", "2.50 GB"]);
  expect([218.6e6, 27e6, 2.5e9].map(tenths)).toEqual(["218.6 MB", "27.0 MB", "2.50 GB"]);
  expect(amount({ done: 137.9e6, total: 218.6e6, unit: "bytes" })).toBe("137.9 of 218.6 MB");
  expect(amount({ done: 212, total: 525, unit: "passes" })).toBe("212 of 525 passes");
  expect(amount({ done: 0, total: null, unit: "bytes" })).toBe("");
  expect([9, 89.6, 200, null].map(timeLeft)).toEqual(["9 s left", "90 s left", "3 min left", ""]);
  expect([0.976, 0.004, 0, 1].map(probability)).toEqual(["0.98", "<0.01", "0.00", "1.00"]);
  expect(shape(1, 12)).toBe("1 layer × 12 heads");
  expect(deviceLabel({ device: "wasm", threads: 2 })).toBe("WASM ×2");
});
