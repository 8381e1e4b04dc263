import { writeUtf8 } from "../tensor/utf8";
import { BYTES, FIXED32, VARINT } from "./wire";

/** From this size on, bytes are kept where they are until the whole is put together. */
const large = 4096;

interface Held {
  /** Where they belong among the bytes that are written. */
  at: number;
  readonly bytes: Uint8Array;
}

const varintLength = (value: number): number => {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
};

/** Writes protobuf fields one after another. */
export class Writer {
  #bytes = new Uint8Array(1 << 16);
  #at = 0;
  readonly #held: Held[] = [];
  #heldSize = 0;

  int(field: number, value: number | bigint): void {
    this.#tag(field, VARINT);
    this.#int(value);
  }

  float(field: number, value: number): void {
    this.#tag(field, FIXED32);
    this.#floats([value]);
  }

  string(field: number, value: string): void {
    this.#tag(field, BYTES);
    const start = this.#begin(3 * value.length);
    this.#at = writeUtf8(value, this.#bytes, this.#at);
    this.#end(start);
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, BYTES);
    this.#varint(value.length);
    if (value.length >= large) {
      this.#held.push({ at: this.#at, bytes: value });
      this.#heldSize += value.length;
      return;
    }
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** A packed repeated field of varints; nothing where it's empty. */
  ints(field: number, values: readonly (number | bigint)[]): void {
    if (values.length === 0) return;
    this.#tag(field, BYTES);
    const start = this.#begin(0);
    for (const value of values) this.#int(value);
    this.#end(start);
  }

  /** A packed repeated field of float32; nothing where it's empty. */
  floats(field: number, values: readonly number[]): void {
    if (values.length === 0) return;
    this.#tag(field, BYTES);
    this.#varint(4 * values.length);
    this.#floats(values);
  }

  message(field: number, write: () => void): void {
    this.#tag(field, BYTES);
    const [held, heldSize] = [this.#held.length, this.#heldSize];
    const start = this.#begin(0);
    write();
    this.#end(start, held, this.#heldSize - heldSize);
  }

  /** All that was written, in memory of just its size; `allow` may refuse that size by throwing. */
  finish(allow: (size: number) => void): Uint8Array {
    allow(this.#at + this.#heldSize);
    const whole = new Uint8Array(this.#at + this.#heldSize);
    let from = 0;
    let to = 0;
    for (const { at, bytes } of this.#held) {
      whole.set(this.#bytes.subarray(from, at), to);
      to += at - from;
      from = at;
      whole.set(bytes, to);
      to += bytes.length;
    }
    whole.set(this.#bytes.subarray(from, this.#at), to);
    return whole;
  }

  /** Leaves one byte for a length, which is enough for most, and room for `most` bytes after it. */
  #begin(most: number): number {
    this.#reserve(1 + most);
    return this.#at++;
  }

  /** Writes the length of what was written since `start`, and moves that where the length takes more than its byte. */
  #end(start: number, firstHeld = this.#held.length, heldSize = 0): void {
    const length = this.#at - start - 1 + heldSize;
    if (length < 0x80) {
      this.#bytes[start] = length;
      return;
    }
    const more = varintLength(length) - 1;
    this.#reserve(more);
    this.#bytes.copyWithin(start + 1 + more, start + 1, this.#at);
    const end = this.#at + more;
    for (let i = firstHeld; i < this.#held.length; i++) this.#held[i]!.at += more;
    this.#at = start;
    this.#varint(length);
    this.#at = end;
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const bytes = new Uint8Array(2 * (this.#at + more));
    bytes.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = bytes;
  }

  #tag(field: number, wire: number): void {
    this.#varint((field << 3) | wire);
  }

  #floats(values: readonly number[]): void {
    this.#reserve(4 * values.length);
    const view = new DataView(this.#bytes.buffer);
    for (const value of values) {
      view.setFloat32(this.#at, value, true);
      this.#at += 4;
    }
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value; // over 31 bits too, so no shifts
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  #int(value: number | bigint): void {
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) {
      this.#varint(Number(value));
      return;
    }
    this.#reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 0x80n; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#at++] = Number(rest);
  }
}
