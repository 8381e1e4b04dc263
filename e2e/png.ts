import { deflateSync } from "node:zlib";
import type { Rgb } from "../src/image/rgb";

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = table[(c ^ byte) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function chunk(type: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc(named));
  return Buffer.concat([length, named, sum]);
}

const whole = [[0, 0, 1, 1]] as const;
/** Where the passes of an interlaced file start, and their steps: across and down. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** A picture as a PNG file. */
export function encodePng({ width, height, data }: Rgb, interlaced = false): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, Number(interlaced)], 8); // 8 bits, RGB
  const lines: number[] = [];
  for (const [x0, y0, dx, dy] of interlaced ? adam7 : whole)
    for (let y = y0; y < height; y += dy) {
      if (x0 < width) lines.push(0); // the line's filter
      for (let x = x0; x < width; x += dx) lines.push(...data.subarray((y * width + x) * 3, (y * width + x + 1) * 3));
    }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from(lines))),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** A picture that is nowhere the same: colours that turn, with shapes in them. */
export function pattern(width: number, height: number): Rgb {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const round = Math.hypot(x - width * 0.6, y - height * 0.4) < Math.min(width, height) * 0.25;
      const [r, g, b] = round ? [230, 180, 60] : [(255 * x) / width, (255 * y) / height, 128 + 100 * Math.sin(x / 9)];
      data.set([r!, g!, b!], (y * width + x) * 3);
    }
  return { width, height, data };
}
