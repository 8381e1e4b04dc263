import { describe, expect, it } from "vitest";
import type { Builder } from "../../graph/builder";
import { float, string } from "../../onnx/attributes";
import type { Value } from "../../onnx/model";
import { randomNumbers } from "../../onnx/testing/random";
import { type Tensor, tensor } from "../../tensor/tensor";
import { epsilonRule } from "./epsilon";
import { gammaRule } from "./gamma";
import { presets } from "./presets";
import { run } from "./testing/run-rules";

const attn = presets["attn-lrp"];
const cp = presets["cp-lrp"];

const doubles = (dims: readonly number[], values: readonly number[]): Tensor =>
  tensor("float64", dims, Float64Array.from(values));
const singles = (t: Tensor): Tensor => tensor("float32", t.dims, Float32Array.from(t.data as Float64Array));
const list = (t: Tensor): number[] => Array.from(t.data as Float64Array);

function drawn(seed: number, ...dims: number[]): Tensor {
  const random = randomNumbers(seed);
  const size = dims.reduce((n, d) => n * d, 1);
  return doubles(
    dims,
    Array.from({ length: size }, () => 4 * random() - 2),
  );
}

function expectClose(found: readonly number[], expected: readonly number[], digits = 10): void {
  expect(found.length).toBe(expected.length);
  for (const [i, e] of expected.entries()) expect(found[i]).toBeCloseTo(e, digits);
}

const erf = (x: number): number => {
  let [sum, term] = [x, x];
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
};
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const tanhGate = (x: number): number => 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const softplus = (x: number): number => Math.log(1 + Math.exp(x));

describe("norms count their deviation as a constant", () => {
  const x = drawn(1, 2, 4);
  const [scale, shift] = [drawn(2, 4), drawn(3, 4)];
  const seed = drawn(4, 2, 4);
  const epsilon = 1e-5;

  /** ∂y/∂x with σ kept: g'_i/σ less the mean of g' over σ, g' = g ⊙ scale. */
  const naive = (centre: boolean): number[] => {
    const rows: number[] = [];
    for (let r = 0; r < 2; r++) {
      const row = list(x).slice(4 * r, 4 * r + 4);
      const mean = centre ? row.reduce((a, b) => a + b, 0) / 4 : 0;
      const deviation = Math.sqrt(row.reduce((a, v) => a + (v - mean) ** 2, 0) / 4 + epsilon);
      const g = row.map((_, i) => list(seed)[4 * r + i] * list(scale)[i]);
      const share = centre ? g.reduce((a, b) => a + b, 0) / 4 : 0;
      rows.push(...g.map((v) => (v - share) / deviation));
    }
    return rows;
  };
  const number = (b: Builder, value: number): Value => b.scalar(value, "float64");
  const spelled = (b: Builder, centre: boolean, inverse: boolean): Value => {
    const centred = centre ? b.sub("x", b.reduce("ReduceMean", "x", [-1])) : "x";
    const square = inverse ? b.mul(centred, centred) : b.op("Pow", [centred, number(b, 2)]);
    const deviation = b.op("Sqrt", [b.add(b.reduce("ReduceMean", square, [-1]), number(b, epsilon))]);
    return inverse ? b.mul(centred, b.op("Reciprocal", [deviation])) : b.div(centred, deviation);
  };
  const forms: readonly [string, boolean, (b: Builder) => Value][] = [
    [
      "LayerNormalization",
      true,
      (b) => b.op("LayerNormalization", ["x", "scale", "shift"], { axis: -1, epsilon: float(epsilon) }),
    ],
    ["layer norm by Pow, Sqrt and Div", true, (b) => b.add(b.mul(spelled(b, true, false), "scale"), "shift")],
    ["layer norm by Mul and Reciprocal", true, (b) => b.add(b.mul(spelled(b, true, true), "scale"), "shift")],
    ["RMS norm by Pow, Sqrt and Div", false, (b) => b.mul(spelled(b, false, false), "scale")],
    ["RMS norm by Mul and Reciprocal", false, (b) => b.mul(spelled(b, false, true), "scale")],
    [
      "RMS norm by a power of -1/2",
      false,
      (b) => {
        const mean = b.reduce("ReduceMean", b.mul("x", "x"), [-1]);
        return b.mul(b.mul("x", b.op("Pow", [b.add(mean, number(b, epsilon)), number(b, -0.5)])), "scale");
      },
    ],
  ];
  it.each(forms)("%s", async (_, centre, emit) => {
    const { cotangents } = await run({ inputs: { x }, weights: { scale, shift }, emit, preset: attn, seed });
    expectClose(cotangents.x, naive(centre));
  });
  it("SimplifiedLayerNormalization", async () => {
    const emit = (b: Builder) => b.rmsNorm("x", "scale", epsilon);
    const inputs = { x: singles(x) };
    const { cotangents } = await run({
      inputs,
      weights: { scale: singles(scale) },
      emit,
      preset: attn,
      seed: singles(seed),
    });
    expectClose(cotangents.x, naive(false), 5);
  });
  it("differentiates them by LRP-0", async () => {
    const emit = (b: Builder) => spelled(b, false, false);
    const { answer, cotangents } = await run({ inputs: { x }, emit, preset: presets["lrp-0"], seed });
    // A norm doesn't change with the length of its input, so that its relevance by derivatives is nearly nothing.
    for (const r of [0, 1]) {
      const sum = [0, 1, 2, 3].reduce((n, i) => n + list(x)[4 * r + i] * cotangents.x[4 * r + i], 0);
      expect(Math.abs(sum)).toBeLessThan(1e-4);
      expect(Math.max(...answer.map(Math.abs))).toBeGreaterThan(0.1);
    }
  });
});

