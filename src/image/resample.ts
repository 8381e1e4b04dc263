import type { Rgb } from "./rgb";

/** How pixels between pixels are made, by the numbers that Pillow and preprocessor_config.json give them. */
export const filters = {
  0: "nearest",
  1: "lanczos",
  2: "bilinear",
  3: "bicubic",
  4: "box",
  5: "hamming",
} as const;
export type Filter = (typeof filters)[keyof typeof filters];

interface Kernel {
  readonly support: number;
  weight(x: number): number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

const kernels: Readonly<Record<Exclude<Filter, "nearest">, Kernel>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: {
    support: 1,
    weight: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(x * Math.PI))),
  },
  bicubic: {
    support: 2,
    weight(at) {
      const [x, a] = [Math.abs(at), -0.5];
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Weights are whole numbers of this, and sums are rounded to 8 bits after each direction, as Pillow does. */
const one = 2 ** 22;

/** For each pixel of the result: the first pixel that it is made of, and the weights of those from there on. */
function weightsOf(from: number, to: number, { support, weight }: Kernel) {
  const scale = from / to;
  const stretch = Math.max(1, scale); // a smaller picture is made of all pixels under it
  const reach = support * stretch;
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(from, Math.trunc(centre + reach + 0.5));
    const raw = Array.from({ length: end - first }, (_, k) => weight((k + first - centre + 0.5) / stretch));
    const sum = raw.reduce((all, w) => all + w, 0);
    return { first, weights: raw.map((w) => Math.trunc((w / sum) * one + (w < 0 ? -0.5 : 0.5))) };
  });
}

const to8Bits = (sum: number): number => Math.min(255, Math.max(0, Math.floor((sum + one / 2) / one)));

/** One direction: `lines` lines of `from` pixels, a pixel every `step` numbers and a line every `line`. */
function along(
  source: Rgb["data"],
  result: Uint8Array,
  table: ReturnType<typeof weightsOf>,
  lines: number,
  at: { readonly step: number; readonly line: number },
  put: { readonly step: number; readonly line: number },
): void {
  for (let l = 0; l < lines; l++)
    table.forEach(({ first, weights }, i) => {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++)
          sum += weights[k] * source[l * at.line + (first + k) * at.step + channel];
        result[l * put.line + i * put.step + channel] = to8Bits(sum);
      }
    });
}

/**
 * A picture of another size, with the very numbers that Pillow's `Image.resize` gives: first across, then down, each
 * rounded to 8 bits, with the filter stretched where the picture shrinks.
 */
export function resize(picture: Rgb, width: number, height: number, filter: Filter): Rgb {
  if (width === picture.width && height === picture.height) return picture;
  if (filter === "nearest") return nearest(picture, width, height);
  const kernel = kernels[filter];
  let { data } = picture;
  if (width !== picture.width) {
    const wide = new Uint8Array(picture.height * width * 3);
    const table = weightsOf(picture.width, width, kernel);
    along(data, wide, table, picture.height, { step: 3, line: picture.width * 3 }, { step: 3, line: width * 3 });
    data = wide;
  }
  if (height !== picture.height) {
    const tall = new Uint8Array(height * width * 3);
    const table = weightsOf(picture.height, height, kernel);
    along(data, tall, table, width, { step: width * 3, line: 3 }, { step: width * 3, line: 3 });
    data = tall;
  }
  return { width, height, data };
}

function nearest({ width: from, height: tall, data }: Rgb, width: number, height: number): Rgb {
  const result = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * tall) / height) * from;
    for (let x = 0; x < width; x++) {
      const at = (row + Math.floor(((x + 0.5) * from) / width)) * 3;
      for (let channel = 0; channel < 3; channel++) result[(y * width + x) * 3 + channel] = data[at + channel];
    }
  }
  return { width, height, data: result };
}
