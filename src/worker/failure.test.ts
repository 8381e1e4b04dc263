import { expect, test } from "vitest";
import { GraphError } from "../graph/error";
import { OnnxError } from "../onnx/error";
import { fail, toFailure } from "./failure";
import { DeviceLost } from "./runtime/backend";

// Messages as ONNX Runtime Web 1.30 gives them.
test.each([
  ["failed to call OrtRun(). ERROR_CODE: 6, ERROR_MESSAGE: std::bad_alloc", "out-of-memory"],
  ["Can't create a session. failed to allocate a buffer of size 4000000000.", "out-of-memory"],
  ["Aborted(OOM). Build with -sASSERTIONS for more info.", "out-of-memory"],
  [
    "failed to call OrtRun(). ERROR_CODE: 6, ERROR_MESSAGE: Non-zero status code returned while running Exp node. Name:'' Status Message: std::bad_alloc",
    "out-of-memory",
  ],
  [
    "failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: SafeIntExceptionHandler<onnxruntime::OnnxRuntimeException>::SafeIntOnOverflow() Integer overflow",
    "out-of-memory",
  ],
  [
    "failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: WebGPU validation failed. Buffer size (3600000000) exceeds the max buffer size limit (1073741824).",
    "out-of-memory",
  ],
  ["failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: Device is lost", "device-lost"],
  ["something else", "internal"],
  [
    "failed to call OrtRun(). ERROR_CODE: 2, ERROR_MESSAGE: /mnt/build/onnxruntime/core/framework/op_kernel.cc:83 virtual OrtValue *onnxruntime::OpKernelContext::OutputMLValue(int, const TensorShape &) [ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Tensor shape is too large",
    "out-of-memory",
    "[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Tensor shape is too large",
  ],
] as const)("%s", (raw, code, said?: string) => {
  const message = said ?? raw.replace(/^failed to call OrtRun\(\)\. ERROR_CODE: \d, ERROR_MESSAGE: /, "");
  expect(toFailure(new Error(raw))).toEqual({ code, message });
});

test("names the node that ONNX Runtime has no kernel for", () => {
  const message =
    "Can't create a session. ERROR_CODE: 9, ERROR_MESSAGE: Could not find an implementation for Foo(7) node with name '/layer.0/Foo'";
  expect(toFailure(new Error(message))).toEqual({
    code: "unsupported-operator",
    message: "unsupported operator: Foo (/layer.0/Foo)",
    node: { name: "/layer.0/Foo", opType: "Foo" },
  });
});

test("names the operator that no version of ONNX has", () => {
  const message =
    "Can't create a session. ERROR_CODE: 10, ERROR_MESSAGE: Fatal error: com.example:Warp(-1) is not a registered function/op";
  expect(toFailure(new Error(message))).toMatchObject({
    code: "unsupported-operator",
    node: { opType: "com.example:Warp" },
  });
});

test("names the node that a run stopped at", () => {
  const message =
    "failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: Non-zero status code returned while running Gather node. Name:'/embed/Gather' Status Message: indices element out of data bounds";
  expect(toFailure(new Error(message))).toEqual({
    code: "run",
    message:
      "Non-zero status code returned while running Gather node. Name:'/embed/Gather' Status Message: indices element out of data bounds",
    node: { name: "/embed/Gather", opType: "Gather" },
  });
});

test("keeps the kind and the node of what the graph work stops for", () => {
  const node = { name: "n", opType: "Loop", domain: "", inputs: [], outputs: ["y"], attributes: new Map() };
  expect(toFailure(new GraphError("unsupported operator", "Loop", node, ["a", "b"]))).toEqual({
    code: "unsupported-operator",
    message: "unsupported operator: Loop (n)",
    node: { name: "n", opType: "Loop" },
    nodes: ["a", "b"],
  });
  expect(toFailure(new GraphError("encoder-decoder", "cross attention"))).toEqual({
    code: "encoder-decoder",
    message: "encoder-decoder: cross attention",
  });
});

test.each([
  [new OnnxError("truncated", "file cut short"), "truncated"],
  [new OnnxError("malformed", "bad tag"), "not-onnx"],
  [new DeviceLost(""), "device-lost"],
  [new DOMException("", "AbortError"), "cancelled"],
  [new RangeError("Array buffer allocation failed"), "out-of-memory"],
  [fail("not-found", "not found: x"), "not-found"],
  ["thrown text", "internal"],
] as const)("%s", (error, code) => {
  expect(toFailure(error).code).toBe(code);
});
