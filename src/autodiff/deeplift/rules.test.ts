import { describe, expect, it } from "vitest";
import { Builder } from "../../graph/builder";
import { type Fact, Facts } from "../../graph/shapes";
import { openModel } from "../../graph/testing/run";
import { weightOf } from "../../onnx/attributes";
import type { Node, Value, Weight } from "../../onnx/model";
import { randomNumbers } from "../../onnx/testing/random";
import { sizeOf, type Tensor, typedArrayOf } from "../../tensor/tensor";
import { isStop } from "../gradient";
import { gradients } from "../gradients";
import { cases } from "../testing/cases";
import { type Case, type Dims, differentiate, type Input, tensorOf } from "../testing/gradient-case";
import { deepliftRules, linear, rules, unruled } from ".";

const generic: Readonly<Record<string, number>> = { B: 1009, T: 23, S: 29, N: 31 };
const sizes: Readonly<Record<string, number>> = { B: 6, T: 3, S: 4, N: 5 };
const bind = (dims: Dims, by: typeof sizes): number[] => dims.map((d) => (typeof d === "number" ? d : by[d]));
const pairs = sizes.B / 2;

/** One way back through nodes over pairs, for cotangents that are the same for both of a pair. */
async function multipliers(
  nodes: readonly Node[],
  bound: ReadonlyMap<Value, Fact>,
  weights: ReadonlyMap<Value, Weight>,
  feeds: Readonly<Record<string, Tensor>>,
  outputs: readonly Value[],
  wanted: readonly Value[],
  opset: number,
) {
  const { forward, both, of } = differentiate(opset, nodes, bound, weights, outputs, wanted, deepliftRules(generic.B));
  const session = await openModel(forward);
  const back = await openModel(both);
  try {
    const results = await session.run(feeds, outputs);
    const random = randomNumbers(5);
    const seeds: Record<string, Tensor> = {};
    for (const value of outputs) {
      const { dims, dtype } = results[value];
      const half = tensorOf(dtype, [dims[0] / 2, ...dims.slice(1)], random);
      const data = new (typedArrayOf(dtype))(2 * half.data.length);
      data.set(half.data as never);
      data.set(half.data as never, half.data.length);
      seeds[`seed.${value}`] = { dtype, dims, data };
    }
    const names = wanted.map((v) => of.get(v) as Value);
    const found = await back.run({ ...feeds, ...seeds }, [...new Set(names)]);
    return { results, seeds, found: new Map(wanted.map((v, i) => [v, found[names[i]]])) };
  } finally {
    await session.release();
    await back.release();
  }
}

/** Σ m ⊙ Δ over the first rows of the pairs. */
function along(m: Tensor, value: Tensor): number {
  const half = value.data.length / 2;
  let sum = 0;
  for (let i = 0; i < half; i++) sum += Number(m.data[i]) * (Number(value.data[i]) - Number(value.data[half + i]));
  return sum;
}

const leads = (dims: Dims): boolean => dims[0] === "B" && !dims.slice(1).includes("B");

function nodeOf(each: Case): Node {
  const [domain, opType] = each.operator.includes(":") ? each.operator.split(":") : ["", each.operator];
  return {
    name: "node",
    domain,
    opType,
    inputs: each.inputs.map((input, i) => (input ? `in${i}` : "")),
    outputs: (each.outputs ?? [true]).map((there, i) => (there ? `out${i}` : "")),
    attributes: new Map(Object.entries(each.attributes ?? {})),
  };
}

/** Cases of operators with a rule of their own of which inputs and outputs have the batch as their first axis. */
function isPaired(each: Case): boolean {
  const fed = each.inputs.filter((i) => i !== null);
  const own = fed.some((i) => leads(i.dims) && !i.weight && !i.dtype);
  if (!own || !fed.every((i) => leads(i.dims) || !i.dims.includes("B"))) return false;
  return each.operator in rules && !each.expected && !/of all|of two, dropped|of one$|of three/.test(each.form);
}

const x = (...dims: Dims): Input => ({ dims });
const paired: readonly Case[] = [
  ...cases.filter(isPaired),
  { operator: "Gemm", form: "of two", inputs: [x("B", 3), x(3, 4), x("B", 4)] },
  { operator: "Max", form: "of two", inputs: [x("B", 3, 4), x("B", 3, 1)] },
  { operator: "Min", form: "of two", inputs: [x("B", 3, 4), x("B", 3, 1)] },
  { operator: "Max", form: "with a bound", inputs: [x("B", 3, 4), { ...x(1), value: () => 0.2 }] },
];

