import type { State } from "../store/state";
import { type Failure, sourceName } from "../worker/protocol";

/** What a person can do about a failure. */
export type Remedy =
  | "retry"
  | "wasm"
  | "webgpu"
  | "choose"
  | "smaller"
  | "pick"
  | "edit"
  | "reload"
  | "example"
  | "report";

export interface Told {
  /** What stopped. */
  readonly title: string;
  /** Why, and what is not affected. */
  readonly text: string;
  /** Best first. */
  readonly remedies: readonly Remedy[];
}

type Asked = Pick<State, "source" | "next" | "model" | "device">;

/** The model that it is about: the one on its way, else the one that is open. */
function modelName({ source, next, model }: Asked): string {
  const about = next ?? source;
  if (!next && model) return model.name;
  return about === null ? "the model" : sourceName(about);
}

const kindOf = ({ node }: Failure): string => node?.opType ?? "an operator";

/** What each failure means, in plain words. */
const table: Readonly<Record<Failure["code"], (failure: Failure, asked: Asked) => Told>> = {
  "not-found": (_, asked) =>
    asked.next?.kind === "files"
      ? {
          title: `There is no ONNX file in ${modelName(asked)}`,
          text: "A model comes as model.onnx, alone or in a folder. Models of other formats must be exported to ONNX first.",
          remedies: ["pick", "choose"],
        }
      : {
          title: `${modelName(asked)} wasn't found`,
          text: "The server answers, but has no model of that name with ONNX files, or it is closed to visitors.",
          remedies: ["choose", "pick", "retry"],
        },
  network: (_, asked) => ({
    title: `${modelName(asked)} could not be downloaded`,
    text: "The server didn't answer. What arrived is kept, so another try goes on from there.",
    remedies: ["retry", "choose", "pick"],
  }),
  "bad-trace": (_, asked) => ({
    title: `${modelName(asked)} can't be read as a trace`,
    text: "A trace is a safetensors file with its tokens and layers in the header, as the Python package and this page write it.",
    remedies: ["pick", "choose"],
  }),
  truncated: (_, asked) => ({
    title:
      asked.next?.kind === "files"
        ? `${modelName(asked)} ends too early`
        : `The file of ${modelName(asked)} ends too early`,
    text: "The download or the copy was cut short. Trying again fetches it anew.",
    remedies: ["retry", "pick", "choose"],
  }),
  "not-onnx": (_, asked) => ({
    title: `This is no ONNX model: ${modelName(asked)}`,
    text: "The file was read to where it stops making sense. Models of other formats must be exported to ONNX first.",
    remedies: ["pick", "choose", "report"],
  }),
  "missing-file": () => ({
    title: "A file of this model is missing",
    text: "A model may come in parts: the graph (model.onnx), its weights (model.onnx_data), config.json, and tokenizer.json for text or preprocessor_config.json for images. Pick or drop the whole folder.",
    remedies: ["pick", "choose"],
  }),
  "unsupported-operator": (failure) => ({
    title: `This model uses ${kindOf(failure)}, which can't be run or read here yet`,
    text: "Everything before this operator was understood. Exporting the model again with a plain opset (17 or 18) often avoids it.",
    remedies: ["choose", "wasm", "report"],
  }),
  "no-attention": (_, asked) => ({
    title: `No attention was found in ${modelName(asked)}`,
    text: "Attention is looked for as a softmax over products of queries and keys. Nothing in this graph has that shape.",
    remedies: ["choose", "report"],
  }),
  "encoder-decoder": (_, asked) => ({
    title: `${modelName(asked)} is an encoder-decoder`,
    text: "Models that read one text and write another (T5, BART, Whisper) need two graphs at once, which isn't supported yet.",
    remedies: ["choose", "report"],
  }),
  "out-of-memory": (_, { device }) => ({
    title: "There is not enough memory for this",
    text: "The model was closed and its memory given back. A smaller model, smaller weights (int8, 4-bit) or a shorter text needs less.",
    remedies: ["smaller", device === "wasm" ? "webgpu" : "wasm", "edit", "choose"],
  }),
  "device-lost": () => ({
    title: "The graphics device went away",
    text: "The browser or its driver took it back. The model can run on the processor instead, more slowly, or try the device again.",
    remedies: ["wasm", "retry", "reload"],
  }),
  tokenizer: () => ({
    title: "The tokenizer can't be read",
    text: "tokenizer.json is missing, broken or of a kind that isn't known. The model itself is fine.",
    remedies: ["pick", "choose", "report"],
  }),
  "too-long": () => ({
    title: "This text is too long for the model",
    text: "What is on screen is still of the text before.",
    remedies: ["edit", "choose"],
  }),
  "bad-input": (_, asked) =>
    asked.next
      ? {
          title: `A file of ${modelName(asked)} can't be read`,
          text: "It may be damaged or cut short. The graph itself may be fine.",
          remedies: ["pick", "choose", "report"],
        }
      : {
          title: "The model can't take this input",
          text: "What is on screen is still of the input before.",
          remedies: ["edit", "report"],
        },
  run: (failure) => ({
    title: `The run stopped${failure.node ? ` at ${failure.node.opType}` : ""}`,
    text: "The model was loaded, but this pass could not be computed. Another text or another device may work.",
    remedies: ["edit", "wasm", "retry", "report"],
  }),
  cancelled: () => ({ title: "Stopped", text: "You stopped it.", remedies: ["retry"] }),
  internal: () => ({
    title: "Something went wrong in the page itself",
    text: "This is a fault of the program, not of your model or text. Loading again mostly helps.",
    remedies: ["retry", "reload", "report"],
  }),
};

/** A failure in plain words, with what to do, leaving out what can't help here. */
export function tell(failure: Failure, asked: Asked): Told {
  const told = table[failure.code](failure, asked);
  const remedies = told.remedies.filter((remedy) => {
    if (remedy === "wasm") return asked.model?.device !== "wasm" && asked.device !== "wasm";
    if (remedy === "webgpu") return asked.device !== "webgpu";
    if (remedy === "retry") return asked.next !== null || asked.source !== null;
    if (remedy === "edit") return asked.model !== null;
    return true;
  });
  return { ...told, remedies };
}

/** A report that holds neither weights nor text. */
export function report(failure: Failure, { source, next, model, device }: Asked, agent: string): string {
  const about = next ?? source;
  return [
    `failure: ${failure.code}`,
    `message: ${failure.message}`,
    ...(failure.node ? [`node: ${failure.node.name} (${failure.node.opType})`] : []),
    ...(failure.nodes?.length ? [`nodes: ${failure.nodes.join(", ")}`] : []),
    `model: ${about === null ? "none" : about.kind === "files" ? "from files" : sourceName(about)}`,
    ...(about?.kind === "hub" && about.file ? [`file: ${about.file}`] : []),
    ...(model && !next ? [`architecture: ${model.architecture}, ${model.precision}, sha256 ${model.sha256}`] : []),
    `device: ${model?.device ?? device}`,
    `browser: ${agent}`,
  ].join("\n");
}
