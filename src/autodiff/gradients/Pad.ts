import { GraphError } from "../../graph/error";
import { intsAttribute, stringAttribute } from "../../onnx/attributes";
import type { Node } from "../../onnx/model";
import type { Gradient, GradientContext } from "../gradient";

/** What was there before the padding. Of the modes, only the constant one. */
export const pad: Gradient = (c, node, [g]) => [() => back(c, node, g), null, null, null];

function back(c: GradientContext, node: Node, g: string): string {
  const { b } = c;
  const mode = stringAttribute(node, "mode", "constant");
  if (mode !== "constant") throw new GraphError("no gradient", `Pad by ${mode}`, node);
  const [x, padsIn, , axesIn] = node.inputs;
  const rank = c.dims(x).length;
  const axes = axesIn ? c.numbers(axesIn) : [...Array(rank).keys()];
  if (!axes) throw new GraphError("no gradient", "Pad along computed axes", node);
  const pads = padsIn === undefined ? b.integers(intsAttribute(node, "pads", [])) : padsIn;
  const known = c.numbers(pads);
  if (known?.some((n) => n < 0)) throw new GraphError("no gradient", `Pad by ${known}`, node);
  return axes.reduce((part, given, i) => {
    if (known && known[i] === 0 && known[i + axes.length] === 0) return part;
    const axis = given < 0 ? given + rank : given;
    const start = b.slice(pads, 0, i, i + 1);
    return b.slice(part, axis, start, b.add(start, b.dim(x, axis)));
  }, g);
}
