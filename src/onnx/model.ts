import type { DType } from "../tensor/tensor";

/** The name of a value in a graph: a graph input, an initializer or a node's output. Empty where an optional one is absent. */
export type Value = string;

/** Where a weight's bytes (little endian, row major) are. They are never copied by decoding or editing. */
export type WeightSource =
  /** In memory; `offset` is their position in the decoded file, or null where they are not part of it. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly offset: number | null }
  /** In an external data file beside the model; `length` null reads what `dims` and `dtype` say. */
  | { readonly kind: "external"; readonly location: string; readonly offset: number; readonly length: number | null }
  /** String tensors stay as they are. */
  | { readonly kind: "strings"; readonly values: readonly Uint8Array[] };

/** An initializer or a constant (TensorProto). */
export interface Weight {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly source: WeightSource;
}

export type Attribute =
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "int"; readonly value: bigint }
  | { readonly type: "string"; readonly value: Uint8Array }
  | { readonly type: "tensor"; readonly value: Weight }
  | { readonly type: "graph"; readonly value: Graph }
  | { readonly type: "floats"; readonly value: readonly number[] }
  | { readonly type: "ints"; readonly value: readonly bigint[] }
  | { readonly type: "strings"; readonly value: readonly Uint8Array[] }
  | { readonly type: "graphs"; readonly value: readonly Graph[] }
  /** Inside a function: takes the value of the calling node's attribute of this name. */
  | {
      readonly type: "reference";
      readonly value: string /** The AttributeType stated for it. */;
      readonly code?: number;
    }
  /** Kept as the bytes of its AttributeProto: sparse tensors, type protos, what a later ONNX adds. */
  | { readonly type: "opaque"; readonly value: Uint8Array };

export interface Node {
  readonly name: string;
  readonly opType: string;
  /** `""` for ai.onnx. */
  readonly domain: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** The class of the innermost module that it was exported from, where the exporter says (torch's newer one does). */
  readonly module?: string;
}

/** A fixed size, a symbol (`"batch_size"`) or unknown. */
export type Dim = number | string | null;

/** A graph input or output; `dtype` null where it isn't a tensor type or isn't stated, `dims` null where the rank isn't. */
export interface ValueInfo {
  readonly name: Value;
  readonly dtype: DType | null;
  readonly dims: readonly Dim[] | null;
  /** The bytes of its TypeProto, where that isn't a dense tensor of a DType: sequences, optionals, later types. */
  readonly type?: Uint8Array;
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: ReadonlyMap<Value, Weight>;
  /** Types of inner values, as far as the file states them. */
  readonly valueInfo: ReadonlyMap<Value, ValueInfo>;
}

/** A model-local function (FunctionProto). */
export interface LocalFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributeNames: readonly string[];
  /** Attributes with default values. */
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly nodes: readonly Node[];
  readonly opsets: ReadonlyMap<string, number>;
}

export interface Model {
  readonly irVersion: number;
  /** Domain to version; `""` is ai.onnx. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  readonly graph: Graph;
  readonly functions: readonly LocalFunction[];
  readonly metadata: ReadonlyMap<string, string>;
}
