import { describe, expect, test } from "vitest";
import { weightOf } from "../../onnx/attributes";
import type { Model, Value } from "../../onnx/model";
import { graph } from "../../onnx/testing/sample";
import { float32, int64, type Tensor } from "../../tensor/tensor";
import { Builder } from "../builder";
import { prune } from "../prune";
import { operatorOf } from "../rewrites";
import { Facts } from "../shapes";
import { info, runModel } from "../testing/run";
import { fused } from ".";

const [rows, width] = [3, 8];
const numbers = (n: number, from: number) => Array.from({ length: n }, (_, i) => Math.sin(from + 1.7 * i));
const weights = new Map<Value, Tensor>([
  ["scale", float32([width], numbers(width, 1))],
  ["shift", float32([width], numbers(width, 2))],
  ["wide", float32([1, width], numbers(width, 3))],
]);
const x = float32(
  [2, rows, width],
  Array.from(numbers(2 * rows * width, 4), (v) => 3 * v),
);

/** A formula of `x` as a model, as it is written and with what is spelled out in one operator. */
function models(write: (b: Builder) => Value, opset = 18): { before: Model; after: Model } {
  const facts = new Facts(opset, new Map([["x", { dtype: "float32" as const, dims: [1009, 23, width] }]]));
  const given = new Map([...weights].map(([name, t]) => [name, weightOf(name, t)] as const));
  facts.weights({ initializers: given });
  const b = new Builder(opset, "f", facts);
  b.rename(write(b), "y");
  const initializers = new Map([...given, ...b.initializers]);
  const written = graph({
    nodes: b.nodes,
    inputs: [info("x", "float32", [null, null, width])],
    outputs: [info("y", "float32")],
    initializers,
  });
  const model = (nodes: Model["graph"]["nodes"]): Model => ({
    irVersion: 10,
    opsets: new Map([
      ["", opset],
      ["com.microsoft", 1],
    ]),
    producer: "test",
    functions: [],
    metadata: new Map(),
    graph: prune({ ...written, nodes }),
  });
  return { before: model(b.nodes), after: model(fused(b.nodes, facts, initializers)) };
}

const operators = ({ graph: { nodes } }: Model) => nodes.map(operatorOf);

type Form = readonly [string, (b: Builder) => Value];
const number = (b: Builder, value: number) => b.scalar(value, "float32");
const erf = (b: Builder, v: Value) => b.add(b.op("Erf", [b.div(v, number(b, Math.SQRT2))]), number(b, 1));
const tanh = (b: Builder, v: Value, cube = b.op("Pow", [v, number(b, 3)])) =>
  b.add(
    number(b, 1),
    b.op("Tanh", [b.mul(b.add(v, b.mul(cube, number(b, 0.044715))), number(b, Math.sqrt(2 / Math.PI)))]),
  );

const gelus: readonly Form[] = [
  ["x (1 + erf) ½", (b) => b.mul(b.mul("x", erf(b, "x")), number(b, 0.5))],
  ["½ x (1 + erf)", (b) => b.mul(b.mul(number(b, 0.5), "x"), erf(b, "x"))],
  ["x (½ (1 + erf))", (b) => b.mul("x", b.mul(number(b, 0.5), erf(b, "x")))],
  ["x (1 + erf) / 2", (b) => b.div(b.mul("x", erf(b, "x")), number(b, 2))],
  [
    "erf of a product with 1/√2",
    (b) => {
      const inner = b.op("Erf", [b.mul("x", number(b, Math.SQRT1_2))]);
      return b.mul(b.mul("x", number(b, 0.5)), b.add(number(b, 1), inner));
    },
  ],
  [
    "of a sum, which stays",
    (b) => {
      const sum = b.add("x", "shift");
      return b.mul(b.mul(sum, erf(b, sum)), number(b, 0.5));
    },
  ],
];

const fastGelus: readonly Form[] = [
  ["½ x (1 + tanh) with a power", (b) => b.mul(b.mul("x", number(b, 0.5)), tanh(b, "x"))],
  ["with products for the cube", (b) => b.mul(b.mul("x", number(b, 0.5)), tanh(b, "x", b.mul(b.mul("x", "x"), "x")))],
  [
    "with the cube split up",
    (b) => {
      const square = b.mul("x", "x");
      const inner = b.mul(
        b.mul("x", number(b, Math.sqrt(2 / Math.PI))),
        b.add(number(b, 1), b.mul(number(b, 0.044715), square)),
      );
      return b.mul(number(b, 0.5), b.mul("x", b.add(b.op("Tanh", [inner]), number(b, 1))));
    },
  ],
];

const mean = (b: Builder, v: Value) => b.reduce("ReduceMean", v, [-1]);
const centred = (b: Builder) => b.sub("x", mean(b, "x"));
const root = (b: Builder, v: Value, square = b.op("Pow", [v, number(b, 2)])) =>
  b.op("Sqrt", [b.add(mean(b, square), number(b, 1e-5))]);

