import type { Model, Node, Value, ValueInfo, Weight } from "../onnx/model";
import { float32, type Tensor } from "../tensor/tensor";
import type { Anatomy } from "./anatomy";
import { Builder } from "./builder";
import type { Canonical } from "./canonicalise";
import { GraphError } from "./error";

/** Inputs by which a run is changed from outside. Fed their defaults, the model computes what it did, bit for bit. */
export const interventionInputs = {
  /** Where the word embedding starts from, of its shape or one that broadcasts to it; zeros. */
  base: "embedding.base",
  /** How far it goes from there to the text's own, [B, 1, 1] as the embedding is laid out; ones. */
  alpha: "embedding.alpha",
  /** Added to the residual stream before a layer (and, last, after all of them); zeros. */
  delta: (layer: number): Value => `residual.${layer}.delta`,
  /** What the probabilities of a site are multiplied by, as they are laid out: 0 for a head that is left out; ones. */
  keep: (site: number): Value => `attention.${site}.keep`,
  /** Added to them after that: a pattern in place of a head's own; zeros. */
  pattern: (site: number): Value => `attention.${site}.pattern`,
} as const;

/** A model that can be intervened in, with the tensors that leave it as it is. */
export interface Intervenable {
  readonly canonical: Canonical;
  readonly defaults: Readonly<Record<string, Tensor>>;
}

/**
 * Adds the inputs. Each changed value keeps its name, so that all who read it, and all taps, see the change; what the
 * model itself computes gets a name of its own.
 *
 * @throws GraphError where a value to change isn't computed by a node.
 */
export function withInterventions(canonical: Canonical, anatomy: Anatomy): Intervenable {
  const edits = new Edits(canonical);
  const { embedding, residual, sites } = anatomy;
  const [source] = embedding.sources;
  if (embedding.lookup) {
    edits.change(source, (b, before) => {
      const base = edits.input(interventionInputs.base, source, 0);
      const alpha = edits.input(interventionInputs.alpha, source, 1);
      return b.add(base, b.mul(alpha, b.sub(before, base)));
    });
  }
  residual?.layers.forEach(({ value }, layer) => {
    edits.change(value, (b, before) => b.add(before, edits.input(interventionInputs.delta(layer), value, 0)));
  });
  sites.forEach(({ probs: { value } }, site) => {
    edits.change(value, (b, before) => {
      const keep = edits.input(interventionInputs.keep(site), value, 1);
      return b.add(b.mul(before, keep), edits.input(interventionInputs.pattern(site), value, 0));
    });
  });
  return edits.done();
}

class Edits {
  private readonly nodes: Node[];
  private readonly weights = new Map<Value, Weight>();
  private readonly infos: ValueInfo[] = [];
  private readonly defaults: Record<string, Tensor> = {};
  private changes = 0;

  constructor(private readonly canonical: Canonical) {
    this.nodes = [...canonical.model.graph.nodes];
  }

  /** An input that broadcasts with `like`, and by default is one number. */
  input(name: Value, like: Value, fallback: number): Value {
    const { facts } = this.canonical;
    const dims = facts.dims(like) as readonly number[];
    facts.set(name, { dtype: "float32", dims });
    this.infos.push({ name, dtype: "float32", dims: dims.map((_, i) => `${name}.${i}`) });
    this.defaults[name] = float32(
      dims.map(() => 1),
      [fallback],
    );
    return name;
  }

  /** Puts what `emit` makes of a value in its place. */
  change(value: Value, emit: (b: Builder, before: Value) => Value): void {
    const at = this.nodes.findIndex((n) => n.outputs.includes(value));
    if (at < 0) throw new GraphError("unsupported form", `an intervention in ${value}, which no node computes`);
    const { facts, model } = this.canonical;
    // A value can be changed twice: the word embedding of many decoders is the stream's first value.
    const turn = this.changes++;
    const before = `${value}/before.${turn}`;
    facts.set(before, facts.of(value));
    const producer = this.nodes[at];
    const b = new Builder(model.opsets.get("") ?? 1, `${value}/change.${turn}`, facts);
    b.rename(emit(b, before), value);
    for (const [name, weight] of b.initializers) this.weights.set(name, weight);
    const renamed = { ...producer, outputs: producer.outputs.map((o) => (o === value ? before : o)) };
    this.nodes.splice(at, 1, renamed, ...b.nodes);
  }

  done(): Intervenable {
    const { canonical } = this;
    const { graph } = canonical.model;
    const model: Model = {
      ...canonical.model,
      graph: {
        ...graph,
        nodes: this.nodes,
        inputs: [...graph.inputs, ...this.infos],
        initializers: new Map([...graph.initializers, ...this.weights]),
      },
    };
    return { canonical: { ...canonical, model }, defaults: this.defaults };
  }
}
