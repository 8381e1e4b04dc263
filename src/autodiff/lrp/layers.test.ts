import { describe, expect, it } from "vitest";
import { anatomyOf } from "../../graph/anatomy";
import { Builder } from "../../graph/builder";
import { canonicalise } from "../../graph/canonicalise";
import { Facts } from "../../graph/shapes";
import { layouts } from "../../graph/testing/layouts";
import { transformer } from "../../graph/testing/transformer";
import type { Node, Value } from "../../onnx/model";
import { countLayers } from "./layers";
import { lrpModes } from "./presets";
import { readingOf } from "./reading";

type Spelled = (b: Builder, x: Value) => Value;

const square = (b: Builder, x: Value): Value => b.reduce("ReduceMean", b.mul(x, x), [-1]);
const number = (b: Builder, value: number): Value => b.scalar(value, "float32");

/** With a floor in place of a summand: a norm that no one operator is. */
const norm: Spelled = (b, x) => b.div(x, b.op("Sqrt", [b.op("Max", [square(b, x), number(b, 1e-5)])]));
/** The square root of a mean of squares as a power of e, which nobody looks for. */
const hiddenNorm: Spelled = (b, x) => {
  const half = b.mul(b.op("Log", [b.add(square(b, x), number(b, 1e-5))]), number(b, 0.5));
  return b.div(x, b.op("Exp", [half]));
};
const gate: Spelled = (b, x) => b.mul(x, b.op("Sigmoid", [x]));
/** The gate of x · σ(x) sent through a transposition and back, so that it isn't element by element any more. */
const hiddenGate: Spelled = (b, x) => {
  const there = b.op("Transpose", [b.op("Sigmoid", [x])], {});
  return b.mul(x, b.op("Transpose", [there], {}));
};

/** A transformer whose norms or activations are replaced, layer by layer. */
function model(operator: "LayerNormalization" | "Relu", spelled: readonly Spelled[]) {
  const edit = (nodes: readonly Node[]): readonly Node[] => {
    let seen = 0;
    return nodes.flatMap((node) => {
      if (node.opType !== operator) return [node];
      // Two norms a layer, one activation.
      const layer = operator === "Relu" ? seen : Math.floor(seen / 2);
      seen++;
      const write = spelled[layer];
      if (!write) return [node];
      const b = new Builder(18, `spelled.${seen}`, new Facts(18, new Map()));
      const made = write(b, node.inputs[0]);
      const constants = [...b.initializers].map(
        ([name, weight]): Node => ({
          name: "",
          domain: "",
          opType: "Constant",
          inputs: [],
          outputs: [name],
          attributes: new Map([["value", { type: "tensor", value: weight }]]),
        }),
      );
      return [
        ...constants,
        ...b.nodes,
        operator === "Relu"
          ? { ...node, opType: "Identity", inputs: [made] }
          : { ...node, opType: "Mul", inputs: [made, node.inputs[1]], attributes: new Map() },
      ];
    });
  };
  const [{ attention }] = layouts;
  const canonical = canonicalise(transformer({ attention, layers: 3, edit }), null);
  return { graph: canonical.model.graph, canonical, anatomy: anatomyOf(canonical) };
}

const counts = (subject: ReturnType<typeof model>) =>
  countLayers(readingOf(subject)).map(({ found }) => [
    found.norm.length,
    found.activation.length,
    found.product.length,
  ]);

describe("what is found in layers of the same make is alike", () => {
  it("counts operators", () => {
    const subject = model("Relu", []);
    expect(counts(subject)).toEqual([0, 1, 2].map(() => [2, 1, 2]));
    for (const mode of Object.values(lrpModes)) expect(() => mode.rules(subject)).not.toThrow();
  });
  it("counts norms that are spelled out", () => {
    expect(counts(model("LayerNormalization", [norm, norm, norm]))).toEqual([0, 1, 2].map(() => [2, 1, 2]));
  });
  it("counts gates that are spelled out, and no products for them", () => {
    expect(counts(model("Relu", [gate, gate, gate]))).toEqual([0, 1, 2].map(() => [2, 1, 2]));
  });
  it("refuses a norm that is hidden, and names the others", () => {
    const subject = model("LayerNormalization", [norm, hiddenNorm, norm]);
    expect(counts(subject)[1][0]).toBe(0);
    expect(() => lrpModes["attn-lrp"].rules(subject)).toThrow(
      /^unsupported form: layers of the same make with unlike numbers of norms, 2 in layer 0 \(spelled\.1\/Sqrt.*, spelled\.2\/Sqrt.*\) and 0 in layer 1;/,
    );
  });
  it("refuses a gate that is hidden, and names what it was taken for", () => {
    const subject = model("Relu", [gate, gate, hiddenGate]);
    for (const mode of Object.values(lrpModes))
      expect(() => mode.rules(subject)).toThrow(
        /^unsupported form: layers of the same make with unlike numbers of products, 2 in layer 0 .* and 3 in layer 2 \(.*spelled\.3\/Mul/,
      );
  });
});