async function gap(each: Case): Promise<number> {
  const opset = each.opset ?? 18;
  const dtype = each.float32 ? "float32" : "float64";
  const random = randomNumbers(17 + each.form.length);
  const node = nodeOf(each);
  const bound = new Map<Value, Fact>();
  const weights = new Map<Value, Weight>();
  const feeds: Record<string, Tensor> = {};
  const by: Value[] = [];
  each.inputs.forEach((input, i) => {
    if (!input) return;
    const name = `in${i}`;
    const dims = bind(input.dims, sizes);
    const made = tensorOf(input.dtype ?? dtype, dims, random, input.value);
    // Values that are spread evenly would differ by as much in every pair.
    const mixed = input.value && leads(input.dims) && !input.dtype ? shaken(made, random) : made;
    const known = input.weight ?? (input.dims.length === 0 || input.dtype !== undefined);
    if (known && !leads(input.dims)) weights.set(name, weightOf(name, mixed));
    else {
      bound.set(name, { dtype: mixed.dtype, dims: bind(input.dims, generic) });
      feeds[name] = mixed;
    }
    if (leads(input.dims) && !input.dtype && !input.weight) by.push(name);
  });
  const outputs = node.outputs.filter((v, i) => v !== "" && each.outputs?.[i] !== "indices");
  const { results, seeds, found } = await multipliers([node], bound, weights, feeds, outputs, by, opset);
  const given = outputs.reduce((sum, v) => sum + along(seeds[`seed.${v}`], results[v]), 0);
  const taken = by.reduce((sum, v) => sum + along(found.get(v) as Tensor, feeds[v]), 0);
  expect(Math.abs(given)).toBeGreaterThan(0);
  return Math.abs(taken - given) / Math.abs(given);
}

function shaken(made: Tensor, random: () => number): Tensor {
  const data = made.data.slice();
  for (let i = 0; i < data.length; i++) data[i] = (Number(data[i]) * (0.8 + 0.4 * random())) as never;
  return { ...made, data };
}

describe("multipliers times differences of inputs sum to those of outputs", () => {
  it.each(paired.map((each) => [`${each.operator} ${each.form} ${each.opset ?? ""}`.trim(), each] as const))(
    "%s",
    async (_, each) => {
      expect(await gap(each)).toBeLessThan(each.float32 ? 2e-4 : 2e-6);
    },
  );
});

describe("the registry", () => {
  it("knows of every operator that has a gradient whether its multipliers are that", () => {
    const open = Object.entries(gradients).flatMap(([operator, entry]) =>
      isStop(entry) || linear.has(operator) || operator in rules || unruled.has(operator) ? [] : [operator],
    );
    expect(open).toEqual([]);
  });

  it("has no rule without a check", () => {
    const checked = new Set(paired.map((each) => each.operator));
    expect(Object.keys(rules).filter((operator) => !checked.has(operator))).toEqual([]);
  });
});

/** A composition over x [B, 5] in float64, and its multipliers for x. */
async function composed(emit: (b: Builder, x: Value) => Value, x: Tensor): Promise<number[]> {
  const bound = new Map<Value, Fact>([["x", { dtype: "float64", dims: [generic.B, ...x.dims.slice(1)] }]]);
  const b = new Builder(18, "made", new Facts(18, bound));
  const out = emit(b, "x");
  const { found } = await multipliers(b.nodes, bound, b.initializers, { x }, [out], ["x"], 18);
  return Array.from((found.get("x") as Tensor).data as Float64Array);
}

const close = (found: readonly number[], wanted: readonly number[], digits = 6) => {
  expect(found).toHaveLength(wanted.length);
  found.forEach((v, i) => {
    expect(v).toBeCloseTo(wanted[i], digits);
  });
};

