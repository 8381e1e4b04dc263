import type { Value } from "../../../onnx/model";
import { Exporter } from "./exporter";
import type { BenchModel, Size } from "./index";

/** `nn.Linear` over three axes: the transposed matrix loses its name, and the bias is the first summand. */
const linear = (e: Exporter, x: Value, name: string, width: number, out: number): Value => {
  const product = e.b.matmul(x, e.weight(`onnx::MatMul_${e.count()}`, [width, out]));
  return e.b.add(e.weight(`${name}.bias`, [out]), product);
};

function attention(e: Exporter, x: Value, name: string, mask: Value, { width, heads }: Size): Value {
  const batch = e.size(x, 0);
  const split = (part: string) =>
    e.view(linear(e, x, `${name}.${part}`, width, width), batch, -1, heads, width / heads);
  const q = e.b.transpose(split("q_lin"), [0, 2, 1, 3]);
  const k = split("k_lin");
  const v = e.b.transpose(split("v_lin"), [0, 2, 1, 3]);
  const probs = e.b.softmax(e.scores(q, k, mask));
  const context = e.b.transpose(e.b.matmul(probs, v), [0, 2, 1, 3]);
  return linear(e, e.view(context, batch, -1, width), `${name}.out_lin`, width, width);
}

function gelu(e: Exporter, x: Value): Value {
  const erf = e.b.op("Erf", [e.b.div(x, e.float(Math.SQRT2))]);
  return e.b.mul(e.b.mul(x, e.b.add(erf, e.float(1))), e.float(0.5));
}

/** What is added to the scores, [B, 1, T, T]: nothing, or the lowest number for padding. */
function paddingMask(e: Exporter, tokens: Value): Value {
  const given = "attention_mask";
  const [rows, keys] = [e.size(given, 0), e.size(given, 1)];
  const mask = e.cast(e.expand(e.unsqueeze(given, 1, 2), rows, 1, tokens, keys), "float32");
  const absent = e.b.sub(e.float(1), mask);
  return e.b.where(e.cast(absent, "bool"), e.float(-3.4028234663852886e38), absent);
}

/** DistilBERT with two classes as a stock export writes it, with random weights. */
export function distilbert(size: Size): BenchModel {
  const { vocabulary, positions, width, layers } = size;
  const e = new Exporter(["input_ids", "attention_mask"], size.bound);
  const tokens = e.size("input_ids", 1);
  const first = e.int(0);
  const words = e.b.op("Gather", [
    e.weight("distilbert.embeddings.word_embeddings.weight", [vocabulary, width]),
    "input_ids",
  ]);
  const counted = e.constant({
    dtype: "int64",
    dims: [1, positions],
    data: BigInt64Array.from({ length: positions }, (_, i) => BigInt(i)),
  });
  const ids = e.b.op("Slice", [counted, e.ints(0), e.unsqueeze(e.size(words, 1), 0), e.ints(1), e.ints(1)]);
  const places = e.b.op("Gather", [
    e.weight("distilbert.embeddings.position_embeddings.weight", [positions, width]),
    ids,
  ]);
  let x = e.layerNorm(e.b.add(words, places), "distilbert.embeddings.LayerNorm", width, 1e-12);
  const mask = paddingMask(e, tokens);
  for (let l = 0; l < layers; l++) {
    const name = `distilbert.transformer.layer.${l}`;
    x = e.layerNorm(
      e.b.add(attention(e, x, `${name}.attention`, mask, size), x),
      `${name}.sa_layer_norm`,
      width,
      1e-12,
    );
    const up = gelu(e, linear(e, x, `${name}.ffn.lin1`, width, 4 * width));
    x = e.layerNorm(
      e.b.add(linear(e, up, `${name}.ffn.lin2`, 4 * width, width), x),
      `${name}.output_layer_norm`,
      width,
      1e-12,
    );
  }
  const gemm = (input: Value, name: string, out: number) =>
    e.b.op("Gemm", [input, e.weight(`${name}.weight`, [out, width]), e.weight(`${name}.bias`, [out])], { transB: 1 });
  const pooled = e.b.op("Relu", [gemm(e.b.op("Gather", [x, first], { axis: 1 }), "pre_classifier", width)]);
  return {
    model: e.finish(gemm(pooled, "classifier", 2), "logits", ["batch_size", 2]),
    config: {
      model_type: "distilbert",
      architectures: ["DistilBertForSequenceClassification"],
      vocab_size: vocabulary,
      max_position_embeddings: positions,
      dim: width,
      n_heads: size.heads,
      n_layers: layers,
    },
  };
}
