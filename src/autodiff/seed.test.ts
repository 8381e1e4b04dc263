import { describe, expect, it } from "vitest";
import { everyPlace, type TargetRows, targetFeeds } from "../explain/target-feeds";
import { anatomyOf } from "../graph/anatomy";
import type { Builder } from "../graph/builder";
import { canonicalise } from "../graph/canonicalise";
import { attend, fromHeads, toHeads } from "../graph/rewrites/attend";
import { info, openModel } from "../graph/testing/run";
import { type Options, transformer } from "../graph/testing/transformer";
import type { Model, Value } from "../onnx/model";
import { randomNumbers } from "../onnx/testing/random";
import { node } from "../onnx/testing/sample";
import { float32, int64, type Tensor, tensor } from "../tensor/tensor";
import { answerPlaces } from "./answer-rows";
import { cotangentOf, gradientMode, switchOf, withCotangents } from "./explaining";
import { dot, signs, slope } from "./testing/difference";
import { tensorOf } from "./testing/gradient-case";

const width = 8;
const words = 20;

const plain: Options["attention"] = (b, { q, k, v, bias, heads, size }) => {
  const [queries, keys, values] = [q, k, v].map((x) => toHeads(b, x, heads));
  return fromHeads(b, attend(b, queries, keys, values, { scale: 1 / Math.sqrt(size), biases: [bias] }).context);
};

/** A constant of normal numbers. */
const constant = (b: Builder, seed: number, ...dims: number[]): Value =>
  b.constant(tensorOf("float32", dims, randomNumbers(seed)));

type Head = (b: Builder, x: Value) => Value;
const unembedded: Head = (b, x) => b.matmul(x, constant(b, 3, width, words));
const fixed = (b: Builder, value: number) => b.scalar(value, "float32");
const capped: Head = (b, x) => b.mul(b.op("Tanh", [b.div(unembedded(b, x), fixed(b, 3))]), fixed(b, 3));

/** What gives logits, by what is special about it. */
const heads: Readonly<Record<string, Head>> = {
  "tokens [B, T, V]": unembedded,
  "tokens with a bias": (b, x) => b.add(unembedded(b, x), constant(b, 4, words)),
  "tokens with a scale": (b, x) => b.div(b.mul(unembedded(b, x), fixed(b, 0.7)), fixed(b, 1.3)),
  "tokens with a soft cap": capped,
  "tokens of a turned table": (b, x) => b.matmul(x, b.transpose(constant(b, 3, words, width), [1, 0])),
  "tokens of a rounded table": (b, x) =>
    b.matmul(
      x,
      b.op("DequantizeLinear", [
        b.constant(tensorOf("int8", [width, words], randomNumbers(5), (_, r) => Math.floor(200 * r()) - 100)),
        fixed(b, 0.02),
      ]),
    ),
  "tokens of a head with two layers": (b, x) =>
    unembedded(b, b.op("Tanh", [b.matmul(x, constant(b, 6, width, width))])),
  "tokens less their mean": (b, x) => {
    const logits = unembedded(b, x);
    return b.sub(logits, b.reduce("ReduceMean", logits, [2]));
  },
  "classes [B, C]": (b, x) => b.matmul(b.squeeze(b.slice(x, 1, 0, 1), [1]), constant(b, 7, width, 5)),
};

const ids = [13, 17, 1, 6, 15, 12, 0, 19];
const [rows, tokens] = [2, 4];
const feeds: Readonly<Record<string, Tensor>> = {
  input_ids: int64([rows, tokens], ids),
  attention_mask: int64(
    [rows, tokens],
    ids.map(() => 1),
  ),
};

/** The model with its way back to the stream before its last norm, to which `delta` is added. */
function moved(model: Model): Model {
  const canonical = canonicalise(model, null);
  const anatomy = anatomyOf(canonical);
  const whole = withCotangents(canonical.model, canonical, ["h.1"], [gradientMode], anatomy);
  const nodes = whole.graph.nodes.flatMap((n) =>
    n.outputs.includes("h.1")
      ? [
          { ...n, outputs: n.outputs.map((v) => (v === "h.1" ? "h.1/own" : v)) },
          node("Add", ["h.1/own", "delta"], ["h.1"]),
        ]
      : [n],
  );
  const inputs = [...whole.graph.inputs, info("delta", "float32", [null, null, width])];
  return { ...whole, graph: { ...whole.graph, nodes, inputs } };
}

/** A target's value from what the graph answers, in float64. */
function targetIn(answers: readonly Tensor[], target: TargetRows): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const lines = answers.map(({ dims, data }) => {
      const size = dims[dims.length - 1];
      const at = dims.length === 3 ? row * dims[1] + target.positions[row] : row;
      return Array.from((data as Float32Array).subarray(at * size, (at + 1) * size));
    });
    const scaled = lines.flatMap((line) => {
      const total = Math.log(line.reduce((s, v) => s + Math.exp(v), 0));
      if (target.scale === "logit") return line;
      return line.map((v) => (target.scale === "probability" ? Math.exp(v - total) : v - total));
    });
    target.classes[row].forEach((c, k) => {
      sum += target.weights[row][k] * scaled[c];
    });
  }
  return sum;
}

