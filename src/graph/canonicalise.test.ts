import { describe, expect, test } from "vitest";
import { feedsOf } from "../explain/feeds";
import { float, floats, graph as graphAttribute, int, ints, tensorAttribute, weightOf } from "../onnx/attributes";
import type { Attribute, Model, Node, Value, ValueInfo } from "../onnx/model";
import { graph, node } from "../onnx/testing/sample";
import { type DType, float32, type Tensor } from "../tensor/tensor";
import type { Builder } from "./builder";
import { canonicalise } from "./canonicalise";
import { inputsOf } from "./inputs";
import { usedInputs } from "./prune";
import { type BeforeAfter, beforeAfter } from "./testing/before-after";
import { info, runModel } from "./testing/run";
import { type Options, type Parts, transformer } from "./testing/transformer";

const ids = {
  ids: [
    [3, 14, 15],
    [9, 2, 6],
  ],
  mask: [
    [1, 1, 1],
    [1, 1, 0],
  ],
  segments: [
    [0, 0, 0],
    [0, 0, 0],
  ],
};
const heads = (b: Builder, x: Value, n: number) => b.transpose(b.reshape(x, [0, 0, n, -1]), [0, 2, 1, 3]);
const attended = (b: Builder, { q, bias, heads: n }: Parts, k: Value, v: Value): Value => {
  const scores = b.add(b.matmul(heads(b, q, n), b.transpose(k, [0, 1, 3, 2])), bias);
  return b.reshape(b.transpose(b.matmul(b.softmax(scores), v), [0, 2, 1, 3]), [0, 0, -1]);
};
const plain: Options["attention"] = (b, parts) =>
  attended(b, parts, heads(b, parts.k, parts.heads), heads(b, parts.v, parts.heads));
const withInputs = (model: Model, ...inputs: readonly ValueInfo[]): Model => ({
  ...model,
  graph: { ...model.graph, inputs: [...model.graph.inputs, ...inputs] },
});
const numbers = ({ data }: Tensor): number[] => Array.from(data as Float32Array);
const operators = ({ graph: g }: Model): string[] => g.nodes.map((n) => n.opType);

const both = (model: Model): Promise<BeforeAfter> => beforeAfter(model, ids);

const close = ({ stock, canonical }: { stock: number[]; canonical: number[] }): void => {
  expect(canonical).toHaveLength(stock.length);
  const worst = Math.max(...stock.map((v, i) => Math.abs(v - canonical[i])));
  expect(worst).toBeLessThanOrEqual(1e-5);
};

