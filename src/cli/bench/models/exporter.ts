import { Builder } from "../../../graph/builder";
import { type Fact, Facts } from "../../../graph/shapes";
import { float, weightOf } from "../../../onnx/attributes";
import { dtypeCodes } from "../../../onnx/codes";
import type { Model, Value, ValueInfo, Weight } from "../../../onnx/model";
import { float32, int64, sizeOf, type Tensor } from "../../../tensor/tensor";

const opset = 18;
const toTheEnd = 2n ** 63n - 1n;

/** Uniform in [-bound, bound), by xorshift: the same weights in every run. */
function random(seed: number, size: number, bound: number): Float32Array {
  const values = new Float32Array(size);
  let state = seed * 2654435761 + 1;
  for (let i = 0; i < size; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[i] = (state / 2 ** 31) * bound;
  }
  return values;
}

/**
 * Writes graphs the way in which PyTorch's TorchScript exporter spells PyTorch's operations: every size is asked of a
 * shape at run time, every constant is a node of its own, LayerNormalization is one operator and the rest is plain.
 */
export class Exporter {
  readonly b: Builder;
  private readonly weights = new Map<Value, Weight>();
  private readonly facts: Facts;

  /**
   * @param inputs integer inputs, [batch_size, sequence_length] each
   * @param bound weights are drawn from [-bound, bound)
   */
  constructor(
    private readonly inputs: readonly Value[],
    private readonly bound = 0.05,
  ) {
    const fact: Fact = { dtype: "int64", dims: [1009, 23] };
    this.facts = new Facts(opset, new Map(inputs.map((name) => [name, fact])));
    this.b = new Builder(opset, "", this.facts);
  }

  /** The number of weights so far. */
  count = (): number => this.weights.size;

  weight(name: Value, dims: readonly number[], centre = 0): Value {
    const values = random(this.weights.size + 1, sizeOf(dims), this.bound);
    if (centre !== 0) for (let i = 0; i < values.length; i++) values[i]! += centre;
    this.weights.set(name, weightOf(name, float32(dims, values)));
    this.facts.weights({ initializers: new Map([[name, this.weights.get(name)!]]) });
    return name;
  }

  constant = (value: Tensor): Value =>
    this.b.op("Constant", [], { value: { type: "tensor", value: weightOf("", value) } });
  int = (value: number): Value => this.constant(int64([], [value]));
  ints = (...values: (number | bigint)[]): Value => this.constant(int64([values.length], values));
  float = (value: number): Value => this.constant(float32([], [value]));
  floats = (...values: number[]): Value => this.constant(float32([values.length], values));

  /** `x.size(axis)`, a scalar. */
  size = (x: Value, axis: number): Value => this.b.op("Gather", [this.b.op("Shape", [x]), this.int(axis)], { axis: 0 });
  /** `x.size(-1)`, [1]. */
  lastSize = (x: Value): Value => this.b.op("Slice", [this.b.op("Shape", [x]), this.ints(-1), this.ints(toTheEnd)]);
  unsqueeze = (x: Value, ...axes: number[]): Value =>
    axes.reduce((v, a) => this.b.op("Unsqueeze", [v, this.ints(a)]), x);
  cast = (x: Value, to: keyof typeof dtypeCodes): Value => this.b.op("Cast", [x], { to: dtypeCodes[to] });
  range = (end: Value): Value => this.b.op("Range", [this.int(0), this.cast(end, "int64"), this.int(1)]);

  /** A list of sizes, of which some are scalars. */
  sizes(...parts: (number | Value)[]): Value {
    return this.b.op(
      "Concat",
      parts.map((p) => (typeof p === "number" ? this.ints(p) : this.unsqueeze(p, 0))),
      { axis: 0 },
    );
  }

  view = (x: Value, ...parts: (number | Value)[]): Value =>
    this.b.op("Reshape", [x, this.sizes(...parts)], { allowzero: 0 });

  /** `x.expand(sizes)`: where a size is -1, as it was. */
  expand(x: Value, ...parts: (number | Value)[]): Value {
    const sizes = this.b.op("Reshape", [this.sizes(...parts), this.ints(-1)], { allowzero: 0 });
    const ones = this.b.op("ConstantOfShape", [this.b.op("Shape", [sizes])], {
      value: { type: "tensor", value: weightOf("", int64([1], [1])) },
    });
    const kept = this.b.op("Equal", [sizes, this.b.mul(ones, this.int(-1))]);
    return this.b.op("Expand", [x, this.b.where(kept, ones, sizes)]);
  }

  layerNorm(x: Value, name: string, width: number, epsilon: number): Value {
    return this.b.op(
      "LayerNormalization",
      [x, this.weight(`${name}.weight`, [width], 1), this.weight(`${name}.bias`, [width])],
      {
        axis: -1,
        epsilon: float(epsilon),
      },
    );
  }

  /** `scaled_dot_product_attention`; gives its scores before the softmax. q [B, H, T, d], k [B, T, H, d]. */
  scores(q: Value, k: Value, mask: Value): Value {
    const scale = this.cast(
      this.b.div(this.floats(1), this.b.op("Sqrt", [this.cast(this.lastSize(q), "float32")])),
      "float32",
    );
    const keys = this.b.transpose(k, [0, 2, 3, 1]);
    const scaled = this.b.matmul(
      this.b.mul(q, this.b.op("Sqrt", [scale])),
      this.b.mul(keys, this.b.op("Sqrt", [scale])),
    );
    return this.b.add(scaled, mask);
  }

  /** The model, with one output. */
  finish(output: Value, name: Value, dims: ValueInfo["dims"]): Model {
    this.b.rename(output, name);
    const outputs: ValueInfo[] = [{ name, dtype: "float32", dims }];
    return {
      irVersion: 8,
      opsets: new Map([["", opset]]),
      producer: "bench",
      graph: {
        name: "main_graph",
        nodes: this.b.nodes,
        inputs: this.inputs.map((input) => ({ name: input, dtype: "int64", dims: ["batch_size", "sequence_length"] })),
        outputs,
        initializers: this.weights,
        valueInfo: new Map(),
      },
      functions: [],
      metadata: new Map(),
    };
  }
}
