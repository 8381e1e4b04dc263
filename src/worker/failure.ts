import { MissingFile } from "../explain/missing-file";
import { BadFile } from "../explain/read";
import { GraphError, type GraphErrorKind, label } from "../graph/error";
import { OnnxError, type OnnxErrorKind } from "../onnx/error";
import { SafetensorsError } from "../tensor/safetensors";
import { ExplainerError, type Failure } from "./protocol";
import { DeviceLost } from "./runtime/backend";

/** An error that a person can do something about, thrown where it is noticed. */
export const fail = (code: Failure["code"], message: string, more: Partial<Failure> = {}): ExplainerError =>
  new ExplainerError({ code, message, ...more });

const ofGraph: Record<GraphErrorKind, Failure["code"]> = {
  "unsupported operator": "unsupported-operator",
  "unsupported form": "unsupported-operator",
  "no attention": "no-attention",
  "encoder-decoder": "encoder-decoder",
  "unknown input": "no-attention",
  "no shape": "unsupported-operator",
  "no gradient": "unsupported-operator",
  "unclear layout": "no-attention",
  "no residual stream": "no-attention",
  "not a transformer of text or images": "no-attention",
};

const ofFile: Record<OnnxErrorKind, Failure["code"]> = {
  "not-onnx": "not-onnx",
  truncated: "truncated",
  malformed: "not-onnx",
  unsupported: "not-onnx",
  "too-large": "not-onnx",
  missing: "missing-file",
};

const memory =
  /bad_alloc|out of memory|failed to allocate|allocation fail|OOM\b|invalid (typed )?array length|integer overflow|size overflowed|shape is too large|max buffer size limit/i;
const deviceLost = /device (is|was) lost|lost device|GPU lost/i;

/** ONNX Runtime names the node that it stopped at only in its message. */
const stops: readonly { readonly code: Failure["code"]; readonly pattern: RegExp }[] = [
  { code: "unsupported-operator", pattern: /implementation for (?<op>\S+?)\(\S+\) node with name '(?<name>[^']*)'/ },
  { code: "unsupported-operator", pattern: /(?<op>[\w.:]+)\(-?\d+\) is not a registered function\/op/ },
  { code: "unsupported-operator", pattern: /No Op registered for (?<op>\S+)(?<name>)/ },
  { code: "run", pattern: /while running (?<op>\S+) node\. Name:'(?<name>[^']*)'/ },
];

function ofRuntime(message: string): Failure | null {
  if (deviceLost.test(message)) return { code: "device-lost", message };
  if (memory.test(message)) return { code: "out-of-memory", message };
  for (const { code, pattern } of stops) {
    const found = pattern.exec(message)?.groups;
    if (!found) continue;
    const node = { name: found.name ?? "", opType: found.op! };
    if (code === "run") return { code, message, node };
    return { code, message: `unsupported operator: ${node.opType}${node.name ? ` (${node.name})` : ""}`, node };
  }
  return null;
}

/** What ONNX Runtime says before its reason: its own function, and the line of its source. */
const preamble =
  /failed to call \w+\(\)\. ERROR_CODE: \d+, ERROR_MESSAGE: |\S+\.(cc|h):\d+ [^[]*(?=\[ONNXRuntimeError\])/g;

/** An exception of ONNX Runtime's own code says nothing of itself where it isn't caught there. */
export function messageOf(error: unknown): string {
  const text = String(error);
  if (text === "[object WebAssembly.Exception]") return "ONNX Runtime broke off without a reason";
  return (error instanceof Error ? error.message : text).replace(preamble, "");
}

const isCut = (error: Error): boolean => error instanceof SafetensorsError && error.kind === "truncated";

/** What an error of a method means: RangeErrors that aren't of the machine are about what was asked. */
export function toMethodFailure(error: unknown): Failure {
  if (error instanceof RangeError && !memory.test(error.message)) return { code: "bad-input", message: error.message };
  return toFailure(error);
}

/** What an error means to a person. Whatever isn't known is `internal` and keeps its message. */
export function toFailure(error: unknown): Failure {
  if (error instanceof ExplainerError) return error.failure;
  if (error instanceof GraphError) {
    const { kind, message, node, nodes } = error;
    return {
      code: ofGraph[kind],
      message,
      ...(node && { node: { name: label(node), opType: node.opType } }),
      ...(nodes.length > 0 && { nodes }),
    };
  }
  if (error instanceof BadFile || error instanceof SafetensorsError)
    return { code: isCut(error) ? "truncated" : "bad-trace", message: error.message };
  if (error instanceof OnnxError) return { code: ofFile[error.kind], message: error.message };
  if (error instanceof MissingFile) return { code: "missing-file", message: error.message };
  if (error instanceof DeviceLost) return { code: "device-lost", message: error.message };
  if (error instanceof DOMException && error.name === "AbortError") return { code: "cancelled", message: "cancelled" };
  const message = messageOf(error);
  if (error instanceof RangeError) return { code: "out-of-memory", message };
  return ofRuntime(message) ?? { code: "internal", message };
}