describe("a decoder with caches", () => {
  const cached = (layer: number, part: string) => `past_key_values.${layer}.${part}`;
  const cache = (dims: ValueInfo["dims"], dtype: DType = "float32") =>
    [0, 1].flatMap((layer) => ["key", "value"].map((part) => info(cached(layer, part), dtype, dims)));
  const continued: Options["attention"] = (b, parts) => {
    const [k, v] = (["key", "value"] as const).map((part, i) =>
      b.op("Concat", [cached(parts.layer, part), heads(b, i === 0 ? parts.k : parts.v, parts.heads)], { axis: 2 }),
    );
    return attended(b, parts, k, v);
  };
  const model = withInputs(transformer({ attention: continued }), ...cache(["batch", 2, "past", 4]));

  test("runs without them, and no longer asks for them", async () => {
    const result = await both(model);
    close(result);
    expect(result.written.graph.inputs.map((i) => i.name)).toEqual(["input_ids", "attention_mask"]);
    expect(operators(result.written)).toContain("Identity");
  });

  test("of one row", () => {
    const one = withInputs(transformer({ attention: continued, batch: 1 }), ...cache([1, 2, "past", 4]));
    const { model: written, facts } = canonicalise(one, null);
    expect([...usedInputs(written.graph)]).toEqual(["input_ids", "attention_mask"]);
    expect(facts.dims("logits")).toEqual([1, 23, 40]);
  });

  test("through views of them", async () => {
    const viewed: Options["attention"] = (b, parts) => {
      const past = (part: string) => b.transpose(b.op("Cast", [cached(parts.layer, part)], { to: 1 }), [0, 1, 3, 2]);
      const [k, v] = (["key", "value"] as const).map((part, i) =>
        b.op("Concat", [past(part), heads(b, i === 0 ? parts.k : parts.v, parts.heads)], { axis: 2 }),
      );
      return attended(b, parts, k, v);
    };
    const result = await both(withInputs(transformer({ attention: viewed }), ...cache(["batch", 2, 4, "past"])));
    close(result);
    expect(result.written.graph.inputs.map((i) => i.name)).toEqual(["input_ids", "attention_mask"]);
  });

  test("whose length places depend on", async () => {
    const offset = (b: Builder, x: Value): Value => {
      const past = b.op("Gather", [b.op("Shape", [cached(0, "key")]), b.integers([2])], { axis: 0 });
      return b.add(x, b.cast(past, "float32"));
    };
    const result = await both({
      ...model,
      graph: {
        ...model.graph,
        ...withInputs(transformer({ attention: continued, head: offset }), ...cache(["batch", 2, "past", 4])).graph,
      },
    });
    close(result);
  });

  test("merged with one that reads none: the branch without is taken", async () => {
    const inner = transformer({ attention: plain }).graph;
    const wrong = graph({
      name: "with",
      nodes: [node("Cast", ["input_ids"], ["wrong"], { attributes: new Map([["to", int(1)]]) })],
      outputs: [info("wrong", "float32")],
    });
    const branches: Readonly<Record<string, Attribute>> = {
      then_branch: graphAttribute(wrong),
      else_branch: graphAttribute(
        graph({
          name: "without",
          nodes: inner.nodes,
          initializers: inner.initializers,
          outputs: inner.outputs.map((o) => info(o.name, "float32")),
        }),
      ),
    };
    const choice = node("If", ["use_cache_branch"], ["chosen"], {
      name: "optimum::if",
      attributes: new Map(Object.entries(branches)),
    });
    const merged: Model = {
      ...model,
      graph: graph({
        name: "merged",
        nodes: [choice, node("Identity", ["chosen"], ["answer"])],
        inputs: [...inner.inputs, info("use_cache_branch", "bool", [1])],
        outputs: [info("answer", "float32")],
      }),
    };
    const { model: written } = canonicalise(merged, null);
    expect(operators(written)).not.toContain("If");
    const used = usedInputs(written.graph);
    expect([...used]).toEqual(["input_ids", "attention_mask"]);
    const read = {
      ...written,
      graph: { ...written.graph, inputs: written.graph.inputs.filter((i) => used.has(i.name)) },
    };
    const feeds = feedsOf(
      inputsOf(merged).filter((i) => used.has(i.name)),
      ids,
    );
    const stock = await runModel(merged, feedsOf(inputsOf(merged), ids));
    close({ stock: numbers(stock.answer), canonical: numbers((await runModel(read, feeds)).answer) });

    const again = {
      ...merged,
      graph: {
        ...merged.graph,
        nodes: [
          ...merged.graph.nodes.slice(0, 1),
          { ...choice, name: "second", outputs: ["other"] },
          node("Add", ["chosen", "other"], ["answer"]),
        ],
      },
    };
    expect(() => canonicalise(again, null)).toThrow(/^unsupported form: a branch that names .+ again \(second\)$/);
  });
});

describe("fused operators", () => {
  const fused: Options["attention"] = (b, { q, k, v, bias, heads: n }) => {
    const length = b.dim(q, 1);
    const wide = b.op("Expand", [bias, b.concat([b.dim(q, 0), b.integers([1]), length, length], 0)]);
    return b.ops("MultiHeadAttention", [q, k, v, "", "", wide], { num_heads: n }, 1, "com.microsoft")[0];
  };

  test("are spelled out wherever they are", async () => {
    const result = await both(transformer({ attention: fused }));
    close(result);
    expect(operators(result.written)).not.toContain("MultiHeadAttention");
    expect(operators(result.written).filter((op) => op === "Softmax")).toHaveLength(2);
  });

  test("of one name, or none, don't get in each other's way", async () => {
    const model = transformer({ attention: fused });
    for (const name of ["", "attention"]) {
      const nodes = model.graph.nodes.map((n) => (n.opType === "MultiHeadAttention" ? { ...n, name } : n));
      const { model: written } = canonicalise({ ...model, graph: { ...model.graph, nodes } }, null);
      const outputs = written.graph.nodes.flatMap((n) => n.outputs);
      expect(new Set(outputs).size).toBe(outputs.length);
      const inputs = inputsOf(model);
      const [stock, own] = [await runModel(model, feedsOf(inputs, ids)), await runModel(written, feedsOf(inputs, ids))];
      close({ stock: numbers(stock.logits), canonical: numbers(own.logits) });
    }
  });

  test("that nothing spells out are refused by name", () => {
    for (const op of ["PagedAttention", "LongformerAttention", "SparseAttention", "DynamicSparseAttention"]) {
      const attention: Options["attention"] = (b, { q, k, v }) => b.ops(op, [q, k, v], {}, 1, "com.microsoft")[0];
      expect(() => canonicalise(transformer({ attention }), null)).toThrow(
        new RegExp(`^unsupported operator: com.microsoft:${op} \\(.+\\)$`),
      );
    }
  });

  test("that the answer doesn't need are no hindrance", () => {
    const model = transformer({ attention: plain });
    const idle = node("PagedAttention", ["h.0"], ["nowhere"], { domain: "com.microsoft" });
    const { model: written } = canonicalise(
      { ...model, graph: { ...model.graph, nodes: [...model.graph.nodes, idle] } },
      null,
    );
    expect(operators(written)).not.toContain("PagedAttention");
  });
});

