import { withTargetRow } from "../autodiff/answer-rows";
import { gradientMode, type Mode, switchOf, withCotangents } from "../autodiff/explaining";
import type { Anatomy } from "../graph/anatomy";
import type { Canonical } from "../graph/canonicalise";
import { GraphError } from "../graph/error";
import { withInterventions } from "../graph/interventions";
import { withTaps } from "../graph/taps";
import type { Model } from "../onnx/model";
import { type Tensor, tensor } from "../tensor/tensor";

/** A model as a session takes it, and the inputs that leave it as it is. */
export interface Built {
  readonly model: Model;
  readonly modes: readonly Mode[];
  readonly idle: Readonly<Record<string, Tensor>>;
}

/** The model with its taps, and its logits at one position where they are at each: what needs no way back. */
export const plainModel = (canonical: Canonical, anatomy: Anatomy): Built => ({
  model: withTargetRow(withTaps(canonical, anatomy), canonical),
  modes: [],
  idle: {},
});

/**
 * The model with taps, interventions and the ways back of `modes`. Gradients come with it even where they aren't asked for,
 * since a session costs seconds to make, unless an operator of the graph has none.
 *
 * @throws GraphError where one of the modes can't be gone by, with the node.
 */
export function explainingModel(canonical: Canonical, anatomy: Anatomy, asked: readonly Mode[]): Built {
  const { canonical: changed, defaults } = withInterventions(canonical, anatomy);
  const tapped = withTaps(changed, anatomy);
  const built = (modes: readonly Mode[]): Built => ({
    model: withCotangents(tapped, changed, differentiated(anatomy), modes, anatomy),
    modes,
    idle: { ...defaults, ...Object.fromEntries(modes.map((mode) => [switchOf(mode), off])) },
  });
  if (asked.includes(gradientMode)) return built(asked);
  try {
    return built([gradientMode, ...asked]);
  } catch (error) {
    if (error instanceof GraphError) return built(asked);
    throw error;
  }
}

export const off: Tensor = tensor("bool", [], Uint8Array.of(0));
export const on: Tensor = tensor("bool", [], Uint8Array.of(1));

/** The values that derivatives are taken by. */
export function differentiated({ embedding, sites, residual }: Anatomy): readonly string[] {
  const stream = residual ? [...residual.layers, ...(residual.finalNorm ? [residual.finalNorm] : [])] : [];
  const taps = [...sites.flatMap((s) => [s.probs, ...[s.mixed ?? [], s.module ?? []].flat()]), ...stream];
  return [...new Set([...embedding.sources.slice(0, 1), ...taps.map((tap) => tap.value)])];
}
