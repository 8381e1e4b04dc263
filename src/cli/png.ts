import { inflateSync } from "node:zlib";
import type { Rgb } from "../image/rgb";

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export const isPng = (bytes: Uint8Array): boolean => signature.every((byte, i) => bytes[i] === byte);

/** Numbers a pixel by colour type: grey, RGB, palette, grey with alpha, RGB with alpha. */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Where the lines of each pass of an interlaced picture start, and how far its pixels are apart: x, y, across, down. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/**
 * A PNG file's pixels, see-through ones on white, as the page reads them. Of 16 bits the upper 8 count.
 * @throws Error `not a PNG: ...` for a file that is damaged or of a form that the format doesn't have
 */
export function decodePng(bytes: Uint8Array, name: string): Rgb {
  const fail = (why: string): never => {
    throw new Error(`not a PNG: ${name} (${why})`);
  };
  if (!isPng(bytes)) fail("it doesn't begin as one");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  let header: DataView | null = null;
  let palette: Uint8Array | null = null;
  let clear: Uint8Array | null = null;
  for (let at = 8; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (body.length < length) fail("it ends too early");
    if (type === "IHDR") header = new DataView(body.buffer, body.byteOffset, length);
    if (type === "PLTE") palette = body;
    if (type === "tRNS") clear = body;
    if (type === "IDAT") data.push(body);
    if (type === "IEND") break;
    at += 12 + length;
  }
  if (!header || data.length === 0) return fail("it has no pixels");
  const [width, height] = [header.getUint32(0), header.getUint32(4)];
  const [depth, colour, interlaced] = [header.getUint8(8), header.getUint8(9), header.getUint8(12)];
  const channels = samples[colour] ?? fail(`colour type ${colour}`);
  if (colour === 3 && !palette) fail("its palette is missing");
  const raw = inflateSync(Buffer.concat(data));
  const result = new Uint8Array(width * height * 3);
  let from = 0;
  for (const [x0, y0, dx, dy] of interlaced ? passes : ([[0, 0, 1, 1]] as const)) {
    const [across, down] = [Math.ceil((width - x0) / dx), Math.ceil((height - y0) / dy)];
    if (across <= 0 || down <= 0) continue;
    const line = Math.ceil((across * channels * depth) / 8);
    if (raw.length < from + down * (line + 1)) fail("it ends too early");
    let above = new Uint8Array(line);
    for (let y = 0; y < down; y++) {
      const filter = raw[from]!;
      const own = Uint8Array.from(raw.subarray(from + 1, from + 1 + line));
      unfilter(own, above, filter, Math.max(1, (channels * depth) >> 3)) || fail(`filter ${filter}`);
      for (let x = 0; x < across; x++) {
        const sample = (c: number) => sampleAt(own, x * channels + c, depth);
        const [r, g, b, a] = rgbaOf(colour, sample, { palette, clear, depth });
        const at = ((y0 + y * dy) * width + x0 + x * dx) * 3;
        [r, g, b].forEach((v, c) => {
          result[at + c] = Math.round((v * a + 255 * (255 - a)) / 255);
        });
      }
      above = own;
      from += line + 1;
    }
  }
  return { width, height, data: result };
}

/** Undoes a line's filter in place; false for one that there isn't. */
function unfilter(line: Uint8Array, above: Uint8Array, filter: number, back: number): boolean {
  if (filter > 4) return false;
  for (let i = 0; i < line.length; i++) {
    const [left, up, corner] = [line[i - back] ?? 0, above[i]!, above[i - back] ?? 0];
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
    line[i] = line[i]! + guess;
  }
  return true;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** A number of a line, as it is stored; of 16 bits the upper 8. */
function sampleAt(line: Uint8Array, index: number, depth: number): number {
  if (depth === 8) return line[index]!;
  if (depth === 16) return line[2 * index]!;
  const bit = index * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

interface Colours {
  readonly palette: Uint8Array | null;
  readonly clear: Uint8Array | null;
  readonly depth: number;
}

function rgbaOf(
  colour: number,
  sample: (channel: number) => number,
  { palette, clear, depth }: Colours,
): readonly [number, number, number, number] {
  const scale = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  const stated = (channel: number) => clear?.[2 * channel + (depth === 16 ? 0 : 1)];
  switch (colour) {
    case 0: {
      const grey = sample(0);
      return [grey * scale, grey * scale, grey * scale, grey === stated(0) ? 0 : 255];
    }
    case 2: {
      const [r, g, b] = [sample(0), sample(1), sample(2)];
      return [r, g, b, r === stated(0) && g === stated(1) && b === stated(2) ? 0 : 255];
    }
    case 3: {
      const at = sample(0);
      const [r = 0, g = 0, b = 0] = palette!.subarray(3 * at, 3 * at + 3);
      return [r, g, b, clear?.[at] ?? 255];
    }
    case 4:
      return [sample(0), sample(0), sample(0), sample(1)];
    default:
      return [sample(0), sample(1), sample(2), sample(3)];
  }
}
