import { float32, type Tensor } from "../tensor/tensor";

/** An image without its details: each channel of [3, h, w] under a Gaussian of so many pixels, mirrored at its edges. */
export function blur({ dims, data }: Tensor, sigma: number): Tensor {
  const [channels, height, width] = dims;
  const reach = Math.max(1, Math.ceil(3 * sigma));
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((all, w) => all + w, 0);
  const kernel = weights.map((w) => w / sum);
  const mirrored = (at: number, size: number): number => {
    const period = 2 * size;
    const within = ((at % period) + period) % period;
    return within < size ? within : period - 1 - within;
  };
  const pass = (from: Float32Array, down: boolean): Float32Array => {
    const to = new Float32Array(from.length);
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          let value = 0;
          for (let k = -reach; k <= reach; k++) {
            const at = down ? mirrored(y + k, height) * width + x : y * width + mirrored(x + k, width);
            value += kernel[k + reach] * from[c * height * width + at];
          }
          to[(c * height + y) * width + x] = value;
        }
    return to;
  };
  return float32(dims, pass(pass(data as Float32Array, false), true));
}
