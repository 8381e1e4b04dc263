import type { Value } from "../../../onnx/model";
import { Exporter } from "./exporter";
import type { BenchModel, Size } from "./index";

/** Conv1D of GPT-2: its input is flattened to rows for Gemm, and the result takes its sizes back. */
function conv1d(e: Exporter, x: Value, name: string, width: number, out: number): Value {
  const [batch, tokens] = [e.size(x, 0), e.size(x, 1)];
  const last = e.b.op("Slice", [e.b.op("Shape", [x]), e.ints(-1), e.ints(2n ** 63n - 1n), e.ints(0)]);
  const rows = e.view(x, -1, e.b.op("Squeeze", [last, e.ints(0)]));
  const product = e.b.op("Gemm", [rows, e.weight(`${name}.weight`, [width, out]), e.weight(`${name}.bias`, [out])]);
  return e.view(product, batch, tokens, out);
}

const heads = (e: Exporter, x: Value, width: number): Value => e.view(x, e.size(x, 0), e.size(x, 1), -1, width);

function attention(e: Exporter, x: Value, name: string, mask: Value, { width, heads: count }: Size): Value {
  const packed = conv1d(e, x, `${name}.c_attn`, width, 3 * width);
  const [query, key, value] = e.b.ops("Split", [packed, e.ints(width, width, width)], { axis: 2 }, 3) as [
    Value,
    Value,
    Value,
  ];
  const each = width / count;
  const k = heads(e, key, each);
  const v = e.b.transpose(heads(e, value, each), [0, 2, 1, 3]);
  const q = e.b.transpose(heads(e, query, each), [0, 2, 1, 3]);
  const length = e.unsqueeze(e.size(e.b.transpose(k, [0, 2, 1, 3]), 2), 0);
  const seen = e.b.op("Slice", [mask, e.ints(0), length, e.ints(3), e.ints(1)]);
  const added = e.b.where(seen, e.floats(0), e.floats(Number.NEGATIVE_INFINITY));
  const softmax = e.b.softmax(e.scores(q, k, added));
  const probs = e.b.where(e.b.op("IsNaN", [softmax]), e.floats(0), softmax);
  const context = e.b.transpose(e.b.matmul(probs, v), [0, 2, 1, 3]);
  const joined = e.view(context, e.size(context, 0), e.size(context, 1), -1);
  return conv1d(e, joined, `${name}.c_proj`, width, width);
}

/** GELU by tanh, as transformers spells it. */
function gelu(e: Exporter, x: Value): Value {
  const half = e.b.mul(x, e.float(0.5));
  const cubed = e.b.mul(e.b.op("Pow", [x, e.float(3)]), e.float(0.044715));
  const tanh = e.b.op("Tanh", [e.b.mul(e.b.add(x, cubed), e.float(Math.sqrt(2 / Math.PI)))]);
  return e.b.mul(half, e.b.add(tanh, e.float(1)));
}

/** Which token sees which, [B, 1, T, T]: those before it that the mask has. */
function causalMask(e: Exporter, x: Value, batch: Value): Value {
  const tokens = e.size(x, 1);
  const given = e.cast(e.view("attention_mask", batch, -1), "bool");
  const queries = e.unsqueeze(e.range(tokens), 0, 1, 3);
  const rows = e.unsqueeze(e.range(e.size(x, 0)), 1, 2, 3);
  const keys = e.unsqueeze(e.range(tokens), 0, 1, 2);
  const causal = e.cast(e.b.op("LessOrEqual", [keys, queries]), "bool");
  const places = e.b.add(keys, e.b.mul(rows, e.size(given, 1)));
  const flat = e.b.op("Gather", [e.b.op("Flatten", [given], { axis: 2 }), places], { axis: 0 });
  const flags = e.b.op("Reshape", [e.b.op("Reshape", [flat, e.ints(-1)]), e.b.op("Shape", [places])]);
  return e.expand(e.b.op("And", [causal, e.cast(flags, "bool")]), e.size(x, 0), -1, tokens, tokens);
}

/** GPT-2 as a stock export writes it, with random weights. */
export function gpt2(size: Size): BenchModel {
  const { vocabulary, positions, width, layers } = size;
  const e = new Exporter(["input_ids", "attention_mask", "position_ids"]);
  const ids = e.view("input_ids", -1, e.size("input_ids", 1));
  const words = e.b.op("Gather", [e.weight("transformer.wte.weight", [vocabulary, width]), ids]);
  const places = e.b.op("Gather", [e.weight("transformer.wpe.weight", [positions, width]), "position_ids"]);
  let x = e.b.add(words, e.cast(places, "float32"));
  const mask = causalMask(e, x, e.size(ids, 0));
  const shape = [e.size(ids, 1), e.b.op("Squeeze", [e.lastSize(x), e.ints(0)])];
  for (let l = 0; l < layers; l++) {
    const name = `transformer.h.${l}`;
    x = e.b.add(attention(e, e.layerNorm(x, `${name}.ln_1`, width, 1e-5), `${name}.attn`, mask, size), x);
    const up = conv1d(e, e.layerNorm(x, `${name}.ln_2`, width, 1e-5), `${name}.mlp.c_fc`, width, 4 * width);
    x = e.b.add(x, conv1d(e, gelu(e, up), `${name}.mlp.c_proj`, 4 * width, width));
  }
  const last = e.view(e.layerNorm(x, "transformer.ln_f", width, 1e-5), -1, ...shape);
  const logits = e.b.matmul(last, e.b.transpose("transformer.wte.weight", [1, 0]));
  return {
    model: e.finish(logits, "logits", ["batch_size", "sequence_length", vocabulary]),
    config: {
      model_type: "gpt2",
      architectures: ["GPT2LMHeadModel"],
      vocab_size: vocabulary,
      n_positions: positions,
      n_embd: width,
      n_head: size.heads,
      n_layer: layers,
    },
  };
}
