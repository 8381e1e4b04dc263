import type { Gradient } from "../gradient";
import type { CentredBack } from "./GroupNormalization";
import { centredBack } from "./LayerNormalization";

/** Each channel of each row over its places. */
export const instanceNormalizationBy =
  (back: CentredBack): Gradient =>
  (c, node, [g]) => {
    const { b } = c;
    const [x, scale] = node.inputs;
    return [
      () => {
        const rank = c.dims(x).length;
        const each = b.reshape(scale, [-1, ...Array(rank - 2).fill(1)]);
        const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
        return back(c, node, x, b.mul(g, each), axes);
      },
      null,
      null,
    ];
  };

export const instanceNormalization: Gradient = instanceNormalizationBy(centredBack);
