import type { Model, Value, ValueInfo } from "../onnx/model";
import type { Anatomy } from "./anatomy";
import type { Canonical } from "./canonicalise";
import { besideOf } from "./scoring";
import { topologyOf } from "./topology";

/**
 * The model with every value that anatomy found as one more output, exactly as the graph computes it: nothing is added
 * to the computation, and what isn't fetched isn't copied. Layouts tell readers how to turn them.
 */
export function withTaps(canonical: Canonical, anatomy: Anatomy): Model {
  const { graph } = canonical.model;
  const { producer } = topologyOf(graph);
  const listed = new Set(graph.outputs.map((o) => o.name));
  const outputs: ValueInfo[] = [...graph.outputs];
  for (const value of tappedValues(anatomy)) {
    if (listed.has(value) || !producer.has(value)) continue;
    listed.add(value);
    const { dtype, dims } = canonical.facts.of(value);
    // Symbolic sizes aren't restated: the runtime infers them.
    outputs.push({ name: value, dtype, dims: dims ? dims.map(() => null) : null });
  }
  return { ...canonical.model, graph: { ...graph, outputs } };
}

/** Names of all tapped values. */
export function tappedValues({ flow, sites, residual, embedding }: Anatomy): readonly Value[] {
  return [
    ...sites.flatMap((s) => [s.probs, s.q, s.k, s.v, s.mixed, s.module].flatMap((tap) => tap?.value ?? [])),
    ...sites.flatMap((s) => besideOf(flow, s)),
    ...(residual
      ? [...residual.layers.map((l) => l.value), ...(residual.finalNorm ? [residual.finalNorm.value] : [])]
      : []),
    ...(embedding.lookup ? embedding.sources : []),
  ];
}
