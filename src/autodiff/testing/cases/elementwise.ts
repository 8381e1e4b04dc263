import { int } from "../../../onnx/attributes";
import { dtypeCodes } from "../../../onnx/codes";
import type { Case, Dims, Input } from "../gradient-case";

const x = (...dims: Dims): Input => ({ dims });
/** Away from zero and above it. */
const positive = (...dims: Dims): Input => ({ dims, value: (_, random) => 0.5 + 2 * random() });
/** Away from zero, of both signs: kinks are there. */
const apart = (...dims: Dims): Input => ({
  dims,
  value: (_, random) => (0.3 + 2 * random()) * (random() < 0.5 ? -1 : 1),
});

const smooth = ["Cos", "Exp", "Identity", "Neg", "Sigmoid", "Sin", "Tanh"].map(
  (operator): Case => ({ operator, form: "", inputs: [x("B", "T", 3)] }),
);
const broadcasting = (operator: string, second: (...dims: Dims) => Input): Case[] => [
  { operator, form: "of one shape", inputs: [x("B", "T", 3), second("B", "T", 3)] },
  { operator, form: "by a row", inputs: [x("B", "T", 3), second(3)] },
  { operator, form: "of a column by a row", inputs: [x("T", 1), second("B", 1, 3)] },
  { operator, form: "of a scalar", inputs: [x(), second("B", "T")] },
  { operator, form: "by itself's size", inputs: [x(1, "T"), second("B", 1)] },
];

export const elementwiseCases: readonly Case[] = [
  ...smooth,
  ...["Log", "Reciprocal", "Sqrt"].map((operator): Case => ({ operator, form: "", inputs: [positive("B", "T", 3)] })),
  ...["Abs", "Relu"].map((operator): Case => ({ operator, form: "", inputs: [apart("B", "T", 3)] })),
  { operator: "Erf", form: "", inputs: [x("B", "T", 3)], float32: true },
  ...broadcasting("Add", x),
  ...broadcasting("Sub", x),
  ...broadcasting("Mul", x),
  ...broadcasting("Div", apart),
  {
    operator: "Cast",
    form: "to the other floating type",
    inputs: [x("B", 3)],
    attributes: { to: int(dtypeCodes.float32) },
    float32: true,
  },
];
