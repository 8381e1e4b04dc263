import type { LinearRule } from "./linear";
import { before } from "./products";

/**
 * R_i = Σ_j x_i w_ij R_j / (z_j + ε sign z_j) (Bach et al. 2015, eq. 58): since R_j = z_j g_j, the cotangent times
 * |z| / (|z| + ε). What the stabiliser takes is lost, which quietens outputs near zero.
 */
export const epsilonRule =
  (epsilon: number): LinearRule =>
  ({ z }, entry) =>
    before(entry, ({ b }, _node, [g, ...rest]) => {
      const size = b.op("Abs", [z]);
      return [b.mul(g, b.div(size, b.add(size, b.scalar(epsilon, z)))), ...rest];
    });
