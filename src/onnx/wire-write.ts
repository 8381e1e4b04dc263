import { utf8Length, writeUtf8 } from "../tensor/utf8";
import { BYTES, FIXED32, VARINT } from "./wire";

/** What writes protobuf fields. `write` is called twice, first to measure: it must do the same both times. */
export interface Writer {
  int(field: number, value: number | bigint): void;
  float(field: number, value: number): void;
  string(field: number, value: string): void;
  bytes(field: number, value: Uint8Array): void;
  /** A packed repeated field of varints; nothing where it's empty. */
  ints(field: number, values: readonly (number | bigint)[]): void;
  /** A packed repeated field of float32; nothing where it's empty. */
  floats(field: number, values: readonly number[]): void;
  message(field: number, write: () => void): void;
}

const varintLength = (value: number): number => {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
};

const intLength = (value: number | bigint): number => {
  if (value < 0) return 10;
  if (value <= Number.MAX_SAFE_INTEGER) return varintLength(Number(value));
  let length = 1;
  for (let rest = BigInt(value); rest >= 0x80n; rest >>= 7n) length++;
  return length;
};

const tagLength = (field: number): number => varintLength(field << 3);

/** Adds up sizes, and keeps those of messages in the order in which they begin. */
class Measure implements Writer {
  size = 0;
  readonly messages: number[] = [];

  int(field: number, value: number | bigint): void {
    this.size += tagLength(field) + intLength(value);
  }
  float(field: number): void {
    this.size += tagLength(field) + 4;
  }
  string(field: number, value: string): void {
    this.#delimited(field, utf8Length(value));
  }
  bytes(field: number, value: Uint8Array): void {
    this.#delimited(field, value.length);
  }
  ints(field: number, values: readonly (number | bigint)[]): void {
    if (values.length === 0) return;
    this.message(field, () => {
      for (const value of values) this.size += intLength(value);
    });
  }
  floats(field: number, values: readonly number[]): void {
    if (values.length > 0) this.#delimited(field, 4 * values.length);
  }
  message(field: number, write: () => void): void {
    const index = this.messages.push(0) - 1;
    const before = this.size;
    write();
    const length = this.size - before;
    this.messages[index] = length;
    this.size += tagLength(field) + varintLength(length);
  }
  #delimited(field: number, length: number): void {
    this.size += tagLength(field) + varintLength(length) + length;
  }
}

/** Writes into bytes of exactly the measured size. */
class Write implements Writer {
  #at = 0;
  #next = 0;
  readonly #view: DataView;

  constructor(
    readonly target: Uint8Array,
    readonly messages: readonly number[],
  ) {
    this.#view = new DataView(target.buffer);
  }

  int(field: number, value: number | bigint): void {
    this.#varint((field << 3) | VARINT);
    this.#int(value);
  }
  float(field: number, value: number): void {
    this.#varint((field << 3) | FIXED32);
    this.#float(value);
  }
  string(field: number, value: string): void {
    this.#delimited(field, utf8Length(value));
    this.#at = writeUtf8(value, this.target, this.#at);
  }
  bytes(field: number, value: Uint8Array): void {
    this.#delimited(field, value.length);
    this.target.set(value, this.#at);
    this.#at += value.length;
  }
  ints(field: number, values: readonly (number | bigint)[]): void {
    if (values.length === 0) return;
    this.message(field, () => {
      for (const value of values) this.#int(value);
    });
  }
  floats(field: number, values: readonly number[]): void {
    if (values.length === 0) return;
    this.#delimited(field, 4 * values.length);
    for (const value of values) this.#float(value);
  }
  message(field: number, write: () => void): void {
    this.#delimited(field, this.messages[this.#next++]!);
    write();
  }
  #delimited(field: number, length: number): void {
    this.#varint((field << 3) | BYTES);
    this.#varint(length);
  }
  #float(value: number): void {
    this.#view.setFloat32(this.#at, value, true);
    this.#at += 4;
  }
  #varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.target[this.#at++] = (rest % 0x80) | 0x80;
    this.target[this.#at++] = rest;
  }
  #int(value: number | bigint): void {
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) {
      this.#varint(Number(value));
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 0x80n; rest >>= 7n) this.target[this.#at++] = Number(rest & 0x7fn) | 0x80;
    this.target[this.#at++] = Number(rest);
  }
}

/**
 * The bytes of the message that `write` writes, in memory of just their size.
 * `allow` may refuse a size by throwing, before that memory is reserved.
 */
export function serialize(write: (writer: Writer) => void, allow: (size: number) => void): Uint8Array {
  const measure = new Measure();
  write(measure);
  allow(measure.size);
  const bytes = new Uint8Array(measure.size);
  write(new Write(bytes, measure.messages));
  return bytes;
}
