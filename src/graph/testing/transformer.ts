import { weightOf } from "../../onnx/attributes";
import type { Model, Node, Value, ValueInfo } from "../../onnx/model";
import { randomNumbers } from "../../onnx/testing/random";
import { modelOf } from "../../onnx/testing/sample";
import { type DType, float32, type Tensor } from "../../tensor/tensor";
import { Builder } from "../builder";
import { type Fact, Facts } from "../shapes";
import { info } from "./run";

/** What an attention is made from: projections [B, T, H·d] (keys and values of fewer heads), and an additive mask. */
export interface Parts {
  readonly layer: number;
  readonly q: Value;
  readonly k: Value;
  readonly v: Value;
  /** [B, 1, T, T] or [B, 1, 1, T] */
  readonly bias: Value;
  readonly heads: number;
  readonly kvHeads: number;
  readonly size: number;
}

export interface Options {
  /** From the projections to the heads' contexts, [B, T, H·d]. */
  readonly attention: (b: Builder, parts: Parts) => Value;
  readonly layers?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly size?: number;
  readonly causal?: boolean;
  readonly opset?: number;
  readonly idType?: DType;
  readonly batch?: number | string;
  /** Without a mask, every token is seen. */
  readonly masked?: boolean;
  /** Norm after each sum instead of before each part. */
  readonly postNorm?: boolean;
  /** What the model answers with, made of the last norm's output [B, T, D]; logits over the words where it isn't given. */
  readonly head?: (b: Builder, x: Value) => Value;
  readonly edit?: (nodes: readonly Node[]) => readonly Node[];
}

export const words = 40;

/**
 * A small transformer whose attention is written as a test wants it. Names of values: `q.0`, `k.0`, `v.0` the
 * projections of a layer, `h.0` .. `h.L` the residual stream, `normed` what the head reads, `logits`.
 */
export function transformer(options: Options): Model {
  const { layers = 2, heads = 2, kvHeads = heads, size = 4, causal = false, opset = 18, masked = true } = options;
  const { idType = "int64", batch = "batch", postNorm = false } = options;
  const width = heads * size;
  const at: Fact = { dtype: idType, dims: [typeof batch === "number" ? batch : 1009, 23] };
  const facts = new Facts(
    opset,
    new Map<Value, Fact>([
      ["input_ids", at],
      ["attention_mask", { ...at, dtype: "int64" }],
    ]),
  );
  const b = new Builder(opset, "t", facts);
  const weights = new Map<Value, Tensor>();
  const random = randomNumbers(7);
  const weight = (name: string, ...dims: number[]): Value => {
    const values = Array.from({ length: dims.reduce((n, d) => n * d, 1) }, () => 2 * random() - 1);
    weights.set(name, float32(dims, values));
    facts.weights({ initializers: new Map([[name, weightOf(name, float32(dims, values))]]) });
    return name;
  };
  const named = (value: Value, name: string): Value => {
    b.rename(value, name);
    return name;
  };
  const norm = (x: Value, name: string) =>
    b.layerNorm(x, weight(`${name}.scale`, width), weight(`${name}.shift`, width), 1e-5);

  const positions = b.range(b.dim("input_ids", 1));
  const place = b.op("Gather", [weight("places", 64, width), positions], { axis: 0 });
  let x = named(b.add(b.op("Gather", [weight("words", words, width), "input_ids"], { axis: 0 }), place), "h.0");
  const bias = biasOf(b, causal, masked);
  for (let layer = 0; layer < layers; layer++) {
    const read = postNorm ? x : norm(x, `n1.${layer}`);
    const project = (name: string, n: number) =>
      named(b.matmul(read, weight(`w${name}.${layer}`, width, n * size)), `${name}.${layer}`);
    const [q, k, v] = [project("q", heads), project("k", kvHeads), project("v", kvHeads)];
    const context = options.attention(b, { layer, q, k, v, bias, heads, kvHeads, size });
    const attended = b.add(x, b.matmul(context, weight(`wo.${layer}`, width, width)));
    x = postNorm ? norm(attended, `n1.${layer}`) : attended;
    const inner = b.op("Relu", [b.matmul(postNorm ? x : norm(x, `n2.${layer}`), weight(`w1.${layer}`, width, 12))]);
    const sum = b.add(x, b.matmul(inner, weight(`w2.${layer}`, 12, width)));
    x = named(postNorm ? norm(sum, `n2.${layer}`) : sum, `h.${layer + 1}`);
  }
  const last = postNorm ? x : named(norm(x, "n"), "normed");
  named(options.head ? options.head(b, last) : b.matmul(last, weight("out", width, words)), "logits");
  const inputs: ValueInfo[] = [
    info("input_ids", idType, [batch, "length"]),
    ...(masked ? [info("attention_mask", "int64", [batch, "length"])] : []),
  ];
  return modelOf(
    opset,
    {
      name: "transformer",
      nodes: options.edit ? options.edit(b.nodes) : b.nodes,
      inputs,
      outputs: [info("logits", facts.of("logits").dtype)],
      initializers: new Map([
        ...[...weights].map(([name, t]) => [name, weightOf(name, t)] as const),
        ...b.initializers,
      ]),
    },
    9,
  );
}

/** 0 where a key is seen and -10000 where not: [B, 1, T or 1, T]. */
function biasOf(b: Builder, causal: boolean, masked: boolean): Value {
  const length = b.dim("input_ids", 1);
  const ones = b.op("Expand", [b.integer(1), b.concat([b.dim("input_ids", 0), length], 0)]);
  let seen = b.cast(b.unsqueeze(masked ? "attention_mask" : ones, [1, 2]), "bool");
  if (causal) {
    const places = b.range(length);
    const past = b.op("Not", [b.op("Greater", [b.unsqueeze(places, [0]), b.unsqueeze(places, [1])])]);
    seen = b.op("And", [seen, past]);
  }
  return b.where(seen, b.scalar(0, "float32"), b.scalar(-10000, "float32"));
}