describe("activations pass f(x) / x", () => {
  const values = [-2, -0.5, -1e-3, -1e-9, 0, 1e-9, 1e-3, 0.75, 1.5];
  const x = doubles([9], values);
  const seed = drawn(5, 9);
  const k = (b: Builder, value: number): Value => b.scalar(value, "x");
  const erfPart = (b: Builder): Value => b.add(b.op("Erf", [b.div("x", k(b, Math.SQRT2))]), k(b, 1));
  const tanhPart = (b: Builder): Value => {
    const cube = b.op("Pow", ["x", k(b, 3)]);
    const inner = b.mul(b.add("x", b.mul(cube, k(b, 0.044715))), k(b, Math.sqrt(2 / Math.PI)));
    return b.add(b.op("Tanh", [inner]), k(b, 1));
  };
  const phi = (v: number): number => 0.5 * (1 + erf(v / Math.SQRT2));
  const secant = (f: (v: number) => number, slope: number) => (v: number) =>
    Math.abs(v) < 1e-6 ? slope : (f(v) - f(0)) / v;

  const forms: readonly [string, (v: number) => number, (b: Builder) => Value][] = [
    ["Gelu as x · ½ · (1 + erf)", phi, (b) => b.mul(b.mul("x", k(b, 0.5)), erfPart(b))],
    ["Gelu as x · (1 + erf) · ½", phi, (b) => b.mul(b.mul("x", erfPart(b)), k(b, 0.5))],
    [
      "Gelu as ½ · (x + x · erf)",
      phi,
      (b) => b.mul(b.add("x", b.mul("x", b.op("Erf", [b.div("x", k(b, Math.SQRT2))]))), k(b, 0.5)),
    ],
    ["Gelu by tanh", tanhGate, (b) => b.mul(b.mul(k(b, 0.5), "x"), tanhPart(b))],
    ["SiLU as x · σ(x)", sigmoid, (b) => b.mul("x", b.op("Sigmoid", ["x"]))],
    ["SiLU as x / (1 + exp(-x))", sigmoid, (b) => b.div("x", b.add(k(b, 1), b.op("Exp", [b.op("Neg", ["x"])])))],
    ["QuickGelu", (v) => sigmoid(1.702 * v), (b) => b.mul("x", b.op("Sigmoid", [b.mul("x", k(b, 1.702))]))],
    [
      "HardSwish by Clip",
      (v) => Math.min(6, Math.max(0, v + 3)) / 6,
      (b) => b.div(b.mul("x", b.op("Clip", [b.add("x", k(b, 3)), k(b, 0), k(b, 6)])), k(b, 6)),
    ],
    ["Mish", (v) => Math.tanh(softplus(v)), (b) => b.mul("x", b.op("Tanh", [b.op("Softplus", ["x"])]))],
    ["Relu", (v) => (v > 0 ? 1 : 0), (b) => b.op("Relu", ["x"])],
    ["Relu squared", (v) => Math.max(v, 0), (b) => b.op("Pow", [b.op("Relu", ["x"]), k(b, 2)])],
    [
      "Relu times itself",
      (v) => Math.max(v, 0),
      (b) => {
        const r = b.op("Relu", ["x"]);
        return b.mul(r, r);
      },
    ],
    ["Tanh alone", secant(Math.tanh, 1), (b) => b.op("Tanh", ["x"])],
    ["Sigmoid alone", secant(sigmoid, 0.25), (b) => b.op("Sigmoid", ["x"])],
  ];
  // The native runtime has no float64 kernels of these.
  const single = /Gelu as|Mish/;
  it.each(forms)("%s", async (name, factor, emit) => {
    const typed = (t: Tensor) => (single.test(name) ? singles(t) : t);
    const { cotangents } = await run({ inputs: { x: typed(x) }, emit, preset: attn, seed: typed(seed) });
    const expected = values.map((v, i) => list(seed)[i] * factor(v));
    expectClose(cotangents.x, expected, single.test(name) || /Sigmoid alone/.test(name) ? 5 : 8);
  });

  const fused: readonly [string, (v: number) => number, (b: Builder) => Value][] = [
    ["Gelu", phi, (b) => b.op("Gelu", ["x"])],
    ["Gelu by tanh", tanhGate, (b) => b.op("Gelu", ["x"], { approximate: string("tanh") })],
    ["com.microsoft Gelu", phi, (b) => b.ops("Gelu", ["x"], {}, 1, "com.microsoft")[0]],
    ["com.microsoft FastGelu", tanhGate, (b) => b.ops("FastGelu", ["x"], {}, 1, "com.microsoft")[0]],
    ["HardSwish", (v) => Math.min(1, Math.max(0, v / 6 + 0.5)), (b) => b.op("HardSwish", ["x"])],
    ["Mish", (v) => Math.tanh(softplus(v)), (b) => b.op("Mish", ["x"])],
    ["Softplus", secant(softplus, 0.5), (b) => b.op("Softplus", ["x"])],
    ["Elu", secant((v) => (v > 0 ? v : Math.expm1(v)), 1), (b) => b.op("Elu", ["x"])],
    ["Softsign", (v) => 1 / (1 + Math.abs(v)), (b) => b.op("Softsign", ["x"])],
  ];
  it.each(fused)("the operator %s", async (_, factor, emit) => {
    const { cotangents } = await run({ inputs: { x: singles(x) }, emit, preset: attn, seed: singles(seed) });
    for (const [i, v] of values.entries()) {
      const expected = list(seed)[i] * factor(v);
      expect(Math.abs(cotangents.x[i] - expected)).toBeLessThan(2e-4 * Math.max(1, Math.abs(expected)));
    }
  });

  it.each([
    ["Exp", (b: Builder) => b.op("Exp", ["x"])],
    ["Sqrt", (b: Builder) => b.op("Sqrt", ["x"])],
    ["Erf", (b: Builder) => b.op("Erf", ["x"])],
    ["Div", (b: Builder) => b.div("x", b.reduce("ReduceSum", "x", [0]))],
  ] as const)("%s where it stands alone is refused by name", async (operator, emit) => {
    await expect(run({ inputs: { x }, emit, preset: attn, seed })).rejects.toThrow(
      `no gradient: relevance through ${operator} (forward/${operator}`,
    );
  });
});

