import { describe, expect, test } from "vitest";
import { graph as graphAttribute, int, ints } from "../../onnx/attributes";
import type { Model, Value } from "../../onnx/model";
import { graph, node as nodeOf } from "../../onnx/testing/sample";
import type { Builder } from "../builder";
import { canonicalise } from "../canonicalise";
import { GraphError } from "../error";
import { fixtureFiles } from "../testing/fixtures";
import { layouts } from "../testing/layouts";
import { info } from "../testing/run";
import { type Options, type Parts, transformer } from "../testing/transformer";
import { type Anatomy, anatomyOf } from ".";

const read = (model: Model): Anatomy => anatomyOf(canonicalise(model, null));
const plain = layouts[0].attention;
const errorOf = (work: () => unknown): GraphError => {
  try {
    work();
  } catch (error) {
    if (error instanceof GraphError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};
const streamOf = ({ residual }: Anatomy) =>
  residual && [...residual.layers.map((l) => l.value), residual.finalNorm?.value ?? null];

describe("every fixture has the sites, heads and stream that its configuration says", () => {
  /** Names in configurations: BERT's, GPT-2's. */
  const from = (config: Readonly<Record<string, unknown>> | null, ...names: readonly string[]): number =>
    Number(names.map((name) => config?.[name]).find((v) => typeof v === "number"));
  test.each(fixtureFiles().map((file) => [file.name, file] as const))("%s", (_name, { model, config }) => {
    const canonical = canonicalise(model(), config);
    const { sites, residual, misses } = anatomyOf(canonical);
    const layers = from(config, "num_hidden_layers", "n_layer", "n_layers");
    const heads = from(config, "num_attention_heads", "n_head", "n_heads");
    const kvHeads = from({ kv: heads, ...config }, "num_key_value_heads", "kv");
    const width = from(config, "hidden_size", "n_embd", "dim");
    expect(sites.map((s) => [s.heads, s.kvHeads])).toEqual(Array.from({ length: layers }, () => [heads, kvHeads]));
    expect(residual?.layers).toHaveLength(layers + 1);
    expect(misses).toEqual([]);
    // Where the last layer ends with a norm, that is part of the layer.
    const postNorm = /^(bert|albert|roberta|deberta-v2|squeezebert)$/.test(String(config?.model_type));
    expect(residual?.finalNorm !== null).toBe(!postNorm);
    for (const { value } of residual?.layers ?? []) expect(canonical.facts.dims(value)).toContain(width);
    const used = new Set(
      [...sites.flatMap((s) => [s.probs, s.q, s.k, s.v]), ...(residual?.layers ?? [])].map((t) => t.value),
    );
    const made = new Set(canonical.model.graph.nodes.flatMap((n) => n.outputs));
    expect([...used].filter((v) => !made.has(v))).toEqual([]);
  });
});

test("a table read at ids that are turned, as XLNet does: its rows are [T, B, e]", () => {
  const model = transformer({
    attention: plain,
    edit: (nodes) =>
      nodes.flatMap((each) =>
        each.opType === "Gather" && each.inputs[1] === "input_ids"
          ? [
              nodeOf("Transpose", ["input_ids"], ["turned"], { attributes: new Map([["perm", ints([1, 0])]]) }),
              { ...each, inputs: [each.inputs[0]!, "turned"], outputs: ["rows"] },
              nodeOf("Transpose", ["rows"], [...each.outputs], { attributes: new Map([["perm", ints([1, 0, 2])]]) }),
            ]
          : [each],
      ),
  });
  const { embedding, residual, sites } = read(model);
  expect(embedding.sources).toEqual(["rows"]);
  expect(embedding.rows?.layout.axes).toEqual([["token"], ["batch"], ["width"]]);
  expect([sites.length, residual?.layers.length]).toEqual([2, 3]);
});

describe("the residual stream", () => {
  test("of norms before each part, and of norms behind", () => {
    expect(streamOf(read(transformer({ attention: plain, layers: 3 })))).toEqual([
      "h.0",
      "h.1",
      "h.2",
      "h.3",
      "normed",
    ]);
    expect(streamOf(read(transformer({ attention: plain, layers: 3, postNorm: true })))).toEqual([
      "h.0",
      "h.1",
      "h.2",
      "h.3",
      null,
    ]);
  });

  test("of one layer", () => {
    expect(streamOf(read(transformer({ attention: plain, layers: 1 })))).toEqual(["h.0", "h.1", "normed"]);
    expect(streamOf(read(transformer({ attention: plain, layers: 1, postNorm: true })))).toEqual(["h.0", "h.1", null]);
  });

  test("of a classifier that reads the first token, and of one that reads the mean", () => {
    const first = (b: Builder, x: Value) => b.op("Gather", [x, b.integer(0)], { axis: 1 });
    const mean = (b: Builder, x: Value) => b.squeeze(b.reduce("ReduceMean", x, [1]), [1]);
    for (const head of [first, mean]) {
      expect(streamOf(read(transformer({ attention: plain, head })))).toEqual(["h.0", "h.1", "h.2", "normed"]);
      expect(streamOf(read(transformer({ attention: plain, head, postNorm: true })))).toEqual([
        "h.0",
        "h.1",
        "h.2",
        null,
      ]);
    }
  });

  test("ends where the model ends, though its head sums again", () => {
    const head = (b: Builder, x: Value) => {
      const first = b.op("Gather", [x, b.integer(0)], { axis: 1 });
      return b.add(first, b.matmul(first, b.constant({ dtype: "float32", dims: [8, 8], data: new Float32Array(64) })));
    };
    expect(streamOf(read(transformer({ attention: plain, head })))).toEqual(["h.0", "h.1", "h.2", "normed"]);
  });

  test("through mixtures of experts in one operator", () => {
    const experts = (b: Builder, x: Value) => {
      const weight = (...dims: number[]) =>
        b.constant({ dtype: "float32", dims, data: new Float32Array(dims.reduce((n, d) => n * d, 1)) });
      return b.ops(
        "MoE",
        [x, b.reshape(b.matmul(x, weight(8, 3)), [-1, 3]), weight(3, 6, 8), "", weight(3, 8, 6)],
        { k: 1 },
        1,
        "com.microsoft",
      )[0];
    };
    const model = transformer({
      attention: plain,
      // The last sum of the stream is with what the experts give.
      head: (b, x) => {
        const sum = b.add(x, experts(b, x));
        b.rename(sum, "h.experts");
        return b.layerNorm("h.experts", "n.scale", "n.shift", 1e-5);
      },
    });
    expect(streamOf(read(model))?.slice(0, 3)).toEqual(["h.0", "h.1", "h.experts"]);
  });

  test("isn't told where a sum has no known shape", () => {
    const model = transformer({
      attention: plain,
      head: (b, x) => b.add(x, b.ops("Unheard", [x], {}, 1, "com.example")[0]),
    });
    expect(read(model).residual).toBeNull();
  });

  test("of a graph for one row only", () => {
    const anatomy = read(transformer({ attention: plain, batch: 1 }));
    expect(anatomy.sites.map((s) => s.heads)).toEqual([2, 2]);
    expect(streamOf(anatomy)).toEqual(["h.0", "h.1", "h.2", "normed"]);
  });
});

describe("what is no attention", () => {
  test("a graph without a softmax", () => {
    const attention: Options["attention"] = (_b, { v }) => v;
    const error = errorOf(() => read(transformer({ attention })));
    expect(error.kind).toBe("no attention");
    expect(error.message).toBe("no attention: the graph has no softmax");
  });

  test("a softmax over classes at the end is the nearest miss", () => {
    const error = errorOf(() =>
      read(transformer({ attention: (_b, { v }) => v, head: (b, x) => b.softmax(b.reduce("ReduceMean", x, [1])) })),
    );
    expect(error.message).toMatch(
      /^no attention: nearest miss (\S+): its input is no product of two activations \(\1\)$/,
    );
    expect(error.node?.opType).toBe("Softmax");
    expect(error.nodes).toHaveLength(1);
  });

  test("beside attention it is only a miss", () => {
    const { sites, misses } = read(
      transformer({ attention: plain, head: (b, x) => b.softmax(b.reduce("ReduceMean", x, [1])) }),
    );
    expect(sites).toHaveLength(2);
    expect(misses.map((m) => m.reason)).toEqual(["its input is no product of two activations"]);
  });

  test("a router's softmax over experts", () => {
    const routed: Options["attention"] = (b, parts) => {
      const context = plain(b, parts);
      const gates = b.softmax(
        b.matmul(context, b.constant({ dtype: "float32", dims: [8, 2], data: new Float32Array(16).fill(0.1) })),
      );
      return b.mul(context, b.slice(gates, 2, 0, 1));
    };
    const { sites, misses } = read(transformer({ attention: routed }));
    expect([sites.length, misses.length]).toEqual([2, 2]);
  });

  test("attention with learned queries is named as a miss", () => {
    const pooled = (b: Builder, x: Value) => {
      const query = b.constant({ dtype: "float32", dims: [8, 1], data: new Float32Array(8).fill(0.1) });
      return b.matmul(b.softmax(b.transpose(b.matmul(x, query), [0, 2, 1])), x);
    };
    const { sites, misses } = read(transformer({ attention: plain, head: pooled }));
    expect([sites.length, misses.length]).toEqual([2, 1]);
  });

  test("a softmax whose axis the next product does not sum over", () => {
    const attention: Options["attention"] = (b, parts) => {
      const [q, k, v] = [parts.q, parts.k, parts.v].map((x) => b.transpose(b.reshape(x, [0, 0, 2, -1]), [0, 2, 1, 3]));
      const probs = b.op("Softmax", [b.matmul(q, b.transpose(k, [0, 1, 3, 2]))], { axis: -2 });
      return b.reshape(b.transpose(b.matmul(probs, v), [0, 2, 1, 3]), [0, 0, -1]);
    };
    const error = errorOf(() => read(transformer({ attention })));
    expect(error.message).toMatch(/^unclear layout: the product does not sum over the softmax's axis \(.+\)$/);
    expect(error.node?.opType).toBe("MatMul");
  });

  test("a softmax for each head", () => {
    const attention: Options["attention"] = (b, { q, k, v, size }: Parts) =>
      b.concat(
        [0, 1].map((h) => {
          const [qh, kh, vh] = [q, k, v].map((x) => b.slice(x, 2, h * size, (h + 1) * size));
          return b.matmul(b.softmax(b.matmul(qh, b.transpose(kh, [0, 2, 1]))), vh);
        }),
        2,
      );
    expect(errorOf(() => read(transformer({ attention }))).message).toMatch(
      /^unclear layout: (\S+) and (\S+) attend side by side \(\2\)$/,
    );
  });

  test("latent vectors that attend instead of the tokens", () => {
    const attention: Options["attention"] = (b, parts) => {
      const latents = (x: Value) => b.slice(b.concat([x, x, x, x, x, x], 1), 1, 0, 6);
      return b.add(
        parts.v,
        b.reduce(
          "ReduceMean",
          plain(b, {
            ...parts,
            bias: b.scalar(0, "float32"),
            q: latents(parts.q),
            k: latents(parts.k),
            v: latents(parts.v),
          }),
          [1],
        ),
      );
    };
    expect(errorOf(() => read(transformer({ attention }))).message).toMatch(
      /^unclear layout: \[1009,2,6,6\]: 6 keys where the text has 23 tokens \(.+\)$/,
    );
  });

  test("a softmax within a branch", () => {
    const attention: Options["attention"] = (b, { q, v }) => {
      const branch = (name: string, opType: string) =>
        graphAttribute(
          graph({ name, nodes: [nodeOf(opType, [q], [`${name}.out`])], outputs: [info(`${name}.out`, "float32")] }),
        );
      const some = b.op("Greater", [b.squeeze(b.dim(q, 1), [0]), b.integer(1)]);
      return b.add(
        v,
        b.op("If", [some], { then_branch: branch("then", "Softmax"), else_branch: branch("else", "Identity") }),
      );
    };
    expect(errorOf(() => read(transformer({ attention }))).message).toMatch(
      /^unsupported form: If with a softmax inside \(.+\)$/,
    );
  });

  test("a softmax over several axes at once, before opset 13", () => {
    const attention: Options["attention"] = (b, parts) => {
      const scores = b.matmul(parts.q, b.transpose(parts.k, [0, 2, 1]));
      return b.matmul(b.op("Softmax", [scores]), parts.v);
    };
    expect(errorOf(() => read(transformer({ attention, opset: 11 }))).message).toMatch(
      /^unclear layout: Softmax over axes 1 to 2 at once \(.+\)$/,
    );
  });

  test("products by Einsum that are no matrix products", () => {
    const letters = { type: "string" as const, value: new TextEncoder().encode("bqd,bkd,bkd->bqk") };
    const attention: Options["attention"] = (b, parts) =>
      b.matmul(b.softmax(b.op("Einsum", [parts.q, parts.k, parts.k], { equation: letters })), parts.v);
    expect(errorOf(() => read(transformer({ attention, heads: 1 }))).message).toMatch(
      /^unclear layout: a product by Einsum \(.+\)$/,
    );
  });

  test("shapes that were lost on the way are named with what lost them", () => {
    const attention: Options["attention"] = (b, parts) =>
      plain(b, { ...parts, q: b.ops("Unheard", [parts.q], {}, 1, "com.example")[0] });
    const error = errorOf(() => read(transformer({ attention })));
    expect(error.message).toMatch(/^no shape: .+; shapes are not followed through Unheard \(.+\)$/);
  });
});

describe("what is no transformer of text or images", () => {
  const base = transformer({ attention: plain });
  const withInputs = (change: (model: Model) => Partial<Model["graph"]>): Model => ({
    ...base,
    graph: { ...base.graph, ...change(base) },
  });

  test("an answer that tells only of sizes", () => {
    const model = transformer({ attention: plain, head: (b, x) => b.cast(b.op("Shape", [x]), "float32") });
    expect(errorOf(() => read(model)).message).toBe("no attention: logits does not depend on the input");
  });

  test("ids that no table is read at", () => {
    const error = errorOf(() =>
      read(
        withInputs(() => ({
          nodes: [nodeOf("Cast", ["input_ids"], ["logits"], { attributes: new Map([["to", int(1)]]) })],
        })),
      ),
    );
    expect(error.message).toBe("not a transformer of text or images: no table is read at input_ids");
  });

  test("ids and pixels at once, and neither", () => {
    const pixels = info("pixel_values", "float32", ["batch", 3, 32, 32]);
    const both = withInputs(({ graph: g }) => ({ inputs: [...g.inputs, pixels] }));
    expect(errorOf(() => read(both)).message).toBe(
      "not a transformer of text or images: the graph takes both token ids and pixels",
    );
    const neither = withInputs(({ graph: g }) => ({
      inputs: g.inputs.slice(1),
      nodes: [nodeOf("Identity", ["attention_mask"], ["logits"])],
    }));
    expect(errorOf(() => read(neither)).message).toBe(
      "not a transformer of text or images: the graph takes neither input_ids nor pixel_values",
    );
  });
});
