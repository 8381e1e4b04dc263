import type { Node, Value } from "../../onnx/model";
import type { Gradient, GradientContext } from "../gradient";
import { type CentredBack, groupNormalizationBy } from "../gradients/GroupNormalization";
import { instanceNormalizationBy } from "../gradients/InstanceNormalization";
import { axesOf, statistics } from "../gradients/LayerNormalization";
import type { Pairs } from "./pairs";
import { secantOfInverseRoot } from "./quotients";

/**
 * (x - mean) · (variance + ε)^-½, part by part: the mean is linear, the product halfway between, the square and the root by
 * their secants. Of the two rows' centred inputs u and inverse deviations r: g r̄ + 2ū · mean(g ū) · Δr/Δvariance, less its
 * mean where x is centred.
 */
function back(
  c: GradientContext,
  { other, middle }: Pairs,
  node: Node,
  { x, g, axes, centre }: { x: Value; g: Value; axes: readonly number[]; centre: boolean },
): Value {
  const { b } = c;
  const { mean, centred, inverse } = statistics(c, node, x, axes, centre);
  const between = middle(c, centred);
  const slope = secantOfInverseRoot(b, inverse, other(c, inverse));
  const square = b.mul(b.mul(between, b.scalar(2, x)), b.mul(mean(b.mul(g, between)), slope));
  const m = b.add(b.mul(g, middle(c, inverse)), square);
  return centre ? b.sub(m, mean(m)) : m;
}

const whole =
  (pairs: Pairs, centre: boolean): Gradient =>
  (c, node, [g]) => [
    () =>
      back(c, pairs, node, {
        x: node.inputs[0],
        g: c.b.mul(g, node.inputs[1]),
        axes: axesOf(c, node),
        centre,
      }),
    null,
    null,
  ];

const centredBack =
  (pairs: Pairs): CentredBack =>
  (c, node, x, g, axes) =>
    back(c, pairs, node, { x, g, axes, centre: true });

export const layerNorm = (pairs: Pairs): Gradient => whole(pairs, true);
export const rmsNorm = (pairs: Pairs): Gradient => whole(pairs, false);
export const groupNorm = (pairs: Pairs): Gradient => groupNormalizationBy(centredBack(pairs));
export const instanceNorm = (pairs: Pairs): Gradient => instanceNormalizationBy(centredBack(pairs));