describe("products of two activations", () => {
  const [x, y] = [drawn(6, 2, 3), drawn(7, 2, 3)];
  const seed = drawn(8, 2, 3);
  const each = (f: (g: number, a: number, b: number) => number): number[] =>
    list(seed).map((g, i) => f(g, list(x)[i], list(y)[i]));

  it("give each operand half", async () => {
    const { answer, cotangents } = await run({ inputs: { x, y }, emit: (b) => b.mul("x", "y"), preset: attn, seed });
    expectClose(
      cotangents.x,
      each((g, _, b) => (g * b) / 2),
    );
    expectClose(
      cotangents.y,
      each((g, a) => (g * a) / 2),
    );
    const relevance = list(x).map((v, i) => v * cotangents.x[i] + list(y)[i] * cotangents.y[i]);
    expectClose(
      relevance,
      answer.map((v, i) => v * list(seed)[i]),
    );
  });
  it("give all to the operand that isn't a weight", async () => {
    const { cotangents } = await run({
      inputs: { x },
      weights: { y },
      emit: (b) => b.mul("x", "y"),
      preset: attn,
      seed,
    });
    expectClose(
      cotangents.x,
      each((g, _, b) => g * b),
    );
  });

  const gated = (b: Builder) => b.mul(b.mul("x", b.op("Sigmoid", ["x"])), "y");
  it("of a gate and a value are halved by AttnLRP", async () => {
    const { cotangents } = await run({ inputs: { x, y }, emit: gated, preset: attn, seed });
    expectClose(
      cotangents.x,
      each((g, a, b) => (g * b * sigmoid(a)) / 2),
    );
    expectClose(
      cotangents.y,
      each((g, a) => (g * a * sigmoid(a)) / 2),
    );
  });
  it("of a gate and a value go to the value by CP-LRP", async () => {
    await expect(run({ inputs: { x, y }, emit: gated, preset: cp, seed })).rejects.toThrow("no gradient: x;");
    const both = (b: Builder) => b.add(gated(b), "x");
    const { cotangents } = await run({ inputs: { x, y }, emit: both, preset: cp, seed });
    expectClose(cotangents.x, list(seed));
    expectClose(
      cotangents.y,
      each((g, a) => g * a * sigmoid(a)),
    );
  });

  const attention = (b: Builder): Value => {
    const scores = b.matmul("q", b.transpose("k", [1, 0]));
    return b.matmul(b.rename(b.softmax(scores), "probs") ?? "probs", "v");
  };
  const [q, k, v] = [drawn(9, 2, 3), drawn(10, 4, 3), drawn(11, 4, 3)];
  const at = (t: Tensor, i: number, j: number) => list(t)[i * t.dims[1] + j];
  const probs = [0, 1].map((i) => {
    const exps = [0, 1, 2, 3].map((j) => Math.exp([0, 1, 2].reduce((s, c) => s + at(q, i, c) * at(k, j, c), 0)));
    const sum = exps.reduce((a, b) => a + b, 0);
    return exps.map((e) => e / sum);
  });
  const toValues = (factor: number): number[] =>
    [0, 1, 2, 3].flatMap((j) =>
      [0, 1, 2].map((c) => factor * [0, 1].reduce((s, i) => s + probs[i][j] * at(seed, i, c), 0)),
    );

  it("are halved twice on the way to queries and keys, the softmax differentiated between", async () => {
    const { cotangents } = await run({ inputs: { q, k, v }, emit: attention, preset: attn, seed, probs: ["probs"] });
    expectClose(cotangents.v, toValues(0.5));
    const toProbs = probs.map((row, i) =>
      row.map((_, j) => [0, 1, 2].reduce((s, c) => s + at(seed, i, c) * at(v, j, c), 0) / 2),
    );
    const toScores = probs.map((row, i) => {
      const mean = row.reduce((s, p, j) => s + p * toProbs[i][j], 0);
      return row.map((p, j) => p * (toProbs[i][j] - mean));
    });
    const toQueries = [0, 1].flatMap((i) =>
      [0, 1, 2].map((c) => [0, 1, 2, 3].reduce((s, j) => s + toScores[i][j] * at(k, j, c), 0) / 2),
    );
    expectClose(cotangents.q, toQueries);
  });
  it("give queries and keys nothing by CP-LRP, and values all", async () => {
    const emit = (b: Builder) => b.add(b.add(attention(b), "q"), b.reduce("ReduceSum", "k", [0]));
    const { cotangents } = await run({ inputs: { q, k, v }, emit, preset: cp, seed, probs: ["probs"] });
    expectClose(cotangents.v, toValues(1));
    expectClose(cotangents.q, list(seed));
    expectClose(
      cotangents.k,
      [0, 1, 2, 3].flatMap(() => [0, 1, 2].map((c) => at(seed, 0, c) + at(seed, 1, c))),
    );
  });
});

