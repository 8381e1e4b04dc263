import { GraphError } from "../../graph/error";
import { stringAttribute } from "../../onnx/attributes";
import type { Gradient } from "../gradient";

/** The cotangent, zeroed where slices were replaced; and its slices there. */
export const scatterND: Gradient = ({ b }, node, [g]) => {
  const [, places, updates] = node.inputs;
  const how = stringAttribute(node, "reduction", "none");
  if (how !== "none" && how !== "add") throw new GraphError("no gradient", `ScatterND by ${how}`, node);
  const zeros = () => b.op("Expand", [b.scalar(0, g), b.op("Shape", [updates])]);
  return [
    () => (how === "add" ? g : b.op("ScatterND", [g, places, zeros()])),
    null,
    () => b.op("GatherND", [g, places]),
  ];
};
