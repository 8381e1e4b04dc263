import { bitsOf, type DType, typedArrayOf } from "../tensor/tensor";
import { dtypeName, dtypeOf } from "./codes";
import type { Weight, WeightSource } from "./model";
import type { Reader } from "./wire";

/** The field of TensorProto that holds elements of a type, where they aren't in `raw_data`. */
const typedField = (dtype: DType): number => {
  switch (dtype) {
    case "float32":
      return 4;
    case "float64":
      return 10;
    case "int64":
      return 7;
    case "uint32":
    case "uint64":
      return 11;
    default:
      return 5;
  }
};

/** The TensorProto that the reader is in. The bytes stay a view wherever the file has them little endian in one piece. */
export function readTensor(r: Reader): Weight {
  const start = r.position;
  const { end } = r;
  const dims: number[] = [];
  const strings: Uint8Array[] = [];
  const external = new Map<string, string>();
  let name = "";
  let code = 0;
  let isExternal = false;
  let raw: WeightSource | null = null;
  let segmented = false;
  while (r.next())
    switch (r.field) {
      case 1:
        r.integers("dims", dims);
        break;
      case 2:
        code = r.integer("data_type");
        break;
      case 3:
        segmented = true;
        r.skip();
        break;
      case 6:
        strings.push(r.view("string_data"));
        break;
      case 8:
        name = r.string("tensor name");
        break;
      case 9: {
        const bytes = r.view("raw_data");
        raw = { kind: "bytes", bytes, offset: r.position - bytes.length };
        break;
      }
      case 13: {
        const [key, value] = readEntry(r, "external_data");
        external.set(key, value);
        break;
      }
      case 14:
        isExternal = r.integer("data_location") === 1;
        break;
      default:
        r.skip();
    }
  const dtype = dtypeOf(code);
  if (!dtype)
    throw r.error("unsupported", `unsupported element type: ${dtypeName(code)}, of the tensor "${name}"`, start);
  if (segmented) throw r.error("unsupported", `unsupported tensor in segments: "${name}"`, start);
  const what = `"${name}" ${dtype} [${dims.slice(0, 16)}${dims.length > 16 ? ",..." : ""}]`;
  const size = elements(dims);
  if (size === null) throw r.error("malformed", `bad dims: ${what}`, start);
  if (dtype === "string") {
    if (strings.length !== size)
      throw r.error("malformed", `wrong size: ${what} has ${strings.length} strings instead of ${size}`, start);
    return { name, dtype, dims, source: { kind: "strings", values: strings } };
  }
  const wanted = Math.ceil((size * bitsOf(dtype)) / 8);
  const check = (length: number): void => {
    if (length !== wanted)
      throw r.error("malformed", `wrong size: ${what} has ${length} bytes instead of ${wanted}`, start);
  };
  if (isExternal) {
    const number = (key: string): number | null => {
      const value = external.get(key);
      if (value === undefined) return null;
      if (!/^\d{1,15}$/.test(value)) throw r.error("malformed", `bad external_data ${key}: ${what} "${value}"`, start);
      return Number(value);
    };
    const location = external.get("location");
    if (!location) throw r.error("malformed", `no external_data location: ${what}`, start);
    const length = number("length");
    if (length !== null) check(length);
    return { name, dtype, dims, source: { kind: "external", location, offset: number("offset") ?? 0, length } };
  }
  if (raw) {
    check(raw.bytes.length);
    return { name, dtype, dims, source: raw };
  }
  const source = readTyped(r, start, end, dtype, wanted, what);
  return { name, dtype, dims, source };
}

/** The product of dims, or null where one is negative or the product isn't exact. */
function elements(dims: readonly number[]): number | null {
  let size = 1;
  for (const dim of dims) {
    if (dim < 0) return null;
    size *= dim;
    if (!Number.isSafeInteger(size * 8)) return null;
  }
  return size;
}

/** The `wanted` bytes of the elements of a TensorProto without `raw_data`; reads `[start, end)` again. */
function readTyped(r: Reader, start: number, end: number, dtype: DType, wanted: number, what: string): WeightSource {
  const width = typedArrayOf(dtype).BYTES_PER_ELEMENT;
  const field = typedField(dtype);
  const fixed = field === 4 ? 4 : field === 10 ? 8 : null;
  const wrong = (has: string) => r.error("malformed", `wrong size: ${what} has ${has} bytes than ${wanted}`, start);
  // An element takes a byte at least, so that hostile dims can't reserve more than the file pays for.
  if (wanted / width > end - start) throw wrong("fewer");
  const bytes = { whole: null as Uint8Array | null, offset: 0, copy: null as DataView | null };
  let at = 0;
  const copy = (): DataView => {
    bytes.copy ??= new DataView(new ArrayBuffer(wanted));
    return bytes.copy;
  };
  r.again(start, end, () => {
    while (r.next())
      if (r.field !== field) r.skip();
      else if (fixed) {
        const chunk = r.fixed(fixed, "tensor data");
        if (at + chunk.length > wanted) throw wrong("more");
        if (chunk.length === wanted) {
          bytes.whole = chunk;
          bytes.offset = r.position - chunk.length;
        } else new Uint8Array(copy().buffer).set(chunk, at);
        at += chunk.length;
      } else {
        const data = copy();
        r.varints("tensor data", (low, high) => {
          if (at + width > wanted) throw wrong("more");
          if (width === 1) data.setUint8(at, low);
          else if (width === 2) data.setUint16(at, low, true);
          else data.setInt32(at, low, true);
          if (width === 8) data.setInt32(at + 4, high, true);
          at += width;
        });
      }
  });
  if (at !== wanted) throw wrong("fewer");
  if (bytes.whole) return { kind: "bytes", bytes: bytes.whole, offset: bytes.offset };
  return { kind: "bytes", bytes: new Uint8Array(copy().buffer), offset: null };
}

/** A StringStringEntryProto. */
export function readEntry(r: Reader, thing: string): [key: string, value: string] {
  return r.message(thing, () => {
    let key = "";
    let value = "";
    while (r.next())
      if (r.field === 1) key = r.string(thing);
      else if (r.field === 2) value = r.string(thing);
      else r.skip();
    return [key, value];
  });
}