describe("constants", () => {
  test.each([
    ["value", tensorAttribute(weightOf("", float32([1], [0.5]))), [0.5]],
    ["value_float", float(0.5), [0.5]],
    ["value_floats", floats([0.5, 1]), [0.5, 1]],
    ["value_int", int(3), [3]],
    ["value_ints", ints([3, 4]), [3, 4]],
  ] as const)("by %s become weights", (name, attribute, expected) => {
    const model = transformer({ attention: plain });
    const constant = node("Constant", [], ["c"], { attributes: new Map([[name, attribute as Attribute]]) });
    const cast = node("Cast", ["c"], ["cf"], { attributes: new Map([["to", int(1)]]) });
    const sum = node("ReduceSum", ["cf"], ["total"], { attributes: new Map([["keepdims", int(0)]]) });
    const nodes = [
      ...model.graph.nodes.map((n): Node => ({ ...n, outputs: n.outputs.map((o) => (o === "logits" ? "raw" : o)) })),
      constant,
      cast,
      sum,
      node("Add", ["raw", "total"], ["logits"]),
    ];
    const { model: written, facts } = canonicalise({ ...model, graph: { ...model.graph, nodes } }, null);
    expect(operators(written)).not.toContain("Constant");
    expect(written.graph.initializers.has("c")).toBe(true);
    expect(facts.of("c").value).toEqual(expected);
  });
});

describe("the answers", () => {
  const named = (...outputs: readonly string[]): Model => {
    const model = transformer({ attention: plain });
    const extra = outputs.map((name) => node("Identity", ["logits"], [name]));
    return {
      ...model,
      graph: {
        ...model.graph,
        nodes: [...model.graph.nodes, ...extra.filter((n) => n.outputs[0] !== "logits")],
        outputs: outputs.map((name) => info(name, "float32")),
      },
    };
  };
  test.each([
    [["present.0.key", "logits", "hidden_states"], ["logits"]],
    [
      ["end_logits", "start_logits"],
      ["start_logits", "end_logits"],
    ],
    [["pooler_output", "last_hidden_state"], ["last_hidden_state"]],
    [["prediction_logits", "other"], ["prediction_logits"]],
    [["present.0.key", "output"], ["output"]],
  ])("of %j are %j", (outputs, answers) => {
    const canonical = canonicalise(named(...outputs), null);
    expect(canonical.answers.map((a) => a.name)).toEqual(answers);
    expect(canonical.model.graph.outputs.map((o) => o.name)).toEqual(answers);
  });

  test("of caches alone there are none", () => {
    expect(() => canonicalise(named("present.0.key", "past_1"), null)).toThrow(
      "no attention: the graph has no output but caches",
    );
  });
});

describe("half precision", () => {
  test("is computed in float32, from the weights as the file has them", () => {
    const model = transformer({ attention: plain });
    const { model: written, facts } = canonicalise(
      {
        ...model,
        graph: {
          ...model.graph,
          nodes: [...model.graph.nodes, node("Cast", ["logits"], ["half"], { attributes: new Map([["to", int(10)]]) })],
          outputs: [info("half", "float16")],
        },
      },
      null,
    );
    expect(written.graph.outputs).toEqual([info("half", "float32")]);
    expect(facts.of("half").dtype).toBe("float32");
  });
});

test("doubles stay doubles", async () => {
  const model = transformer({ attention: plain });
  const wide = (t: Tensor): Tensor => ({ ...t, dtype: "float64", data: Float64Array.from(t.data as Float32Array) });
  const initializers = new Map(
    [...model.graph.initializers].map(([name, w]) => {
      const t =
        w.dtype === "float32" && w.source.kind === "bytes"
          ? wide({ dtype: w.dtype, dims: w.dims, data: new Float32Array(new Uint8Array(w.source.bytes).buffer) })
          : null;
      return [name, t ? weightOf(name, t) : w];
    }),
  );
  const double: Model = { ...model, graph: { ...model.graph, initializers, outputs: [info("logits", "float64")] } };
  const result = await both(double);
  close(result);
  expect(canonicalise(double, null).facts.of("h.1").dtype).toBe("float64");
});

test("ids of 32 bits, and no mask at all", async () => {
  close(await both(transformer({ attention: plain, idType: "int32", masked: false })));
});
