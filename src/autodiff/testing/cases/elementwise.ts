import { float, int, string } from "../../../onnx/attributes";
import { dtypeCodes } from "../../../onnx/codes";
import type { Case, Dims, Input } from "../gradient-case";
import { apart, filled, integers, positive, ranked, x } from "./inputs";

const smooth = ["Cos", "Exp", "Identity", "Neg", "Sigmoid", "Sin", "Tanh"].map(
  (operator): Case => ({ operator, form: "", inputs: [x("B", "T", 3)] }),
);
const broadcasting = (operator: string, second: (...dims: Dims) => Input): Case[] => [
  { operator, form: "of one shape", inputs: [x("B", "T", 3), second("B", "T", 3)] },
  { operator, form: "by a row", inputs: [x("B", "T", 3), second(3)] },
  { operator, form: "of a column by a row", inputs: [x("T", 1), second("B", 1, 3)] },
  { operator, form: "of a scalar", inputs: [x(), second("B", "T")] },
  { operator, form: "of sizes of one in both", inputs: [x(1, "T"), second("B", 1)] },
];
const bent = (operator: string, more: Partial<Case> = {}): Case => ({
  operator,
  form: "",
  inputs: [apart("B", "T", 3)],
  float32: true,
  ...more,
});

/** Operators that work element by element. */
export const elementwiseCases: readonly Case[] = [
  ...smooth,
  ...["Log", "Reciprocal", "Sqrt"].map((operator): Case => ({ operator, form: "", inputs: [positive("B", "T", 3)] })),
  ...["Abs", "Relu"].map((operator): Case => ({ operator, form: "", inputs: [apart("B", "T", 3)] })),
  { operator: "Erf", form: "", inputs: [x("B", "T", 3)], float32: true },
  ...broadcasting("Add", x),
  ...broadcasting("Sub", x),
  ...broadcasting("Mul", x),
  ...broadcasting("Div", apart),
  { operator: "Pow", form: "squared", inputs: [x("B", 3), { ...integers([2], []), dtype: "float64" }] },
  { operator: "Pow", form: "cubed", inputs: [x("B", 3), { ...integers([3], []), dtype: "float64" }] },
  { operator: "Pow", form: "by a row of exponents", inputs: [positive("B", 3), filled("float64", (i) => i - 0.5, 3)] },
  { operator: "Pow", form: "by an integer", inputs: [x("B", 3), integers([5], [])] },
  {
    operator: "Cast",
    form: "to float64",
    inputs: [x("B", 3)],
    attributes: { to: int(dtypeCodes.float64) },
    float32: true,
  },
  { operator: "CastLike", form: "", opset: 19, inputs: [x("B", 3), filled("float64", () => 1, 1)], by: [0] },
  {
    operator: "Where",
    form: "broadcast",
    inputs: [filled("bool", (i) => ((i * 7) % 3) % 2, "T", 3), x("B", "T", 3), x(3)],
    by: [1, 2],
  },
  { operator: "Sum", form: "of three", inputs: [x("B", "T", 3), x(3), x("T", 1)] },
  { operator: "Mean", form: "of three", inputs: [x("B", "T", 3), x(3), x("T", 1)], float32: true },
  { operator: "Max", form: "of three", inputs: [apart("B", "T", 3), x("T", 1), positive(3)] },
  { operator: "Min", form: "of three", inputs: [apart("B", "T", 3), x("T", 1), positive(3)] },
  { operator: "Max", form: "of one", inputs: [x("B", 3)] },
  {
    operator: "Max",
    form: "of two that are equal",
    inputs: [filled("float64", () => 1, 3), filled("float64", () => 1, 3)],
    by: [0, 1],
    expected: (_, [g]) => [half(g), half(g)],
  },
  {
    operator: "Clip",
    form: "",
    inputs: [ranked("B", "T", 3), { ...x(), value: () => 2.6 }, { ...x(), value: () => 7.6 }],
    by: [0],
  },
  { operator: "Clip", form: "from below alone", inputs: [ranked("B", "T", 3), { ...x(), value: () => 2.6 }], by: [0] },
  { operator: "Gelu", form: "by the error function", opset: 20, inputs: [x("B", "T", 3)], float32: true },
  {
    operator: "Gelu",
    form: "by tanh",
    opset: 20,
    inputs: [x("B", "T", 3)],
    attributes: { approximate: string("tanh") },
    float32: true,
  },
  { operator: "com.microsoft:Gelu", form: "", inputs: [x("B", "T", 3)], float32: true },
  { operator: "com.microsoft:FastGelu", form: "", inputs: [x("B", "T", 3)], float32: true },
  bent("HardSigmoid", {
    attributes: { alpha: float(0.3), beta: float(0.4) },
    inputs: [{ ...ranked("B", "T", 3), value: (i) => ((i * 5) % 11) - 5.1 }],
  }),
  bent("HardSwish", { inputs: [{ ...ranked("B", "T", 3), value: (i) => ((i * 5) % 11) - 5.3 }] }),
  bent("LeakyRelu", { attributes: { alpha: float(0.2) } }),
  bent("Elu", { attributes: { alpha: float(0.7) } }),
  bent("Selu"),
  bent("Softplus"),
  bent("Softsign"),
  bent("Mish", { opset: 22 }),
  bent("Swish", { opset: 24, attributes: { alpha: float(0.7) } }),
  bent("PRelu", { inputs: [apart("B", "T", 3), x(3)] }),
  { operator: "Dropout", form: "at inference", inputs: [x("B", 3)] },
];

const half = ({ data }: { readonly data: ArrayLike<unknown> }): number[] => Array.from(data, (v) => Number(v) / 2);