describe("operators that are made of parts go by the rules of their parts", () => {
  const random = randomNumbers(31);
  const x = tensorOf("float64", [sizes.B, 5], random);
  const scale = tensorOf("float64", [5], random);

  it("LayerNormalization: mean, square, root, reciprocal, product", async () => {
    const whole = await composed((b, v) => b.layerNorm(v, b.constant(scale), "", 1e-5), x);
    const parts = await composed((b, v) => {
      const centred = b.sub(v, b.reduce("ReduceMean", v, [1]));
      const variance = b.reduce("ReduceMean", b.mul(centred, centred), [1]);
      const deviation = b.op("Sqrt", [b.add(variance, b.scalar(1e-5, v))]);
      return b.mul(b.mul(centred, inverseRoot(b, deviation)), b.constant(scale));
    }, x);
    // Sqrt and then Reciprocal share out the same as both at once: each is of one number.
    close(whole, parts);
  });

  it("Softmax: exponentials and the logarithm of their sum", async () => {
    const whole = await composed((b, v) => b.softmax(v), x);
    const parts = await composed((b, v) => {
      const sum = b.reduce("ReduceSum", b.op("Exp", [v]), [1]);
      return b.op("Exp", [b.sub(v, b.op("Log", [sum]))]);
    }, x);
    close(whole, parts, 5);
  });

  it("a quotient: a product with the reciprocal", async () => {
    const whole = await composed((b, v) => b.div(b.op("Tanh", [v]), b.add(b.mul(v, v), b.scalar(1, v))), x);
    const parts = await composed(
      (b, v) => b.mul(b.op("Tanh", [v]), b.op("Reciprocal", [b.add(b.mul(v, v), b.scalar(1, v))])),
      x,
    );
    close(whole, parts);
  });
});

const inverseRoot = (b: Builder, deviation: Value): Value => b.op("Reciprocal", [deviation]);

describe("rules by their definition", () => {
  const one = (...values: number[]): Tensor => ({
    dtype: "float64",
    dims: [values.length, 1],
    data: Float64Array.from(values),
  });
  // Two pairs: (2, -1) and (-3, 0.5); the same cotangent for both.
  const x = one(2, -3, -1, 0.5);
  const per = async (emit: (b: Builder, v: Value) => Value): Promise<number[]> => {
    const seeds = await composed((b, v) => b.op("Identity", [v]), x);
    const found = await composed(emit, x);
    return found.slice(0, 2).map((m, i) => m / seeds[i]);
  };
  const secant = (f: (v: number) => number) => [(f(2) - f(-1)) / 3, (f(-3) - f(0.5)) / -3.5];

  it("rescales a function of one number by Δy/Δx", async () => {
    close(
      await per((b, v) => b.op("Relu", [v])),
      secant((v) => Math.max(0, v)),
    );
    close(await per((b, v) => b.op("Tanh", [v])), secant(Math.tanh));
    close(await per((b, v) => b.op("Exp", [v])), secant(Math.exp));
    close(
      await per((b, v) => b.op("Reciprocal", [v])),
      secant((v) => 1 / v),
    );
    close(
      await per((b, v) => b.op("Pow", [v, b.scalar(3, v)])),
      secant((v) => v ** 3),
    );
  });

  it("splits a product of two evenly", async () => {
    // x · f(x): f halfway and x halfway by f's own secant
    const f = Math.tanh;
    const [s, t] = secant(f);
    const wanted = [(f(2) + f(-1)) / 2 + 0.5 * s, (f(-3) + f(0.5)) / 2 - 1.25 * t];
    close(await per((b, v) => b.mul(v, b.op("Tanh", [v]))), wanted);
  });

  it("takes the derivative halfway where a pair differs by next to nothing", async () => {
    const near = one(0.7, 0.4, 0.7 + 1e-9, 0.4);
    const seeds = await composed((b, v) => b.op("Identity", [v]), near);
    const found = await composed((b, v) => b.op("Tanh", [v]), near);
    close(
      found.slice(0, 2).map((m, i) => m / seeds[i]),
      [1 - Math.tanh(0.7) ** 2, 1 - Math.tanh(0.4) ** 2],
    );
  });

  it("gives both of a pair the same", async () => {
    const found = await composed((b, v) => b.op("Tanh", [b.mul(v, v)]), x);
    expect(found.slice(0, 2)).toEqual(found.slice(2));
  });
});

it("pairs make an even batch", () => {
  expect(Number.isInteger(pairs) && sizeOf([pairs]) > 1).toBe(true);
});
