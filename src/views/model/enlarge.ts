/** Pixels as words of four bytes, alpha the uppermost; clear ones are 0. */
export interface Words {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] */
  readonly words: Uint32Array;
}

const LOW = 0x00ff00ff;

/** `share` of 256 parts of `b`, the rest of `a`, for each of the four bytes. */
const mix = (a: number, b: number, share: number): number => {
  if (a === b || share === 0) return a;
  const rest = 256 - share;
  const even = (((a & LOW) * rest + (b & LOW) * share + 0x00800080) >>> 8) & LOW;
  const odd = ((((a >>> 8) & LOW) * rest + ((b >>> 8) & LOW) * share + 0x00800080) >>> 8) & LOW;
  return (even | (odd << 8)) >>> 0;
};

/** A pixel that a clear one was mixed into, with the colour that it had before. */
function unfaded(word: number): number {
  const alpha = word >>> 24;
  if (alpha === 255 || alpha === 0) return word;
  const part = (shift: number): number => Math.min(255, Math.round((((word >>> shift) & 255) * 255) / alpha)) << shift;
  return (part(0) | part(8) | part(16) | (alpha << 24)) >>> 0;
}

/** For each of `size` pixels: the cell that it begins in, and how much of it (of 256) is of the next. */
function cover(size: number, cells: number): { first: Int32Array; next: Int32Array } {
  const first = new Int32Array(size);
  const next = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const from = (i * cells) / size;
    const to = ((i + 1) * cells) / size;
    first[i] = Math.min(cells - 1, Math.floor(from + 1e-9));
    const over = to - (first[i]! + 1);
    next[i] = over > 1e-9 && first[i]! + 1 < cells ? Math.round((256 * over) / (to - from)) : 0;
  }
  return { first, next };
}

/**
 * Enlarges a picture into a square of a larger one: each pixel is the mean of what it covers, so that all cells look
 * equally large whatever the factor.
 *
 * @param size side of the square in pixels, at least as many as the picture has rows and columns
 * @param at where the square begins in `to`, whose rows have `stride` pixels
 */
export function enlarge({ rows, columns, words }: Words, size: number, to: Uint32Array, at: number, stride: number) {
  const across = cover(size, columns);
  const down = cover(size, rows);
  const wide = new Uint32Array(rows * size);
  for (let r = 0; r < rows; r++)
    for (let x = 0; x < size; x++) {
      const from = r * columns + across.first[x]!;
      const share = across.next[x]!;
      wide[r * size + x] = share === 0 ? words[from]! : mix(words[from]!, words[from + 1]!, share);
    }
  for (let y = 0; y < size; y++) {
    const from = down.first[y]! * size;
    const share = down.next[y]!;
    for (let x = 0; x < size; x++) {
      const word = wide[from + x]!;
      to[at + y * stride + x] = unfaded(share === 0 ? word : mix(word, wide[from + size + x]!, share));
    }
  }
}
