import { Builder } from "../../graph/builder";
import { type Fact, Facts } from "../../graph/shapes";
import { info, openModel } from "../../graph/testing/run";
import { weightOf } from "../../onnx/attributes";
import type { Attribute, Model, Node, Value, ValueInfo, Weight } from "../../onnx/model";
import { randomNumbers } from "../../onnx/testing/random";
import { modelOf } from "../../onnx/testing/sample";
import { type DType, sizeOf, type Tensor, typedArrayOf } from "../../tensor/tensor";
import { backward } from "../backward";
import type { Rules } from "../gradient";
import { exact } from "../gradients";
import { dot, relativeError, signs, slope } from "./difference";

/** Sizes are numbers, or symbols that stand for another number in each run. */
export type Dims = readonly (number | string)[];

export interface Input {
  readonly dims: Dims;
  /** The case's floating type where it isn't given. */
  readonly dtype?: DType;
  /** Element i; standard normal where it isn't given. */
  readonly value?: (i: number, random: () => number) => number;
  /** Part of the model, so that its elements are known to the rule. */
  readonly weight?: true;
}

/** One node, whose rule is checked against finite differences by each of its floating inputs. */
export interface Case {
  readonly operator: string;
  readonly form: string;
  readonly opset?: number;
  readonly inputs: readonly (Input | null)[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Which outputs are there, and which are indices; the first alone where it isn't given. */
  readonly outputs?: readonly (boolean | "indices")[];
  /** For operators that the native runtime has no float64 kernels of. */
  readonly float32?: true;
  /** Inputs that are differentiated by; all that are floating and fed where it isn't given. */
  readonly by?: readonly number[];
  /** What the derivatives are by definition, where differences can't tell: of rounded values, straight through. */
  readonly expected?: (given: readonly Tensor[], cotangents: readonly Tensor[]) => readonly ArrayLike<number>[];
}

/** Numbers for symbols: first as the walk sees them, unlike any fixed size, then as they are run. */
const generic: Readonly<Record<string, number>> = { B: 1009, T: 23, S: 29, N: 31 };
const points: readonly Readonly<Record<string, number>>[] = [
  { B: 2, T: 3, S: 4, N: 5 },
  { B: 1, T: 1, S: 2, N: 1 },
];

/** Of random signs, by each input at each size. */
const directions = 3;

const bind = (dims: Dims, sizes: Readonly<Record<string, number>>): readonly number[] =>
  dims.map((d) => (typeof d === "number" ? d : sizes[d]));

export const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export function tensorOf(
  dtype: DType,
  dims: readonly number[],
  random: () => number,
  value: (i: number, random: () => number) => number = (_, r) => normal(r),
): Tensor {
  const data = new (typedArrayOf(dtype))(sizeOf(dims));
  for (let i = 0; i < data.length; i++) {
    const v = value(i, random);
    data[i] = (data instanceof BigInt64Array ? BigInt(v) : v) as never;
  }
  return { dtype, dims, data };
}

/** The type of a value's cotangent. */
const floating = (dtype: DType | null): DType => (dtype && /float/.test(dtype) ? dtype : "float32");

/** A graph of some nodes with one way back through it, from cotangents `seed.*` of its outputs. */
export interface Differentiated {
  /** The nodes alone. */
  readonly forward: Model;
  /** The nodes and the way back. */
  readonly both: Model;
  /** The name of the derivative by each value. */
  readonly of: ReadonlyMap<Value, Value>;
}

export function differentiate(
  opset: number,
  nodes: readonly Node[],
  bound: ReadonlyMap<Value, Fact>,
  weights: ReadonlyMap<Value, Weight>,
  outputs: readonly Value[],
  wanted: readonly Value[],
  rules: Rules = exact,
): Differentiated {
  const facts = new Facts(opset, bound);
  facts.weights({ initializers: weights });
  for (const node of nodes) facts.infer(node);
  const seeds = new Map(outputs.map((v) => [v, `seed.${v}`]));
  for (const [value, seed] of seeds)
    facts.set(seed, { dtype: floating(facts.of(value).dtype), dims: facts.dims(value) });
  const b = new Builder(opset, "back", facts);
  const of = backward({ graph: { nodes, initializers: weights }, facts, rules, seeds, wanted }, b);
  const open = (name: Value) => info(name, facts.of(name).dtype, facts.dims(name)?.map(() => null) ?? null);
  const model = (more: readonly Node[], inputs: readonly ValueInfo[], values: readonly Value[]): Model =>
    modelOf(opset, {
      nodes: [...nodes, ...more],
      inputs: [...[...bound.keys()].map(open), ...inputs],
      outputs: values.map((name) => info(name, facts.of(name).dtype)),
      initializers: new Map([...weights, ...b.initializers]),
    });
  const seedInputs = [...seeds.values()].map(open);
  return {
    forward: model([], [], outputs),
    both: model(b.nodes, seedInputs, [...new Set(of.values())]),
    of,
  };
}

/** The largest error of a case's rule over its inputs and sizes, relative to the largest derivative. */
export async function gradientError(each: Case): Promise<number> {
  let worst = 0;
  for (const sizes of points) worst = Math.max(worst, await errorAt(each, sizes));
  return worst;
}

async function errorAt(each: Case, sizes: Readonly<Record<string, number>>): Promise<number> {
  const opset = each.opset ?? 18;
  const dtype: DType = each.float32 ? "float32" : "float64";
  const random = randomNumbers(11 + sizes.B + each.form.length);
  const [domain, opType] = each.operator.includes(":") ? each.operator.split(":") : ["", each.operator];
  const node: Node = {
    name: "node",
    domain,
    opType,
    inputs: each.inputs.map((input, i) => (input ? `in${i}` : "")),
    outputs: (each.outputs ?? [true]).map((there, i) => (there ? `out${i}` : "")),
    attributes: new Map(Object.entries(each.attributes ?? {})),
  };
  const bound = new Map<Value, Fact>();
  const weights = new Map<Value, Weight>();
  const feeds: Record<string, Tensor> = {};
  const given = each.inputs.map((input, i) => {
    const name = `in${i}`;
    if (!input) return { dtype, dims: [0], data: new Float64Array(0) };
    const tensor = tensorOf(input.dtype ?? dtype, bind(input.dims, sizes), random, input.value);
    if (input.weight) weights.set(name, weightOf(name, tensor));
    else {
      bound.set(name, { dtype: tensor.dtype, dims: bind(input.dims, generic) });
      feeds[name] = tensor;
    }
    return tensor;
  });
  const by = each.by ?? each.inputs.flatMap((input, i) => (input && !input.weight && !input.dtype ? [i] : []));
  const outputs = node.outputs.filter((v, i) => v !== "" && each.outputs?.[i] !== "indices");
  const names = by.map((i) => `in${i}`);
  const { forward, both, of } = differentiate(opset, [node], bound, weights, outputs, names);
  const session = await openModel(forward);
  const back = await openModel(both);
  try {
    const first = await session.run(feeds, outputs);
    const seeds = outputs.map((v) => tensorOf(floating(first[v].dtype), first[v].dims, random));
    const target = async (more: Record<string, Tensor>): Promise<number> => {
      const results = await session.run({ ...feeds, ...more }, outputs);
      return outputs.reduce(
        (sum, v, o) => sum + dot(results[v].data as Float64Array, seeds[o].data as Float64Array),
        0,
      );
    };
    const cotangents = Object.fromEntries(outputs.map((v, o) => [`seed.${v}`, seeds[o]]));
    const wanted = names.map((name) => of.get(name) as Value);
    const found = await back.run({ ...feeds, ...cotangents }, [...new Set(wanted)]);
    const known = each.expected?.(given, seeds);
    let worst = 0;
    for (const [k, name] of names.entries()) {
      const { dims, data } = found[wanted[k]];
      if (`${dims}` !== `${feeds[name].dims}`)
        throw new Error(`the derivative by ${name} is [${dims}] instead of [${feeds[name].dims}]`);
      const derivatives = data as Float64Array;
      const expected: number[] = [];
      const along: number[] = [];
      for (let d = 0; d < directions && !known; d++) {
        const direction = signs(derivatives.length, random);
        expected.push(await slope(feeds[name], direction, each.float32 ? 0.04 : 2e-3, (x) => target({ [name]: x })));
        along.push(dot(derivatives, direction));
      }
      worst = Math.max(worst, known ? relativeError(derivatives, known[k]) : relativeError(along, expected));
    }
    return worst;
  } finally {
    await session.release();
    await back.release();
  }
}
