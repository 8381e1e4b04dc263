import { float, int, ints, string, weightOf } from "../onnx/attributes";
import { dtypeCodes } from "../onnx/codes";
import type { Attribute, Graph, Node, Value, ValueInfo, Weight } from "../onnx/model";
import { half } from "../tensor/half";
import { type DType, float32, int64, type Tensor, tensor } from "../tensor/tensor";
import type { Facts } from "./shapes";
import { readsOf } from "./topology";

type Plain = number | readonly number[] | string | Attribute;

const attributeOf = (value: Plain): Attribute => {
  if (typeof value === "string") return string(value);
  if (typeof value === "number") return int(value);
  return Array.isArray(value) ? ints(value as readonly number[]) : (value as Attribute);
};

/** The nodes that results depend on: runtimes run all that there are. */
function needed(nodes: readonly Node[], results: readonly Value[]): readonly Node[] {
  const wanted = new Set(results);
  const kept = [...nodes].reverse().filter((node) => {
    if (!node.outputs.some((v) => wanted.has(v))) return false;
    for (const input of readsOf(node)) wanted.add(input);
    return true;
  });
  return kept.reverse();
}

/**
 * Writes nodes in terms that every opset since 11 has, so that a rewrite reads like the formula that it stands for.
 * What it emits stays in order, with its types and shapes inferred; `rename` gives a result the name that the rest of
 * the graph reads.
 */
export class Builder {
  readonly nodes: Node[] = [];
  readonly initializers = new Map<Value, Weight>();
  private readonly constants = new Map<string, Value>();
  private count = 0;

  constructor(
    readonly opset: number,
    private readonly prefix: string,
    private readonly facts: Facts,
  ) {}

  private fresh(hint: string): Value {
    return `${this.prefix}/${hint}.${this.count++}`;
  }

  /** The shape of a value of the graph or of what was emitted here, with every symbolic size at its own number. */
  dimsOf(value: Value): readonly number[] | null {
    return this.facts.of(value).dims;
  }

  dtypeOf(value: Value): DType | null {
    return this.facts.of(value).dtype;
  }

  /** Emits a node with `outputs` results (or results of the given names); plain numbers become integer attributes. */
  ops(
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Plain>> = {},
    outputs: number | readonly Value[] = 1,
    domain = "",
  ): readonly Value[] {
    const names = typeof outputs === "number" ? Array.from({ length: outputs }, () => this.fresh(opType)) : outputs;
    const name = `${this.prefix}/${opType}.${this.nodes.length}`;
    const entries = Object.entries(attributes).map(([key, value]): [string, Attribute] => [key, attributeOf(value)]);
    const node: Node = { name, opType, domain, inputs, outputs: names, attributes: new Map(entries) };
    this.nodes.push(node);
    this.facts.infer(node);
    return names;
  }

  /** Emits a node with one result. */
  op(opType: string, inputs: readonly Value[], attributes: Readonly<Record<string, Plain>> = {}): Value {
    return this.ops(opType, inputs, attributes)[0];
  }