const layerNorms: readonly Form[] = [
  [
    "a quotient, scaled and shifted",
    (b) => {
      const c = centred(b);
      return b.add(b.mul(b.div(c, root(b, c)), "scale"), "shift");
    },
  ],
  [
    "operands the other way round",
    (b) => {
      const c = centred(b);
      return b.add("shift", b.mul("scale", b.mul(b.op("Reciprocal", [root(b, c, b.mul(c, c))]), c)));
    },
  ],
  [
    "with a power for the root",
    (b) => {
      const c = centred(b);
      const v = b.op("Pow", [b.add(mean(b, b.mul(c, c)), number(b, 1e-5)), number(b, 0.5)]);
      return b.add(b.mul(b.div(c, v), "scale"), "shift");
    },
  ],
  ["centred twice", (b) => b.add(b.mul(b.div(centred(b), root(b, centred(b))), "scale"), "shift")],
];

const rmsNorms: readonly Form[] = [
  ["x times one over the root", (b) => b.mul("scale", b.mul("x", b.op("Reciprocal", [root(b, "x")])))],
  ["a quotient", (b) => b.mul(b.div("x", root(b, "x")), "scale")],
  ["1 / root", (b) => b.mul(b.mul("x", b.div(number(b, 1), root(b, "x"))), "scale")],
  ["a scale of 1 + w", (b) => b.mul(b.div("x", root(b, "x")), b.add(number(b, 1), "scale"))],
];

const families = [
  { name: "Gelu", forms: gelus, operator: "com.microsoft:Gelu", rest: ["Add"] },
  { name: "Gelu by tanh", forms: fastGelus, operator: "com.microsoft:FastGelu", rest: [] },
  { name: "layer norm", forms: layerNorms, operator: "LayerNormalization", rest: [] },
  { name: "RMS norm", forms: rmsNorms, operator: "SimplifiedLayerNormalization", rest: ["Add"] },
];

describe.each(families)("$name becomes one operator that gives the same", ({ forms, operator, rest }) => {
  test.each(forms.flatMap(([form, write]) => [11, 14, 18].map((opset) => [form, opset, write] as const)))(
    "%s, at opset %i",
    async (_, opset, write) => {
      const { before, after } = models(write, opset);
      const found = operators(after);
      expect(found.filter((o) => !rest.includes(o))).toEqual([operator]);
      const [a, b] = await Promise.all([before, after].map((model) => runModel(model, { x })));
      (a.y.data as Float32Array).forEach((v, i) => {
        expect((b.y.data as Float32Array)[i]).toBeCloseTo(v, 5);
      });
    },
  );
});

const others: readonly Form[] = [
  [
    "a Gelu whose √2 was rounded to half precision",
    (b) => b.mul(b.mul("x", b.add(b.op("Erf", [b.div("x", number(b, 1.4140625))]), number(b, 1))), number(b, 0.5)),
  ],
  ["an error function of something else", (b) => b.mul(b.mul("wide", erf(b, "x")), number(b, 0.5))],
  [
    "a tanh with another cube",
    (b) => b.mul(b.mul("x", number(b, 0.5)), tanh(b, "x", b.op("Pow", [b.add("x", number(b, 0.1)), number(b, 3)]))),
  ],
  [
    "a norm over another axis",
    (b) => {
      const c = b.sub("x", b.reduce("ReduceMean", "x", [1]));
      const v = b.op("Sqrt", [b.add(b.reduce("ReduceMean", b.mul(c, c), [1]), number(b, 1e-5))]);
      return b.add(b.mul(b.div(c, v), "scale"), "shift");
    },
  ],
  [
    "a norm of one value by the root of another",
    (b) => {
      const v = b.add("x", number(b, 1));
      return b.mul(b.div("x", root(b, v)), "scale");
    },
  ],
  [
    "a norm that the input itself scales",
    (b) => {
      const own = b.op("Gather", [b.op("Gather", ["x", b.integer(0)], { axis: 0 }), b.integer(0)], { axis: 0 });
      return b.mul(b.div("x", root(b, "x")), own);
    },
  ],
  ["a norm without a scale", (b) => b.div("x", root(b, "x"))],
];

test.each(others)("%s stays as it is", (_, write) => {
  const { before, after } = models(write);
  expect(operators(after)).toEqual(operators(before));
});

test("what lies inside and is read elsewhere stays too", async () => {
  const { before, after } = models((b) => {
    const c = centred(b);
    const r = root(b, c);
    return b.add(b.add(b.mul(b.div(c, r), "scale"), "shift"), r);
  });
  expect(operators(after)).toContain("LayerNormalization");
  const [a, b] = await Promise.all([before, after].map((model) => runModel(model, { x })));
  (a.y.data as Float32Array).forEach((v, i) => {
    expect((b.y.data as Float32Array)[i]).toBeCloseTo(v, 5);
  });
});

test("whole numbers are left alone", () => {
  const facts = new Facts(18, new Map([["n", { dtype: "int64" as const, dims: [5] }]]));
  const b = new Builder(18, "f", facts);
  b.mul("n", b.constant(int64([], [2])));
  expect(fused(b.nodes, facts, b.initializers)).toEqual(b.nodes);
});
