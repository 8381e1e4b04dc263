import { decodeUtf8, Utf8Error } from "../tensor/utf8";
import { OnnxError, type OnnxErrorKind } from "./error";

/** Protobuf's wire types. Groups (3 and 4) are gone since proto3 and refused. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

const deepest = 64;
/** Far above any real model's, and low enough that a hostile file of empty messages can't fill the memory. */
const mostMessages = 1 << 20;
const mostScalars = 1 << 22;

/**
 * Reads protobuf fields one after another: `next()` moves to a field, then exactly one of the readers or `skip` takes
 * its value. Every reader checks the wire type and the bounds, and throws OnnxError.
 */
export class Reader {
  position = 0;
  field = 0;
  wire = 0;
  /** Where the current field's tag starts. */
  start = 0;
  #limit: number;
  #depth = 0;
  #messages = 0;
  #scalars = 0;
  #low = 0;
  #high = 0;
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    // A plain one of whatever subclass: Node's Buffer has a `slice` that doesn't copy.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limit = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Where the current message ends. */
  get end(): number {
    return this.#limit;
  }

  /** Moves to the next field of the current message; false at its end. */
  next(): boolean {
    if (this.position >= this.#limit) return false;
    this.start = this.position;
    this.#varint("tag");
    const tag = this.#low >>> 0;
    this.field = tag >>> 3;
    this.wire = tag & 7;
    if (this.#high !== 0 || this.field === 0) throw this.error("malformed", "bad tag", this.start);
    return true;
  }

  /** A nested message: `read` takes its fields, and sees its end as the end. */
  message<T>(thing: string, read: () => T): T {
    const end = this.#chunk(thing);
    const outer = this.#limit;
    if (this.#depth >= deepest) throw this.error("malformed", `nested over ${deepest} deep: ${thing}`, this.start);
    if (++this.#messages > mostMessages)
      throw this.error("too-large", `over ${mostMessages} parts: ${thing}`, this.start);
    this.#depth++;
    this.#limit = end;
    const value = read();
    this.#limit = outer;
    this.#depth--;
    return value;
  }

  /** A view of a bytes field. */
  view(thing: string): Uint8Array {
    this.#scalar(thing);
    const end = this.#chunk(thing);
    const value = this.bytes.subarray(this.position, end);
    this.position = end;
    return value;
  }

  string(thing: string): string {
    this.#scalar(thing);
    const end = this.#chunk(thing);
    const start = this.position;
    this.position = end;
    try {
      return decodeUtf8(this.bytes, start, end);
    } catch (error) {
      if (error instanceof Utf8Error) throw this.error("malformed", `bad UTF-8: ${thing}`, start + error.offset);
      throw error;
    }
  }

  int64(thing: string): bigint {
    this.#expect(VARINT, thing);
    this.#varint(thing);
    return this.#bigint();
  }

  /** An integer that a number holds exactly. */
  integer(thing: string): number {
    this.#expect(VARINT, thing);
    this.#varint(thing);
    return this.#safe(thing);
  }

  float(thing: string): number {
    this.#expect(FIXED32, thing);
    return this.#view.getFloat32(this.#take(4, thing), true);
  }

  /** Calls `push` with each element of a repeated varint field, packed or not: its low and high 32 bits, signed. */
  varints(thing: string, push: (low: number, high: number) => void): void {
    if (this.wire !== BYTES) {
      this.#expect(VARINT, thing);
      this.#varint(thing);
      push(this.#low, this.#high);
      return;
    }
    const end = this.#chunk(thing);
    const outer = this.#limit;
    this.#limit = end;
    this.#depth++;
    while (this.position < end) {
      this.#varint(thing);
      push(this.#low, this.#high);
    }
    this.#depth--;
    this.#limit = outer;
  }

  int64s(thing: string, into: bigint[]): void {
    this.varints(thing, () => {
      this.#scalar(thing);
      into.push(this.#bigint());
    });
  }

  integers(thing: string, into: number[]): void {
    this.varints(thing, () => {
      this.#scalar(thing);
      into.push(this.#safe(thing));
    });
  }

  /** A view of one chunk of a repeated field of `width` bytes an element: all of a packed one, or a single element. */
  fixed(width: 4 | 8, thing: string): Uint8Array {
    let end: number;
    if (this.wire === BYTES) end = this.#chunk(thing);
    else {
      this.#expect(width === 4 ? FIXED32 : FIXED64, thing);
      end = this.#take(width, thing) + width;
      this.position -= width;
    }
    const value = this.bytes.subarray(this.position, end);
    if (value.length % width !== 0)
      throw this.error("malformed", `${thing}: ${value.length} bytes are no whole elements of ${width}`, this.start);
    this.position = end;
    return value;
  }

  floats(thing: string, into: number[]): void {
    const at = this.fixed(4, thing);
    const start = this.position - at.length;
    for (let i = start; i < this.position; i += 4) {
      this.#scalar(thing);
      into.push(this.#view.getFloat32(i, true));
    }
  }

  /** Passes over a field that isn't of interest. */
  skip(): void {
    const thing = `field ${this.field}`;
    switch (this.wire) {
      case VARINT:
        this.#varint(thing);
        break;
      case FIXED64:
        this.#take(8, thing);
        break;
      case BYTES:
        this.position = this.#chunk(thing);
        break;
      case FIXED32:
        this.#take(4, thing);
        break;
      default:
        throw this.error("malformed", `wire type ${this.wire}: ${thing}`, this.start);
    }
  }

  /** Reads the fields of the message at `[start, end)` again, with `read`. */
  again(start: number, end: number, read: () => void): void {
    const { position } = this;
    const outer = this.#limit;
    this.position = start;
    this.#limit = end;
    this.#depth++;
    read();
    this.#depth--;
    this.#limit = outer;
    this.position = position;
  }

  error(kind: OnnxErrorKind, message: string, offset = this.position): OnnxError {
    return new OnnxError(kind, message, offset);
  }

  #expect(wire: number, thing: string): void {
    if (this.wire !== wire)
      throw this.error("malformed", `wire type ${this.wire} instead of ${wire}: ${thing}`, this.start);
  }

  #scalar(thing: string): void {
    if (++this.#scalars > mostScalars)
      throw this.error("too-large", `over ${mostScalars} values: ${thing}`, this.start);
  }

  /** The end of the length-delimited value that starts at `position`. */
  #chunk(thing: string): number {
    this.#expect(BYTES, thing);
    this.#varint(thing);
    const length = (this.#high >>> 0) * 2 ** 32 + (this.#low >>> 0);
    if (length > this.#limit - this.position) throw this.#overrun(thing, length);
    return this.position + length;
  }

  #take(length: number, thing: string): number {
    if (length > this.#limit - this.position) throw this.#overrun(thing, length);
    this.position += length;
    return this.position - length;
  }

  #overrun(thing: string, length: number): OnnxError {
    const left = this.#limit - this.position;
    return this.#depth === 0
      ? this.error("truncated", `file cut short: ${thing} wants ${length} bytes, ${left} are left; fetch it again`)
      : this.error("malformed", `past the end of its message: ${thing} wants ${length} bytes, ${left} are left`);
  }

  #varint(thing: string): void {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      if (this.position >= this.#limit) throw this.#overrun(thing, 1);
      const byte = this.bytes[this.position++]!;
      const bits = byte & 0x7f;
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high = bits >> 4;
      } else if (i < 9) high |= bits << (7 * i - 32);
      else {
        if (byte > 1) break;
        high |= bits << 31;
      }
      if (byte < 0x80) {
        this.#low = low;
        this.#high = high;
        return;
      }
    }
    throw this.error("malformed", `varint over 64 bits: ${thing}`, this.start);
  }

  #bigint(): bigint {
    if (this.#high === 0) return BigInt(this.#low >>> 0);
    return (BigInt(this.#high) << 32n) | BigInt(this.#low >>> 0);
  }

  #safe(thing: string): number {
    const value = this.#high * 2 ** 32 + (this.#low >>> 0);
    if (!Number.isSafeInteger(value)) throw this.error("malformed", `${thing}: ${this.#bigint()}`, this.start);
    return value;
  }
}
