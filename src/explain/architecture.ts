import type { Anatomy } from "../graph/anatomy";
import type { Canonical } from "../graph/canonicalise";
import type { Model } from "../onnx/model";

export type Task =
  | "text-classification"
  | "token-classification"
  | "fill-mask"
  | "text-generation"
  | "question-answering"
  | "features"
  | "image-classification";
export type Family = "encoder" | "decoder" | "vision";
export type Config = Readonly<Record<string, unknown>> | null;

/** Model types as papers write them. */
const names: Readonly<Record<string, string>> = {
  albert: "ALBERT",
  bert: "BERT",
  bloom: "BLOOM",
  camembert: "CamemBERT",
  codegen: "CodeGen",
  cohere: "Cohere",
  deberta: "DeBERTa",
  "deberta-v2": "DeBERTa",
  deit: "DeiT",
  dinov2: "DINOv2",
  distilbert: "DistilBERT",
  electra: "ELECTRA",
  ernie: "ERNIE",
  esm: "ESM",
  falcon: "Falcon",
  gemma: "Gemma",
  gemma2: "Gemma 2",
  gemma3_text: "Gemma 3",
  gpt2: "GPT-2",
  gpt_bigcode: "GPT-BigCode",
  gpt_neo: "GPT-Neo",
  gpt_neox: "GPT-NeoX",
  gptj: "GPT-J",
  granite: "Granite",
  llama: "Llama",
  mistral: "Mistral",
  modernbert: "ModernBERT",
  mpnet: "MPNet",
  mpt: "MPT",
  olmo: "OLMo",
  olmo2: "OLMo 2",
  opt: "OPT",
  phi: "Phi",
  phi3: "Phi-3",
  qwen2: "Qwen2",
  qwen3: "Qwen3",
  roberta: "RoBERTa",
  roformer: "RoFormer",
  smollm3: "SmolLM3",
  stablelm: "StableLM",
  starcoder2: "StarCoder2",
  vit: "ViT",
  "xlm-roberta": "XLM-RoBERTa",
  xlnet: "XLNet",
};

/** "DistilBERT encoder": the model type of the configuration, where there is one, and the family that was seen. */
export function architectureOf(config: Config, family: Family): string {
  const type = typeof config?.model_type === "string" ? config.model_type : null;
  const name = type ? (names[type] ?? type) : "Transformer";
  return family === "vision" ? `${name} for images` : `${name} ${family}`;
}

/** What a model answers: by its configuration's architecture, else by the form of its output and whether it is causal. */
export function taskOf(config: Config, canonical: Canonical, causal: boolean): Task {
  const declared = Array.isArray(config?.architectures) ? String(config.architectures[0]) : "";
  const answer = canonical.answers[0];
  const dims = canonical.facts.dims(answer.name);
  if (canonical.answers.length === 2) return "question-answering";
  if (canonical.inputs.some((i) => i.role === "pixels"))
    return dims?.length === 2 ? "image-classification" : "features";
  if (/hidden_state|embedding/.test(answer.name)) return "features";
  if (dims?.length === 2) return "text-classification";
  const width = dims?.[dims.length - 1];
  const vocabulary = typeof config?.vocab_size === "number" ? config.vocab_size : null;
  if (/TokenClassification/.test(declared) || (vocabulary !== null && width !== undefined && width < vocabulary / 2)) {
    return /logits/.test(answer.name) ? "token-classification" : "features";
  }
  if (/MaskedLM/.test(declared)) return "fill-mask";
  return causal ? "text-generation" : "fill-mask";
}

/** The coarsest number format among the weights. */
export function precisionOf(model: Model): string {
  const operators = new Set(model.graph.nodes.map((n) => n.opType));
  const weights = [...model.graph.initializers.values()].filter((w) => w.dims.length >= 2);
  const bytes = (dtype: RegExp) =>
    weights.filter((w) => dtype.test(w.dtype)).reduce((n, w) => n + w.dims.reduce((a, b) => a * b, 1), 0);
  if (operators.has("MatMulNBits") || operators.has("MatMulBnb4") || bytes(/^u?int4$/) > 0) return "4-bit";
  if (operators.has("MatMulInteger") || bytes(/^u?int8$/) > bytes(/^float/)) return "int8";
  if (bytes(/^bfloat16$/) > bytes(/^float32$/)) return "bf16";
  if (bytes(/^float16$/) > bytes(/^float(32|64)$/)) return "fp16";
  return bytes(/^float64$/) > bytes(/^float32$/) ? "fp64" : "fp32";
}

/** The class names of the configuration, in order of their ids. */
export function labelsOf(config: Config): readonly string[] | null {
  const table = config?.id2label;
  if (!table || typeof table !== "object") return null;
  const entries = Object.entries(table as Record<string, unknown>).map(([id, name]): [number, string] => [
    Number(id),
    String(name),
  ]);
  return entries.sort((a, b) => a[0] - b[0]).map(([, name]) => name);
}

const offsetPositions = new Set([
  "roberta",
  "xlm-roberta",
  "camembert",
  "mpnet",
  "ibert",
  "longformer",
  "data2vec-text",
  "esm",
]);

/** The longest input by the configuration; null where it states none. */
export function maxTokensOf(config: Config): number | null {
  const stated = ["max_position_embeddings", "n_positions", "max_seq_len", "n_ctx"]
    .map((k) => config?.[k])
    .find((v) => typeof v === "number" && v > 0);
  if (typeof stated !== "number") return null;
  // RoBERTa counts positions from after the padding id on.
  const reserved = offsetPositions.has(String(config?.model_type)) ? Number(config?.pad_token_id ?? 1) + 1 : 0;
  return stated - reserved;
}

export const headsOf = (anatomy: Anatomy): number => Math.max(...anatomy.sites.map((s) => s.heads));
