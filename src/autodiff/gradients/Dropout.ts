import { GraphError } from "../../graph/error";
import type { Gradient } from "../gradient";

/** At inference it leaves its input as it is. */
export const dropout: Gradient = (c, node, [g]) => {
  const training = node.inputs[2];
  if (training && c.numbers(training)?.[0] !== 0) throw new GraphError("no gradient", "Dropout in training", node);
  return [() => g, null, null];
};
