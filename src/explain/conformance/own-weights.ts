import { type Mode, withCotangents } from "../../autodiff/explaining";
import { stops } from "../../autodiff/gradient";
import { exact } from "../../autodiff/gradients";
import { Builder } from "../../graph/builder";
import type { Canonical } from "../../graph/canonicalise";
import { operatorOf } from "../../graph/rewrites";
import { withTaps } from "../../graph/taps";
import { tensorOf } from "../../onnx/attributes";
import { decodeModel } from "../../onnx/decode";
import { encodeModel } from "../../onnx/encode";
import type { Model, Node, Value, Weight } from "../../onnx/model";
import { toFloat32 } from "../../tensor/half";
import { float32, type Tensor } from "../../tensor/tensor";
import { type ModelFiles, understand } from "../engine";
import { differentiated } from "../explaining-model";
import { blocks, bnb4, centred, dequantised } from "./dequantise";

/** The way back of a reference: exact, and nothing through what is marked. */
export const referenceMode: Mode = besideResidues({ name: "reference", rules: () => exact });

/** A mode that passes nothing back through residues. */
export function besideResidues({ name, rules }: Mode): Mode {
  return {
    name,
    rules: (subject) => {
      const own = rules(subject);
      return (node) => (node.name.startsWith("residue/") ? stops("a residue counts as a constant") : own(node));
    },
  };
}
const mark = "residue/";

/**
 * A model that computes what a file of rounded weights does, and whose derivatives are those of plain products with the
 * file's own weights, dequantised here: every quantised product y is written y + x·W - x·W, of which the first and the
 * last pass nothing back. Activations that are one operator here are spelled out.
 */
export function referenceOf(files: ModelFiles, mode: Mode = referenceMode): { model: Model; canonical: Canonical } {
  const { canonical, anatomy } = understand(files);
  const plain = new Plain(canonical, files.external);
  const nodes = canonical.model.graph.nodes.flatMap((node) => plain.written(node));
  if (plain.initializers.size === 0)
    throw new Error("no reference: nothing in the file can be written in other operators");
  const graph = {
    ...canonical.model.graph,
    nodes,
    initializers: new Map([...canonical.model.graph.initializers, ...plain.initializers]),
  };
  const own = { ...canonical, model: { ...canonical.model, graph } };
  const model = withCotangents(withTaps(own, anatomy), own, differentiated(anatomy), [mode], anatomy);
  return { model, canonical: own };
}

class Plain {
  readonly initializers = new Map<Value, Weight>();
  private readonly scaleOf = new Map<Value, { x: Value; scale: Value }>();

  constructor(
    private readonly canonical: Canonical,
    private readonly external: ReadonlyMap<string, Uint8Array>,
  ) {}

  /** The nodes that stand for a node. */
  written(node: Node): readonly Node[] {
    if (node.opType === "DynamicQuantizeLinear")
      this.scaleOf.set(node.outputs[0], { x: node.inputs[0], scale: node.outputs[1] });
    const product = this.productOf(node);
    if (!product) return [node];
    const [y] = node.outputs;
    const { facts, model } = this.canonical;
    const rounded = `${y}/rounded`;
    facts.set(rounded, facts.of(y));
    const b = new Builder(model.opsets.get("") ?? 1, `plain/${y}`, facts);
    const result = product(b);
    const numbers = facts.of(y).dtype === "float32" ? rounded : b.cast(rounded, "float32");
    const still = this.stopped(b, result);
    b.rename(b.add(numbers, b.sub(result, still)), y);
    for (const [name, weight] of b.initializers) this.initializers.set(name, weight);
    const own: Node = { ...node, name: `${mark}${node.name}`, outputs: [rounded, ...node.outputs.slice(1)] };
    return [own, ...b.nodes];
  }

  /** The same product with the weight as numbers; null for what isn't a quantised product or the weight of one. */
  private productOf(node: Node): ((b: Builder) => Value) | null {
    const [x, y, ...rest] = node.inputs;
    switch (operatorOf(node)) {
      case "MatMulInteger": {
        const from = this.scaleOf.get(x);
        const weight = this.weight(y);
        if (!from || !weight) return null;
        const zero = rest[1] ? this.weight(rest[1]) : null;
        return (b) => {
          const quantised = b.div(from.x, this.stopped(b, from.scale));
          return b.matmul(quantised, b.constant(centred(weight, zero)));
        };
      }
      case "com.microsoft:MatMulNBits": {
        const parts = [y, ...rest].map((v) => (v ? this.weight(v) : null));
        return (b) => b.matmul(x, b.constant(blocks(node, parts)));
      }
      case "com.microsoft:MatMulBnb4": {
        const parts = [y, ...rest].map((v) => (v ? this.weight(v) : null));
        return (b) => b.matmul(x, b.constant(bnb4(node, parts)));
      }
      case "DequantizeLinear": {
        const [weight, scales] = [this.weight(x), this.weight(y)];
        const from = this.canonical.model.graph.nodes.find((n) => n.outputs[0] === x);
        if (weight && scales) {
          const zero = rest[0] ? this.weight(rest[0]) : null;
          return (b) => b.constant(dequantised(node, weight, scales, zero));
        }
        return from?.opType === "QuantizeLinear" ? (b) => b.mul(from.inputs[0], b.scalar(1, "float32")) : null;
      }
      case "Cast": {
        // A half-precision weight, as the numbers that it holds.
        const weight = this.canonical.model.graph.initializers.has(x) ? this.weight(x) : null;
        return weight?.dtype === "float16" ? (b) => b.constant(float32(weight.dims, toFloat32(weight))) : null;
      }
      case "com.microsoft:FastGelu":
        return (b) => {
          const cube = b.mul(x, b.mul(x, x));
          const inner = b.mul(b.add(x, b.mul(cube, b.scalar(0.044715, x))), b.scalar(Math.sqrt(2 / Math.PI), x));
          return b.mul(b.mul(x, b.scalar(0.5, x)), b.add(b.scalar(1, x), b.op("Tanh", [inner])));
        };
      default:
        return null;
    }
  }

  /** A value that nothing is passed back to. */
  private stopped(b: Builder, value: Value): Value {
    const [name] = b.ops("Identity", [value]);
    const at = b.nodes.length - 1;
    b.nodes[at] = { ...b.nodes[at], name: `${mark}${b.nodes[at].name}` };
    return name;
  }

  /** The numbers of an initializer, or of one that is cast to float32; null for what is computed. */
  private weight(name: Value): Tensor | null {
    const { nodes, initializers } = this.canonical.model.graph;
    const weight = initializers.get(name);
    if (weight) return tensorOf(weight, this.external);
    const cast = nodes.find((n) => n.opType === "Cast" && n.outputs[0] === name);
    return cast ? this.weight(cast.inputs[0]) : null;
  }
}

/**
 * A file without its leave to round the activations of 4-bit products to 8 bits, which native kernels take: two graphs
 * then round differently where their values differ in the last bit, and are no reference of each other.
 */
export function withoutRounding(files: ModelFiles): ModelFiles {
  const model = decodeModel(files.model);
  const free = (node: Node) => node.opType === "MatMulNBits" && node.attributes.has("accuracy_level");
  if (!model.graph.nodes.some(free)) return files;
  const nodes = model.graph.nodes.map((node) =>
    free(node) ? { ...node, attributes: new Map([...node.attributes].filter(([n]) => n !== "accuracy_level")) } : node,
  );
  return { ...files, model: encodeModel({ ...model, graph: { ...model.graph, nodes } }) };
}
