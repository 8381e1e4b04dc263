import { GraphError } from "../../graph/error";
import type { Gradient } from "../gradient";
import { type Pairs, withInputs } from "./pairs";

/**
 * Δ(a·b) = Δa · (b + b')/2 + (a + a')/2 · Δb: each factor is passed back by the other one halfway. A factor that doesn't
 * depend on the input is the same for both.
 */
export const halfway =
  ({ middle }: Pairs, exact: Gradient): Gradient =>
  (c, node, cotangents) => {
    const factors = node.inputs.slice(0, 2);
    if (node.inputs.filter((v) => v !== "" && c.active(v)).length > 2)
      throw new GraphError("no gradient", `DeepLIFT through a product of more than two, ${node.opType}`, node);
    if (!factors.every((v) => c.active(v))) return exact(c, node, cotangents);
    return exact(
      c,
      withInputs(node, (v) => (factors.includes(v) ? middle(c, v) : v)),
      cotangents,
    );
  };