  /** A constant; equal ones are written once. */
  constant(value: Tensor): Value {
    const key = `${value.dtype}[${value.dims}]${Array.from(value.data as ArrayLike<number | bigint>).join()}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const name = this.fresh("constant");
    const weight = weightOf(name, value);
    this.initializers.set(name, weight);
    this.facts.weight(name, weight);
    this.constants.set(key, name);
    return name;
  }

  integers(values: readonly number[]): Value {
    return this.constant(int64([values.length], values));
  }

  integer(value: number): Value {
    return this.constant(int64([], [value]));
  }

  /** A scalar of the type that `like` has (float32 where that isn't known). */
  scalar(value: number, like: Value | DType): Value {
    const dtype = like in dtypeCodes ? (like as DType) : (this.dtypeOf(like) ?? "float32");
    switch (dtype) {
      case "float16":
        return this.constant(tensor("float16", [], Uint16Array.of(half(value))));
      case "float64":
        return this.constant(tensor("float64", [], Float64Array.of(value)));
      case "int64":
        return this.integer(value);
      case "int32":
        return this.constant(tensor("int32", [], Int32Array.of(value)));
      case "float32":
        return this.constant(float32([], [value]));
      default:
        return this.cast(this.constant(float32([], [value])), dtype);
    }
  }

  cast(x: Value, dtype: DType): Value {
    return this.op("Cast", [x], { to: dtypeCodes[dtype] });
  }

  add = (a: Value, b: Value): Value => this.op("Add", [a, b]);
  sub = (a: Value, b: Value): Value => this.op("Sub", [a, b]);
  mul = (a: Value, b: Value): Value => this.op("Mul", [a, b]);
  div = (a: Value, b: Value): Value => this.op("Div", [a, b]);
  matmul = (a: Value, b: Value): Value => this.op("MatMul", [a, b]);
  where = (condition: Value, a: Value, b: Value): Value => this.op("Where", [condition, a, b]);
  transpose = (x: Value, perm: readonly number[]): Value => this.op("Transpose", [x], { perm });
  concat = (parts: readonly Value[], axis: number): Value =>
    parts.length === 1 ? parts[0] : this.op("Concat", parts, { axis });
  softmax = (x: Value): Value => this.op("Softmax", [x], { axis: -1 });

  /** A reshape to fixed sizes; 0 keeps a size and -1 takes the rest. */
  reshape = (x: Value, dims: readonly number[]): Value => this.op("Reshape", [x, this.integers(dims)]);

  /** A reshape to sizes of which some are one-element tensors. */
  reshapeTo = (x: Value, dims: readonly (number | Value)[]): Value =>
    this.op("Reshape", [
      x,
      this.concat(
        dims.map((d) => (typeof d === "number" ? this.integers([d]) : d)),
        0,
      ),
    ]);

  unsqueeze(x: Value, axes: readonly number[]): Value {
    return this.opset >= 13 ? this.op("Unsqueeze", [x, this.integers(axes)]) : this.op("Unsqueeze", [x], { axes });
  }

  squeeze(x: Value, axes: readonly number[]): Value {
    return this.opset >= 13 ? this.op("Squeeze", [x, this.integers(axes)]) : this.op("Squeeze", [x], { axes });
  }

  /** Elements [start, end) of one axis; bounds may be one-element tensors. */
  slice(x: Value, axis: number, start: number | Value, end: number | Value, step = 1): Value {
    const bound = (b: number | Value) => (typeof b === "number" ? this.integers([b]) : b);
    return this.op("Slice", [x, bound(start), bound(end), this.integers([axis]), this.integers([step])]);
  }

  split(x: Value, sizes: readonly number[], axis: number): readonly Value[] {
    return this.opset >= 13
      ? this.ops("Split", [x, this.integers(sizes)], { axis }, sizes.length)
      : this.ops("Split", [x], { axis, split: sizes }, sizes.length);
  }

  reduce(op: "ReduceMean" | "ReduceSum" | "ReduceMax", x: Value, axes: readonly number[]): Value {
    const asInput = this.opset >= 18 || (op === "ReduceSum" && this.opset >= 13);
    return asInput ? this.op(op, [x, this.integers(axes)], { keepdims: 1 }) : this.op(op, [x], { axes, keepdims: 1 });
  }

  /** One size of a value as an int64 tensor [1]. */
  dim(x: Value, axis: number): Value {
    const dims = this.dimsOf(x);
    const at = axis < 0 && dims ? axis + dims.length : axis;
    return this.op("Gather", [this.op("Shape", [x]), this.integers([at])], { axis: 0 });
  }

  /** 0, 1, .. n-1 for a one-element `n`. */
  range(n: Value): Value {
    return this.op("Range", [this.integer(0), this.squeeze(n, [0]), this.integer(1)]);
  }

  layerNorm(x: Value, scale: Value, bias: Value | "", epsilon: number): Value {
    return this.ops("LayerNormalization", bias ? [x, scale, bias] : [x, scale], {
      axis: -1,
      epsilon: float(epsilon),
    })[0];
  }

  /** x / sqrt(mean(x²) + ε) · scale over the last axis, as ONNX Runtime's one operator at any opset. */
  rmsNorm(x: Value, scale: Value, epsilon: number): Value {
    return this.ops("SimplifiedLayerNormalization", [x, scale], {
      axis: -1,
      epsilon: float(epsilon),
      stash_type: 1,
    })[0];
  }

  /**
   * One of two branches at run time; each emits with a builder of its own, which may read what stands outside, and gives
   * as many results as the other. Results are shaped as the first branch's.
   */
  choice(
    condition: Value,
    then: (b: Builder) => readonly Value[],
    otherwise: (b: Builder) => readonly Value[],
    outputs?: readonly Value[],
  ): readonly Value[] {
    const [yes, no] = [this.branch("then", then), this.branch("else", otherwise)];
    const names = outputs ?? yes.outputs.map(() => this.fresh("If"));
    const name = `${this.prefix}/If.${this.nodes.length}`;
    const attributes = new Map<string, Attribute>([
      ["then_branch", { type: "graph", value: yes }],
      ["else_branch", { type: "graph", value: no }],
    ]);
    this.nodes.push({ name, opType: "If", domain: "", inputs: [condition], outputs: names, attributes });
    yes.outputs.forEach((output, i) => {
      this.facts.set(names[i], this.facts.of(output.name));
    });
    return names;
  }

  private branch(hint: string, emit: (b: Builder) => readonly Value[]): Graph {
    const name = `${this.prefix}/${hint}.${this.nodes.length}`;
    const inner = new Builder(this.opset, name, this.facts);
    const made = emit(inner);
    const results = made.map((value) => inner.op("Identity", [value]));
    const info = (value: Value): ValueInfo => {
      const { dtype, dims } = this.facts.of(value);
      return { name: value, dtype, dims: dims?.map(() => null) ?? null };
    };
    return {
      name,
      nodes: needed(inner.nodes, results),
      inputs: [],
      outputs: results.map(info),
      initializers: inner.initializers,
      valueInfo: new Map(),
    };
  }

  /** Gives a value that was emitted here the name that others read. */
  rename(from: Value, to: Value): void {
    const at = this.nodes.findIndex((n) => n.outputs.includes(from));
    if (at < 0 || this.nodes.some((n) => n.outputs.includes(to))) {
      this.ops("Identity", [from], {}, [to]);
      return;
    }
    this.facts.set(to, this.facts.of(from));
    const swap = (v: Value) => (v === from ? to : v);
    this.nodes.forEach((n, i) => {
      this.nodes[i] = { ...n, inputs: n.inputs.map(swap), outputs: n.outputs.map(swap) };
    });
  }
}
