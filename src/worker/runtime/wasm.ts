import mjs from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import * as ort from "onnxruntime-web/wasm";
import type { Backend } from "./backend";
import { configure, sessionsOf, warm } from "./ort";

/** ONNX Runtime on the CPU: the smallest build, with as many threads as the page may have. */
export function startWasm(): Backend {
  const threads = configure(ort, { mjs, wasm });
  return { device: "wasm", threads, create: sessionsOf(ort, "wasm"), warm: () => warm(ort) };
}