describe("linear layers share out relevance by contributions", () => {
  const x = drawn(12, 2, 3);
  const weight = drawn(13, 3, 4);
  const bias = drawn(14, 4);
  const seed = drawn(15, 2, 4);
  const turned = doubles(
    [4, 3],
    [0, 1, 2, 3].flatMap((j) => [0, 1, 2].map((i) => list(weight)[4 * i + j])),
  );
  // A layer that gives the answer keeps the basic rule, so another operation stands behind it.
  const behind = (b: Builder, z: Value): Value => b.op("Relu", [b.sub(z, b.op("Neg", [z]))]);

  type Share = (contributions: readonly number[], bias: number) => readonly number[];
  /** R_i of one row by a rule that shares out one output; the way behind doubles positive z and drops others. */
  const naive = (share: Share): number[] =>
    [0, 1].flatMap((r) => {
      const relevance = [0, 0, 0];
      for (let j = 0; j < 4; j++) {
        const contributions = [0, 1, 2].map((i) => list(x)[3 * r + i] * list(weight)[4 * i + j]);
        const z = contributions.reduce((a, b) => a + b, list(bias)[j]);
        const given = list(seed)[4 * r + j] * Math.max(2 * z, 0);
        share(contributions, list(bias)[j]).forEach((part, i) => {
          relevance[i] += part * given;
        });
      }
      return relevance;
    });
  const byEpsilon =
    (epsilon: number): Share =>
    (contributions, b) => {
      const z = contributions.reduce((a, c) => a + c, b);
      return contributions.map((c) => c / (z + epsilon * (z < 0 ? -1 : 1)));
    };
  /** zennit's cases: contributions of z's sign are strengthened, and the bias's too. */
  const byGamma =
    (gamma: number): Share =>
    (contributions, b) => {
      const z = contributions.reduce((a, c) => a + c, b);
      const stronger = (c: number) => (c > 0 === z > 0 ? c * (1 + gamma) : c);
      const sum = contributions.reduce((a, c) => a + stronger(c), stronger(b));
      return contributions.map((c) => stronger(c) / sum);
    };
  const layers: readonly [string, (b: Builder) => Value][] = [
    ["MatMul and Add", (b) => b.add(b.matmul("x", "weight"), "bias")],
    ["Add of a MatMul", (b) => b.add("bias", b.matmul("x", "weight"))],
    ["Gemm", (b) => b.op("Gemm", ["x", "weight", "bias"])],
    ["Gemm of a turned weight", (b) => b.op("Gemm", ["x", "turned", "bias"], { transB: 1 })],
  ];
  const relevanceOf = async (emit: (b: Builder) => Value, linear: ReturnType<typeof epsilonRule>) => {
    const preset = { ...attn, linear };
    const trial = { inputs: { x }, weights: { weight, turned, bias }, preset, seed };
    const { cotangents } = await run({ ...trial, emit: (b) => behind(b, emit(b)) });
    return list(x).map((v, i) => v * cotangents.x[i]);
  };
  it.each(layers)("%s by the ε rule", async (_, emit) => {
    expectClose(await relevanceOf(emit, epsilonRule(0.3)), naive(byEpsilon(0.3)));
  });
  it.each(layers)("%s by the γ rule", async (_, emit) => {
    expectClose(await relevanceOf(emit, gammaRule(0.25)), naive(byGamma(0.25)));
  });
  it("of negative outputs too", async () => {
    const emit = (b: Builder) => b.op("Tanh", [b.add(b.matmul("x", "weight"), "bias")]);
    const { answer, cotangents } = await run({
      inputs: { x },
      weights: { weight, bias },
      emit,
      preset: presets["gamma-lrp"],
      seed,
    });
    const relevance = [0, 1].flatMap((r) =>
      [0, 1, 2].map((i) =>
        [0, 1, 2, 3].reduce((sum, j) => {
          const contributions = [0, 1, 2].map((m) => list(x)[3 * r + m] * list(weight)[4 * m + j]);
          return sum + byGamma(0.25)(contributions, list(bias)[j])[i] * answer[4 * r + j] * list(seed)[4 * r + j];
        }, 0),
      ),
    );
    expect(answer.some((v) => v < 0)).toBe(true);
    expectClose(
      list(x).map((v, i) => v * cotangents.x[i]),
      relevance,
    );
  });
  it("of integers by the γ rule, as of the numbers that they stand for", async () => {
    const whole = tensor(
      "int8",
      [3, 4],
      Int8Array.from(list(weight), (w) => Math.round(w * 40)),
    );
    const scale = tensor("float32", [], Float32Array.of(1 / 40));
    const rounded = tensor(
      "float32",
      [3, 4],
      Float32Array.from(whole.data as Int8Array, (w) => w / 40),
    );
    const emit = (b: Builder): Value => {
      const [numbers, step, zero] = b.ops("DynamicQuantizeLinear", ["x"], {}, 3);
      const product = b.cast(b.op("MatMulInteger", [numbers, "whole", zero]), "float32");
      return behind(b, b.add(b.mul(product, b.mul(step, "scale")), "bias"));
    };
    const shared = { inputs: { x: singles(x) }, preset: presets["gamma-lrp"], seed: singles(seed) };
    const found = await run({ ...shared, weights: { whole, scale, bias: singles(bias) }, emit });
    const plain = (b: Builder) => behind(b, b.add(b.matmul("x", "rounded"), "bias"));
    const expected = await run({ ...shared, weights: { rounded, bias: singles(bias) }, emit: plain });
    // Activations are rounded to 1/255 of their range.
    for (const [i, e] of expected.cotangents.x.entries())
      expect(Math.abs(found.cotangents.x[i] - e)).toBeLessThan(0.03 * Math.max(1, Math.abs(e)));
  });
  it("keeps the basic rule where it gives the answer", async () => {
    const emit = (b: Builder) => b.add(b.matmul("x", "weight"), "bias");
    const trial = { inputs: { x }, weights: { weight, bias }, emit, seed };
    const [epsilon, plain] = [
      await run({ ...trial, preset: presets["epsilon-lrp"] }),
      await run({ ...trial, preset: attn }),
    ];
    expectClose(epsilon.cotangents.x, plain.cotangents.x);
  });
});
