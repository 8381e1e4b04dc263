import mjs from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import * as ort from "onnxruntime-web/webgpu";
import type { GpuBackend } from "./backend";
import { startGpu } from "./gpu";

/** ONNX Runtime on WebGPU for browsers whose WebAssembly can't wait for a promise. */
export const start = (): GpuBackend => startGpu(ort, { mjs, wasm });
