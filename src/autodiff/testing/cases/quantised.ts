import { int, ints } from "../../../onnx/attributes";
import type { Tensor } from "../../../tensor/tensor";
import type { Case, Input } from "../gradient-case";
import { filled, single, weight } from "./inputs";

const byte = (...dims: Input["dims"]): Input => filled("uint8", (_, random) => Math.floor(256 * random()), ...dims);
const signed = (...dims: readonly number[]): Input => ({
  ...filled("int8", (_, random) => Math.floor(256 * random()) - 128, ...dims),
  weight: true,
});
const zero = (dtype: "uint8" | "int8", value: number, ...dims: readonly number[]): Input => ({
  ...filled(dtype, (i) => value + i, ...dims),
  weight: true,
});
const scale = (value: number, ...dims: readonly number[]): Input => ({
  ...filled("float32", (i) => value * (i + 1), ...dims),
  weight: true,
});
const numbers = ({ data }: Tensor): readonly number[] => Array.from(data as Float32Array);

/** g [.., N] times the transpose of a matrix [K, N] that is given by its elements. */
function times(g: Tensor, rows: number, columns: number, at: (row: number, column: number) => number): number[] {
  const from = numbers(g);
  return Array.from({ length: (from.length / columns) * rows }, (_, i) => {
    const [m, k] = [Math.floor(i / rows), i % rows];
    let sum = 0;
    for (let n = 0; n < columns; n++) sum += from[m * columns + n] * at(k, n);
    return sum;
  });
}

/** Rounded values: their rules are straight through, so that differences don't tell. */
const straight = (each: Omit<Case, "float32">): Case => ({ ...each, float32: true });

export const quantisedCases: readonly Case[] = [
  straight({
    operator: "DynamicQuantizeLinear",
    form: "",
    inputs: [single("B", "T", 3)],
    by: [0],
    outputs: [true, true, true],
    expected: ([x], [g]) => {
      const step = (Math.max(0, ...numbers(x)) - Math.min(0, ...numbers(x))) / 255;
      return [numbers(g).map((v) => v / step)];
    },
  }),
  straight({
    operator: "QuantizeLinear",
    form: "",
    inputs: [single("B", 3), scale(0.1), zero("uint8", 7)],
    by: [0],
    expected: (_, [g]) => [numbers(g).map((v) => v / 0.1)],
  }),
  straight({
    operator: "QuantizeLinear",
    form: "by channel",
    inputs: [single("B", 3, 2), scale(0.1, 3), zero("int8", -2, 3)],
    attributes: { axis: int(1) },
    by: [0],
    expected: (_, [g]) => [numbers(g).map((v, i) => v / (0.1 * ((Math.floor(i / 2) % 3) + 1)))],
  }),
  straight({
    operator: "DequantizeLinear",
    form: "by channel",
    inputs: [byte("B", 3), scale(0.1, 3), zero("uint8", 100, 3)],
    attributes: { axis: int(-1) },
    by: [0],
    expected: (_, [g]) => [numbers(g).map((v, i) => v * 0.1 * ((i % 3) + 1))],
  }),
  straight({
    operator: "MatMulInteger",
    form: "by a weight",
    inputs: [byte("B", "T", 3), signed(3, 4), zero("uint8", 128), zero("int8", 5)],
    by: [0],
    expected: ([, w], [g]) => [times(g, 3, 4, (k, n) => numbers(w)[k * 4 + n] - 5)],
  }),
  straight({
    operator: "MatMulInteger",
    form: "by a weight, by column",
    inputs: [byte("B", "T", 3), signed(3, 4), zero("uint8", 128), zero("int8", -5, 4)],
    by: [0],
    expected: ([, w], [g]) => [times(g, 3, 4, (k, n) => numbers(w)[k * 4 + n] - (n - 5))],
  }),
  straight({
    operator: "MatMulInteger",
    form: "of matrices",
    inputs: [byte(2, 3), byte(3, 4), zero("uint8", 100), zero("uint8", 120)],
    by: [0, 1],
    expected: ([a, w], [g]) => {
      const turned = times(
        { ...g, data: Float32Array.from({ length: 8 }, (_, i) => numbers(g)[(i % 2) * 4 + Math.floor(i / 2)]) },
        3,
        2,
        (k, n) => numbers(a)[n * 3 + k] - 100,
      ); // [4, 3]
      return [
        times(g, 3, 4, (k, n) => numbers(w)[k * 4 + n] - 120),
        Array.from({ length: 12 }, (_, i) => turned[(i % 4) * 3 + Math.floor(i / 4)]),
      ];
    },
  }),
  straight({
    operator: "QLinearMatMul",
    form: "",
    inputs: [
      byte("B", 3),
      scale(0.1),
      zero("uint8", 90),
      signed(3, 4),
      scale(0.2),
      zero("int8", 3),
      scale(0.5),
      zero("uint8", 1),
    ],
    by: [0],
    expected: ([, , , w], [g]) => [times(g, 3, 4, (k, n) => ((numbers(w)[k * 4 + n] - 3) * 0.1 * 0.2) / 0.5)],
  }),
  straight({
    operator: "ConvInteger",
    form: "",
    inputs: [byte("B", 1, 5), signed(2, 1, 3), zero("uint8", 100), zero("int8", 4)],
    attributes: { kernel_shape: ints([3]), pads: ints([1, 1]) },
    by: [0],
    expected: ([x, w], [g]) => [
      Array.from({ length: x.dims[0] * 5 }, (_, i) => {
        const [row, at] = [Math.floor(i / 5), i % 5];
        let sum = 0;
        for (let o = 0; o < 2; o++)
          for (let k = 0; k < 3; k++) {
            const place = at + 1 - k;
            if (place >= 0 && place < 5) sum += numbers(g)[(row * 2 + o) * 5 + place] * (numbers(w)[o * 3 + k] - 4);
          }
        return sum;
      }),
    ],
  }),
  ...[
    { form: "in 4 bits", bits: 4, more: [] },
    { form: "in 4 bits with zero points", bits: 4, more: [{ ...byte(6, 2), weight: true as const }] },
    { form: "in 8 bits", bits: 8, more: [] },
  ].map(
    ({ form, bits, more }): Case => ({
      operator: "com.microsoft:MatMulNBits",
      form,
      inputs: [
        single("B", "T", 40),
        { ...byte(6, 3, (16 * bits) / 8), weight: true },
        { ...scale(0.004, 6, 3) },
        ...more,
      ],
      attributes: { K: int(40), N: int(6), bits: int(bits), block_size: int(16) },
      by: [0],
      float32: true,
    }),
  ),
  ...[0, 1].map(
    (type): Case => ({
      operator: "com.microsoft:MatMulBnb4",
      form: type ? "of normal floats" : "of floats",
      inputs: [
        single("B", "T", 24),
        { ...byte(72), weight: true },
        { ...weight(9), value: (i) => 0.1 + 0.05 * i, dtype: "float32" },
      ],
      attributes: { K: int(24), N: int(6), block_size: int(16), quant_type: int(type) },
      by: [0],
      float32: true,
    }),
  ),
];
