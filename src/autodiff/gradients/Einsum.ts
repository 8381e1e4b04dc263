import { GraphError } from "../../graph/error";
import { string, stringAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/**
 * Of the forms that aren't rewritten to a product: the result takes the operand's place in the equation. Letters that
 * are summed in one operand alone are repeated. Ellipses, letters twice in a term and results left to find throw.
 */
export const einsum: Gradient = (c, node, [g]) => {
  const { b } = c;
  const equation = stringAttribute(node, "equation", "").replaceAll(" ", "");
  const [left, result] = equation.split("->");
  const terms = left.split(",");
  const plain =
    result !== undefined && [...terms, result].every((t) => /^[a-zA-Z]*$/.test(t) && new Set(t).size === t.length);
  if (!plain) throw new GraphError("no gradient", `Einsum of ${equation}`, node);
  return terms.map((term, i) => () => {
    const others = terms.filter((_, k) => k !== i);
    const kept = [...term].filter((letter) => [result, ...others].some((t) => t.includes(letter)));
    const back = b.op("Einsum", [g, ...node.inputs.filter((_, k) => k !== i)], {
      equation: string(`${[result, ...others].join(",")}->${kept.join("")}`),
    });
    const alone = [...term].flatMap((letter, axis) => (kept.includes(letter) ? [] : [axis]));
    return alone.length === 0 ? back : b.unsqueeze(back, alone);
  });
};
