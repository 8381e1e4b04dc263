import { float } from "../../../onnx/attributes";
import type { Tensor } from "../../../tensor/tensor";
import type { Case } from "../gradient-case";
import { filled, single, weight, x } from "./inputs";

const numbers = ({ data }: Tensor): readonly number[] => Array.from(data as Float64Array);
const rowsOf = (values: readonly number[], width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, r) => values.slice(r * width, (r + 1) * width));

/** g times the Jacobian of a function of rows, written out element by element. */
const throughJacobian = (
  v: Tensor,
  g: Tensor,
  width: number,
  jacobian: (row: readonly number[]) => (to: number, from: number) => number,
): number[] =>
  rowsOf(numbers(v), width).flatMap((row, r) => {
    const at = jacobian(row);
    return row.map((_, j) => row.reduce((sum, _v, i) => sum + numbers(g)[r * width + i] * at(i, j), 0));
  });

const average = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0) / row.length;
const same = (i: number, j: number): number => (i === j ? 1 : 0);

/** Rules against numbers that are known without running the operator. */
export const knownCases: readonly Case[] = [
  {
    operator: "Softmax",
    form: "against its Jacobian",
    inputs: [x("B", "T", 4)],
    expected: ([v], [g]) => [
      throughJacobian(v, g, 4, (row) => {
        const total = row.reduce((sum, each) => sum + Math.exp(each), 0);
        const s = row.map((each) => Math.exp(each) / total);
        return (i, j) => s[i] * (same(i, j) - s[j]);
      }),
    ],
  },
  ...[true, false].map(
    (centred): Case => ({
      operator: centred ? "LayerNormalization" : "SimplifiedLayerNormalization",
      form: "against its Jacobian",
      inputs: [x("B", "T", 5), weight(5)],
      attributes: { epsilon: float(0.01) },
      ...(centred ? {} : { float32: true as const }),
      expected: ([v, scale], [g]) => [
        throughJacobian(v, g, 5, (row) => {
          const mean = centred ? average(row) : 0;
          const deviation = Math.sqrt(average(row.map((each) => (each - mean) ** 2)) + Math.fround(0.01));
          const unit = row.map((each) => (each - mean) / deviation);
          const shared = centred ? 1 / 5 : 0;
          return (i, j) => (numbers(scale)[i] * (same(i, j) - shared - (unit[i] * unit[j]) / 5)) / deviation;
        }),
      ],
    }),
  ),
  ...["com.microsoft:Gelu", "com.microsoft:FastGelu"].map(
    (operator): Case => ({
      operator,
      form: "at 0, 1 and -1",
      inputs: [filled("float32", (i) => [0, 1, -1][i], 3)],
      by: [0],
      float32: true,
      // Φ(1) + φ(1) and 1 less it; of the form by tanh, from its own formula in 30 digits.
      expected: (_, [g]) => {
        const [rise, fall] = operator.endsWith("FastGelu")
          ? [1.0829640838457826, -0.0829640838457826]
          : [1.0833154705876864, -0.0833154705876864];
        return [[0.5, rise, fall].map((slope, i) => slope * numbers(g)[i])];
      },
    }),
  ),
  {
    operator: "MatMul",
    form: "against loops",
    inputs: [single(2, 3), single(3, 4)],
    by: [0, 1],
    float32: true,
    expected: ([a, c], [g]) => {
      const [first, second, back] = [a, c, g].map(numbers);
      const byFirst = Array.from({ length: 6 }, (_, i) =>
        [0, 1, 2, 3].reduce((sum, n) => sum + back[Math.floor(i / 3) * 4 + n] * second[(i % 3) * 4 + n], 0),
      );
      const bySecond = Array.from({ length: 12 }, (_, i) =>
        [0, 1].reduce((sum, m) => sum + first[m * 3 + Math.floor(i / 4)] * back[m * 4 + (i % 4)], 0),
      );
      return [byFirst, bySecond];
    },
  },
];