/** The error of the derivative along some directions, relative to its length. */
async function seedError(model: Model, target: TargetRows): Promise<number> {
  const answers = model.graph.outputs.map((o) => o.name);
  const session = await openModel(moved(model));
  try {
    const on = (value: number) => ({ [switchOf(gradientMode)]: tensor("bool", [], Uint8Array.of(value)) });
    const given = { ...feeds, ...targetFeeds(target, session) };
    const still = float32([rows, tokens, width], new Float32Array(rows * tokens * width));
    const name = cotangentOf(gradientMode, "h.1");
    const found = (await session.run({ ...given, delta: still, ...on(1) }, [name]))[name].data as Float32Array;
    const f = async (delta: Tensor) => {
      const all = session.inputNames.includes(answerPlaces) ? everyPlace(rows, tokens) : {};
      const results = await session.run({ ...given, ...all, delta, ...on(0) }, answers);
      return targetIn(
        answers.map((answer) => results[answer]),
        target,
      );
    };
    const random = randomNumbers(1);
    const length = Math.sqrt(dot(found, found));
    let worst = 0;
    for (let d = 0; d < 3; d++) {
      const direction = signs(found.length, random);
      const expected = await slope(still, direction, 0.003, f);
      worst = Math.max(worst, Math.abs(dot(found, direction) - expected) / length);
    }
    return worst;
  } finally {
    await session.release();
  }
}

const targets: Readonly<Record<string, Pick<TargetRows, "classes" | "weights">>> = {
  "one class": { classes: [[3], [1]], weights: [[1], [1]] },
  "one against another": {
    classes: [
      [3, 0],
      [1, 4],
    ],
    weights: [
      [1, -1],
      [1, -1],
    ],
  },
};
const scales = ["logit", "log-probability", "probability"] as const;

describe("targets start the way back where finite differences say", () => {
  for (const [form, head] of Object.entries(heads)) {
    const model = transformer({ attention: plain, head, layers: 1, causal: form.startsWith("tokens") });
    for (const [what, chosen] of Object.entries(targets))
      for (const scale of scales)
        it(`${form}: ${what}, ${scale}`, async () => {
          expect(await seedError(model, { ...chosen, positions: [1, 3], scale })).toBeLessThan(1e-3);
        });
  }

  const span = transformer({ attention: plain, layers: 1, head: (b, x) => b.matmul(x, constant(b, 12, width, 2)) });
  const both = ["start_logits", "end_logits"];
  const spanModel: Model = {
    ...span,
    graph: {
      ...span.graph,
      initializers: span.graph.initializers,
      nodes: [
        ...span.graph.nodes,
        node("Split", ["logits"], ["s", "e"], {
          attributes: new Map([
            ["axis", { type: "int", value: -1n }],
            ["num_outputs", { type: "int", value: 2n }],
          ]),
        }),
        node("Flatten", ["s"], ["start_logits"]),
        node("Flatten", ["e"], ["end_logits"]),
      ],
      outputs: both.map((name) => info(name, "float32", [null, null])),
    },
  };
  for (const scale of scales)
    it(`a span by its start and end: ${scale}`, async () => {
      const classes = [
        [1, tokens + 2],
        [0, tokens + 3],
      ];
      const target = { classes, weights: classes.map(() => [1, 1]), positions: [0, 0], scale };
      expect(await seedError(spanModel, target)).toBeLessThan(1e-3);
    });
});

describe("one position's head", () => {
  it("never multiplies a vocabulary at every position", () => {
    const canonical = canonicalise(transformer({ attention: plain, head: capped, layers: 1, causal: true }), null);
    withCotangents(canonical.model, canonical, ["h.1"], [gradientMode], anatomyOf(canonical));
    const made = [...namesOf(moved(transformer({ attention: plain, head: capped, layers: 1, causal: true })))];
    const wide = made.filter((name) => {
      const dims = canonical.facts.dims(name);
      return dims?.includes(canonical.point.length) && dims.includes(words);
    });
    expect(made.length).toBeGreaterThan(50);
    expect(wide).toEqual([]);
  });
});

/** Every value that a branch of the graph makes. */
function namesOf({ graph }: Model): Set<Value> {
  const names = new Set<Value>();
  for (const { attributes } of graph.nodes)
    for (const attribute of attributes.values())
      if (attribute.type === "graph") for (const n of attribute.value.nodes) for (const v of n.outputs) names.add(v);
  return names;
}
