import { expect } from "vitest";
import { float, ints, string, weightOf } from "../../onnx/attributes";
import type { Attribute, Model, Node } from "../../onnx/model";
import { randomNumbers } from "../../onnx/testing/random";
import { graph } from "../../onnx/testing/sample";
import { type DType, sizeOf, type Tensor, typedArrayOf } from "../../tensor/tensor";
import { Builder } from "../builder";
import { rewrites } from "../rewrites";
import { type Fact, Facts } from "../shapes";
import { info, runModel } from "./run";

/** Batch, queries, keys and cached keys of a run. */
export interface Sizes {
  readonly B: number;
  readonly S: number;
  readonly T: number;
  readonly P: number;
}

export interface Input {
  readonly dtype: DType;
  readonly dims: (sizes: Sizes) => readonly number[];
  /** Element i of a tensor of these sizes; standard normal where it isn't given. */
  readonly value?: (i: number, sizes: Sizes, random: () => number) => number;
  /** Part of the model, not fed: its value is known. */
  readonly weight?: boolean;
}

/** One node to run as ONNX Runtime does and as its rewrite does. */
export interface Case {
  readonly operator: string;
  readonly form: string;
  readonly opset?: number;
  readonly inputs: readonly (Input | null)[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Which of its outputs are there; the first alone where it isn't given. */
  readonly outputs?: readonly boolean[];
  readonly sizes?: readonly Sizes[];
  /** What the operator's definition says, where ONNX Runtime's CPU kernels don't take the form. */
  readonly reference?: (feeds: readonly Tensor[], sizes: Sizes) => readonly Tensor[];
  /** Largest difference, relative to the largest magnitude. */
  readonly tolerance?: number;
  /** Of the expected values, those that are defined: the rest is padding. */
  readonly defined?: (at: readonly number[], sizes: Sizes) => boolean;
}

/** A form that must be refused, with the message of its error. */
export interface Refusal extends Omit<Case, "reference" | "tolerance"> {
  readonly message: RegExp;
}

/** Sizes that no fixed one of a case equals, as the walk over a real graph has them. */
const generic: Sizes = { B: 1009, S: 23, T: 29, P: 0 };
const points: readonly Sizes[] = [
  { B: 2, S: 5, T: 7, P: 3 },
  { B: 1, S: 4, T: 4, P: 1 },
  { B: 3, S: 1, T: 2, P: 2 },
];

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export const floats = (dims: Input["dims"] | readonly number[]): Input => ({
  dtype: "float32",
  dims: typeof dims === "function" ? dims : () => dims,
});
export const weights = (...dims: number[]): Input => ({ dtype: "float32", dims: () => dims, weight: true });
export const values = (
  dtype: DType,
  dims: Input["dims"] | readonly number[],
  value: Input["value"],
  weight = false,
): Input => ({
  dtype,
  dims: typeof dims === "function" ? dims : () => dims,
  ...(value ? { value } : {}),
  weight,
});
export { int } from "../../onnx/attributes";
export { float, ints, string };

function tensorFor(input: Input, sizes: Sizes, random: () => number): Tensor {
  const dims = input.dims(sizes);
  const Elements = typedArrayOf(input.dtype);
  const data = new Elements(sizeOf(dims));
  const wide = data instanceof BigInt64Array;
  for (let i = 0; i < data.length; i++) {
    const value = input.value ? input.value(i, sizes, random) : normal(random);
    data[i] = (wide ? BigInt(value) : value) as never;
  }
  return { dtype: input.dtype, dims, data };
}

const opsetsOf = (opset: number): ReadonlyMap<string, number> =>
  new Map([
    ["", opset],
    ["com.microsoft", 1],
  ]);

function nodeOf({
  operator,
  inputs,
  attributes,
  outputs = [true],
}: Pick<Case, "operator" | "inputs" | "attributes" | "outputs">): Node {
  const [domain, opType] = operator.includes(":") ? operator.split(":") : ["", operator];
  return {
    name: "fused",
    opType,
    domain,
    inputs: inputs.map((input, i) => (input ? `in${i}` : "")),
    outputs: outputs.map((there, i) => (there ? `out${i}` : "")),
    attributes: new Map(Object.entries(attributes ?? {})),
  };
}

interface Parts {
  readonly node: Node;
  readonly opset: number;
  readonly names: readonly string[];
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly isWeight: (name: string) => boolean;
}

function partsOf(each: Case, sizes: Sizes): Parts {
  const random = randomNumbers(1 + sizes.B + 10 * sizes.S);
  const node = nodeOf(each);
  const tensors = new Map<string, Tensor>();
  each.inputs.forEach((input, i) => {
    if (input) tensors.set(`in${i}`, tensorFor(input, sizes, random));
  });
  const isWeight = (name: string) => each.inputs[Number(name.slice(2))]?.weight === true;
  return { node, opset: each.opset ?? 18, names: node.outputs.filter((o) => o), tensors, isWeight };
}

/** A model of some nodes with a case's inputs and weights. */
function modelOf(
  { opset, names, tensors, isWeight }: Parts,
  nodes: readonly Node[],
  more: Model["graph"]["initializers"],
  dtypeOf: (name: string) => DType | null,
): Model {
  const own = [...tensors].filter(([name]) => isWeight(name)).map(([name, t]) => [name, weightOf(name, t)] as const);
  return {
    irVersion: 10,
    opsets: opsetsOf(opset),
    producer: "test",
    functions: [],
    metadata: new Map(),
    graph: graph({
      nodes,
      inputs: [...tensors]
        .filter(([name]) => !isWeight(name))
        .map(([name, t]) =>
          info(
            name,
            t.dtype,
            t.dims.map(() => null),
          ),
        ),
      outputs: names.map((name) => info(name, dtypeOf(name))),
      initializers: new Map([...own, ...more]),
    }),
  };
}

/** Facts of a case's inputs at some sizes, with the values of its weights. */
function factsAt(each: Case, parts: Parts, sizes: Sizes): Facts {
  const bound = new Map<string, Fact>();
  each.inputs.forEach((input, i) => {
    if (input && !input.weight) bound.set(`in${i}`, { dtype: input.dtype, dims: input.dims(sizes) });
  });
  const facts = new Facts(parts.opset, bound);
  facts.weights({
    initializers: new Map([...parts.tensors].filter(([n]) => parts.isWeight(n)).map(([n, t]) => [n, weightOf(n, t)])),
  });
  return facts;
}

/** What a rewrite makes of a case's node; false where it leaves it. */
export function rewrite(each: Case, parts: Parts, sizes: Sizes): Builder | false {
  const facts = factsAt(each, parts, sizes);
  const b = new Builder(parts.opset, "fused", facts);
  const made = rewrites[each.operator](b, parts.node, { factOf: (v) => facts.of(v) });
  return made === false ? false : b;
}

/** The rewrite of a case that is made for sizes unlike any that run; for errors. */
export const rewriteGeneric = (each: Case): Builder | false => rewrite(each, partsOf(each, points[0]), generic);

/** Runs a case's node and what its rewrite made of it, at several sizes, and compares every output. */
export async function compare(each: Case): Promise<void> {
  for (const sizes of each.sizes ?? points) {
    const parts = partsOf(each, sizes);
    const made = rewrite(each, parts, generic);
    if (made === false) throw new Error("the rewrite leaves this form as it is");
    const written = ({ domain, opType, inputs }: Node) => [domain, opType, ...inputs];
    expect(made.nodes.map(written)).not.toContainEqual(written(parts.node));
    const dtypeOf = (name: string) => made.dtypeOf(name);
    const feeds = Object.fromEntries([...parts.tensors].filter(([name]) => !parts.isWeight(name)));
    const expected = each.reference
      ? referenceOf(each.reference, parts, sizes)
      : await runModel(modelOf(parts, [parts.node], new Map(), dtypeOf), feeds);
    const found = await runModel(modelOf(parts, made.nodes, made.initializers, dtypeOf), feeds);
    for (const name of parts.names)
      close(found[name], expected[name], each, sizes, `${name} at ${JSON.stringify(sizes)}`);
    // The shapes that were followed on the way are those that come out.
    const own = rewrite(each, parts, sizes) as Builder;
    for (const name of parts.names) {
      expect([name, own.dimsOf(name)]).toEqual([name, expected[name].dims]);
      expect([name, own.dtypeOf(name)]).toEqual([name, expected[name].dtype]);
    }
  }
}

function referenceOf(reference: NonNullable<Case["reference"]>, parts: Parts, sizes: Sizes): Record<string, Tensor> {
  const given = parts.node.inputs.map((name) => parts.tensors.get(name) as Tensor);
  return Object.fromEntries(reference(given, sizes).map((t, i) => [parts.node.outputs[i], t]));
}

function close(found: Tensor, expected: Tensor, { tolerance = 1e-5, defined }: Case, sizes: Sizes, what: string): void {
  expect([what, found.dtype, found.dims]).toEqual([what, expected.dtype, expected.dims]);
  const [a, b] = [found, expected].map((t) => Array.from(t.data as ArrayLike<number | bigint>, Number));
  const kept = (i: number) => !defined || defined(indexOf(i, expected.dims), sizes);
  const scale = b.reduce((most, v, i) => (kept(i) ? Math.max(most, Math.abs(v)) : most), 1);
  a.forEach((v, i) => {
    if (!kept(i)) return;
    if (!(Math.abs(v - b[i]) <= tolerance * scale)) {
      throw new Error(`${what}: [${indexOf(i, expected.dims)}] is ${v} instead of ${b[i]}`);
    }
  });
}

function indexOf(i: number, dims: readonly number[]): number[] {
  let rest = i;
  return dims
    .map((_, axis) => {
      const size = dims[dims.length - 1 - axis];
      const at = rest % size;
      rest = Math.floor(rest / size);
      return at;
    })
    .reverse();
}
