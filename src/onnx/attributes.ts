import { bitsOf, sizeOf, type Tensor, typedArrayOf } from "../tensor/tensor";
import { decodeUtf8, encodeUtf8, Utf8Error } from "../tensor/utf8";
import { OnnxError } from "./error";
import type { Attribute, Graph, Node, Weight } from "./model";

type Type = Attribute["type"];
type Held<T extends Type> = Extract<Attribute, { type: T }>;

/** A node's attribute, or null where it's absent. Throws where it's of another type. */
function held<T extends Type>(node: Node, name: string, type: T): Held<T> | null {
  const attribute = node.attributes.get(name);
  if (!attribute) return null;
  const is = (each: Attribute): each is Held<T> => each.type === type;
  if (is(attribute)) return attribute;
  throw new OnnxError(
    "malformed",
    `wrong attribute type: ${name} is ${attribute.type} instead of ${type} (${node.opType} ${node.name})`,
  );
}

/** An integer attribute. One beyond 2^53, such as INT64_MAX for "to the end", becomes the nearest number. */
export function intAttribute<F extends number | null>(node: Node, name: string, fallback: F): number | F {
  const found = held(node, name, "int");
  return found ? Number(found.value) : fallback;
}

/** A list of integers. One beyond 2^53 becomes the nearest number. */
export function intsAttribute<F extends readonly number[] | null>(
  node: Node,
  name: string,
  fallback: F,
): readonly number[] | F {
  return held(node, name, "ints")?.value.map(Number) ?? fallback;
}

export function floatAttribute<F extends number | null>(node: Node, name: string, fallback: F): number | F {
  return held(node, name, "float")?.value ?? fallback;
}

export function floatsAttribute<F extends readonly number[] | null>(
  node: Node,
  name: string,
  fallback: F,
): readonly number[] | F {
  return held(node, name, "floats")?.value ?? fallback;
}

/** A string attribute as text. Throws where it isn't UTF-8. */
export function stringAttribute<F extends string | null>(node: Node, name: string, fallback: F): string | F {
  const found = held(node, name, "string");
  return found ? textOf(found.value, `${name} (${node.opType} ${node.name})`) : fallback;
}

export function stringsAttribute<F extends readonly string[] | null>(
  node: Node,
  name: string,
  fallback: F,
): readonly string[] | F {
  const found = held(node, name, "strings");
  return found?.value.map((each) => textOf(each, `${name} (${node.opType} ${node.name})`)) ?? fallback;
}

/** A tensor attribute, or null where it's absent. */
export const weightAttribute = (node: Node, name: string): Weight | null => held(node, name, "tensor")?.value ?? null;

/** A branch or a loop's body. Throws where it's absent: no operator has a default for one. */
export function graphAttribute(node: Node, name: string): Graph {
  const found = held(node, name, "graph");
  if (!found) throw new OnnxError("malformed", `no attribute: ${name} (${node.opType} ${node.name})`);
  return found.value;
}

/** Every graph that a node holds: branches and loop bodies. */
export const graphsOf = (node: Node): readonly Graph[] =>
  [...node.attributes.values()].flatMap((attribute) =>
    attribute.type === "graph" ? [attribute.value] : attribute.type === "graphs" ? attribute.value : [],
  );

function textOf(bytes: Uint8Array, thing: string): string {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    if (error instanceof Utf8Error) throw new OnnxError("malformed", `bad UTF-8: ${thing}`);
    throw error;
  }
}

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

/** Integers out of range become INT64_MIN and INT64_MAX: both stand for "to the end" where ONNX uses them. */
const int64 = (value: number | bigint): bigint => {
  const exact = BigInt(value);
  return exact < least ? least : exact > most ? most : exact;
};

export const int = (value: number | bigint): Attribute => ({ type: "int", value: int64(value) });
export const ints = (values: readonly (number | bigint)[]): Attribute => ({ type: "ints", value: values.map(int64) });
/** Rounded to float32, as the file holds it. */
export const float = (value: number): Attribute => ({ type: "float", value: Math.fround(value) });
export const floats = (values: readonly number[]): Attribute => ({ type: "floats", value: values.map(Math.fround) });
export const string = (value: string): Attribute => ({ type: "string", value: encodeUtf8(value) });
export const strings = (values: readonly string[]): Attribute => ({ type: "strings", value: values.map(encodeUtf8) });
export const graph = (value: Graph): Attribute => ({ type: "graph", value });
export const tensorAttribute = (value: Weight): Attribute => ({ type: "tensor", value });

/** A tensor as an initializer or constant; its data is shared. */
export const weightOf = (name: string, { dtype, dims, data }: Tensor): Weight => ({
  name,
  dtype,
  dims,
  source: { kind: "bytes", bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset: null },
});

/** The bytes of a weight, little endian. `externalFiles`: the bytes of external data files by location. */
export function bytesOf(weight: Weight, externalFiles?: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const { name, dtype, dims, source } = weight;
  if (source.kind === "strings") throw new OnnxError("unsupported", `no numbers: string tensor "${name}"`);
  if (source.kind === "bytes") return source.bytes;
  const { location, offset } = source;
  const file = externalFiles?.get(location) ?? externalFiles?.get(location.replace(/^\.\//, ""));
  if (!file)
    throw new OnnxError("missing", `missing external data: ${location}, wanted by "${name}"; open it with the model`);
  const length = Math.ceil((sizeOf(dims) * bitsOf(dtype)) / 8);
  if (offset + length > file.length)
    throw new OnnxError(
      "truncated",
      `external data cut short: ${location} has ${file.length} bytes, "${name}" wants ${length} at ${offset}`,
    );
  return file.subarray(offset, offset + length);
}

/** A weight's elements: a view of its bytes where they are aligned, else a copy. Throws OnnxError for string tensors and
 * where an external file is absent or too short. */
export function tensorOf(weight: Weight, externalFiles?: ReadonlyMap<string, Uint8Array>): Tensor {
  const { dtype, dims } = weight;
  const bytes = bytesOf(weight, externalFiles);
  const Elements = typedArrayOf(dtype);
  const aligned = bytes.byteOffset % Elements.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return {
    dtype,
    dims,
    data: new Elements(aligned.buffer, aligned.byteOffset, aligned.length / Elements.BYTES_PER_ELEMENT),
  };
}
