import { GraphError } from "../../graph/error";
import { intAttribute, stringAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** The cotangent, zeroed where elements were replaced; and its elements there. */
export const scatterElements: Gradient = ({ b }, node, [g]) => {
  const [, places, updates] = node.inputs;
  const axis = intAttribute(node, "axis", 0);
  const how = stringAttribute(node, "reduction", "none");
  if (how !== "none" && how !== "add") throw new GraphError("no gradient", `ScatterElements by ${how}`, node);
  const zeros = () => b.op("Expand", [b.scalar(0, g), b.op("Shape", [updates])]);
  return [
    () => (how === "add" ? g : b.op("ScatterElements", [g, places, zeros()], { axis })),
    null,
    () => b.op("GatherElements", [g, places], { axis }),
  ];
};
