import { expect, test } from "vitest";
import type { CreateSession, Session } from "../../explain/session";
import { float32, type Tensor } from "../../tensor/tensor";
import { DeviceLost, type GpuBackend } from "./backend";
import { checked, difference } from "./checked";

const source = { graph: new Uint8Array(), external: [] };

/** A backend whose sessions answer with `value` and remember whether they were released. */
function backend(gpu: () => Promise<Tensor>, cpu: () => Promise<Tensor>) {
  const released: string[] = [];
  const sessions =
    (name: string, value: () => Promise<Tensor>): CreateSession =>
    async (): Promise<Session> => ({
      inputNames: [],
      outputNames: ["y"],
      run: async () => ({ y: await value() }),
      release: async () => void released.push(name),
    });
  const both: GpuBackend = {
    device: "webgpu",
    threads: 1,
    create: sessions("gpu", gpu),
    onCpu: sessions("cpu", cpu),
    warm: async () => {},
  };
  return { both, released };
}
const numbers =
  (...values: number[]) =>
  async () =>
    float32([values.length], values);
const broken = (error: Error) => async () => {
  throw error;
};

test("keeps the GPU where it agrees, and lets the CPU go", async () => {
  const { both, released } = backend(numbers(0.5, 100.01), numbers(0.5, 100));
  const check = checked(both);
  const session = await check.create(source);
  expect((await session.run({}, ["y"])).y).toEqual(float32([2], [0.5, 100]));
  expect(await check.settle(1e-3)).toEqual({ device: "webgpu", note: null });
  expect(released).toEqual(["cpu"]);
  expect((await session.run({}, ["y"])).y).toEqual(float32([2], [0.5, 100.01]));
  const later = await check.create(source);
  expect((await later.run({}, ["y"])).y).toEqual(float32([2], [0.5, 100.01]));
  await later.release();
  expect(released).toEqual(["cpu", "gpu"]);
});

test.each([
  ["off", numbers(0.51), "WebGPU was off by 1.0e-2: the model runs on WASM."],
  ["not a number", numbers(Number.NaN), "WebGPU was off by Infinity: the model runs on WASM."],
  ["of another size", numbers(0.5, 0.5), "WebGPU was off by Infinity: the model runs on WASM."],
  ["a failure", broken(new Error("no kernel")), "WebGPU can't run this model, so it runs on WASM: no kernel"],
  ["lost", broken(new DeviceLost("hung")), "WebGPU can't run this model, so it runs on WASM: GPU lost: hung"],
])("keeps the CPU where the GPU's answer is %s", async (_, gpu, note) => {
  const { both, released } = backend(gpu, numbers(0.5));
  const check = checked(both);
  const session = await check.create(source);
  expect((await session.run({}, ["y"])).y).toEqual(float32([1], [0.5]));
  expect(await check.settle(1e-3)).toEqual({ device: "wasm", note });
  expect(released).toEqual(["gpu"]);
  expect((await session.run({}, ["y"])).y).toEqual(float32([1], [0.5]));
});

test("keeps the CPU where the GPU can't open the model", async () => {
  const { both } = backend(numbers(1), numbers(2));
  const check = checked({ ...both, create: broken(new Error("too many buffers")) });
  const session = await check.create(source);
  expect((await session.run({}, ["y"])).y).toEqual(float32([1], [2]));
  expect((await check.settle(1e-3)).device).toBe("wasm");
});

test("says so where there was no room to check", async () => {
  const { both } = backend(numbers(1), numbers(2));
  const check = checked({ ...both, onCpu: broken(new Error("std::bad_alloc")) });
  const session = await check.create(source);
  expect((await session.run({}, ["y"])).y).toEqual(float32([1], [1]));
  expect(await check.settle(1e-3)).toEqual({
    device: "webgpu",
    note: "WebGPU wasn't checked against WASM: std::bad_alloc",
  });
});

test("measures a difference against the largest magnitude", () => {
  expect(difference(float32([2], [-4, 1]), float32([2], [-4, 3]))).toBe(0.5);
  expect(difference(float32([2], [0.5, 0.25]), float32([2], [0.5, 0]))).toBe(0.25);
  expect(difference(float32([1], [Number.NEGATIVE_INFINITY]), float32([1], [Number.NEGATIVE_INFINITY]))).toBe(0);
});
