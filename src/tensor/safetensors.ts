import { bitsOf, type DType, sizeOf, type Tensor, typedArrayOf } from "./tensor";
import { decodeUtf8, encodeUtf8, Utf8Error } from "./utf8";

const dtypes: Readonly<Record<string, DType>> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U64: "uint64",
  U32: "uint32",
  U16: "uint16",
  U8: "uint8",
  BOOL: "bool",
};

const names = new Map(Object.entries(dtypes).map(([name, dtype]) => [dtype, name]));

/** The format's own limit; a longer header is refused before it is read. */
const longestHeader = 100_000_000;

/** What reading and writing safetensors throw; nothing else is thrown for bad bytes. */
export class SafetensorsError extends Error {
  constructor(
    readonly kind: "truncated" | "malformed" | "unsupported" | "missing",
    message: string,
  ) {
    super(message);
    this.name = "SafetensorsError";
  }
}

/** Where a tensor's bytes are: `[start, end)` of the file. */
export interface SafetensorsEntry {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: ReadonlyMap<string, string>;
  /** The length of the file that the header tells of. */
  readonly length: number;
}

/** Reads bytes `[start, end)` of a file; fewer only where the file ends before. */
export type RangeReader = (start: number, end: number) => Promise<Uint8Array>;

/** A safetensors file of which only what is asked for is read. */
export interface SafetensorsFile extends SafetensorsHeader {
  /** Throws SafetensorsError `missing` for a name that isn't in the file. */
  read(name: string): Promise<Tensor>;
}

/**
 * All tensors of a file: views of `bytes` where they are aligned, else copies.
 *
 * @throws SafetensorsError, and nothing else, for bytes that aren't a whole safetensors file.
 */
export function readSafetensors(bytes: Uint8Array): {
  tensors: ReadonlyMap<string, Tensor>;
  metadata: ReadonlyMap<string, string>;
} {
  const length = headerLength(bytes);
  const { entries, metadata, length: whole } = parseHeader(bytes.subarray(8, 8 + length), length);
  if (bytes.length < whole) throw cut(`${whole} bytes wanted, ${bytes.length} there`);
  if (bytes.length > whole)
    throw new SafetensorsError("malformed", `bad safetensors: ${bytes.length - whole} bytes after the last tensor`);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of entries) tensors.set(name, tensorAt(entry, bytes.subarray(entry.start, entry.end)));
  return { tensors, metadata };
}

/** Reads the header only; tensors are read when they are asked for. Throws SafetensorsError. */
export async function openSafetensors(read: RangeReader): Promise<SafetensorsFile> {
  const length = headerLength(await read(0, 8));
  const header = parseHeader(await read(8, 8 + length), length);
  return {
    ...header,
    async read(name) {
      const entry = header.entries.get(name);
      if (!entry) throw new SafetensorsError("missing", `no tensor: ${name}`);
      const bytes = entry.end > entry.start ? await read(entry.start, entry.end) : new Uint8Array(0);
      if (bytes.length < entry.end - entry.start) throw cut(`"${name}" ends at ${entry.end}`);
      return tensorAt(entry, bytes.subarray(0, entry.end - entry.start));
    },
  };
}

/**
 * A file of tensors, widest elements first, so that all are aligned. Throws SafetensorsError `unsupported` for 4-bit
 * and string tensors, which the format has no name for.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const header: [string, unknown][] = metadata.size > 0 ? [["__metadata__", Object.fromEntries(metadata)]] : [];
  const width = (tensor: Tensor): number => tensor.data.BYTES_PER_ELEMENT;
  const ordered = [...tensors].sort(([, a], [, b]) => width(b) - width(a));
  let at = 0;
  for (const [name, { dtype, dims, data }] of ordered) {
    const type = names.get(dtype);
    if (!type || name === "__metadata__")
      throw new SafetensorsError("unsupported", `no safetensors type: ${dtype} of "${name}"`);
    header.push([name, { dtype: type, shape: dims, data_offsets: [at, at + data.byteLength] }]);
    at += data.byteLength;
  }
  const json = encodeUtf8(
    `{${header.map(([key, each]) => `${JSON.stringify(key)}:${JSON.stringify(each)}`).join(",")}}`,
  );
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + at).fill(0x20, 8 + json.length, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  let to = 8 + length;
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), to);
    to += data.byteLength;
  }
  return bytes;
}

const cut = (detail: string): SafetensorsError =>
  new SafetensorsError("truncated", `safetensors cut short: ${detail}; fetch it again`);

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < 8) throw cut(`${bytes.length} bytes, no header`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > longestHeader)
    throw new SafetensorsError("malformed", `not safetensors: a header of ${length} bytes (at most ${longestHeader})`);
  return length;
}

function parseHeader(bytes: Uint8Array, length: number): SafetensorsHeader {
  if (bytes.length < length) throw cut(`a header of ${length} bytes, ${bytes.length} there`);
  const json = parseJson(bytes.subarray(0, length));
  if (!isRecord(json)) throw bad("the header", "no object");
  const entries = new Map<string, SafetensorsEntry>();
  const metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(json))
    if (name === "__metadata__") {
      if (!isRecord(value)) throw bad(name, "no object");
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== "string") throw bad(name, `${key} is no text`);
        metadata.set(key, text);
      }
    } else entries.set(name, parseEntry(name, value, 8 + length));
  // In the order of their bytes, tensors lie end to end: no holes, no overlaps.
  let end = 8 + length;
  for (const [name, entry] of [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end)) {
    if (entry.start !== end) throw bad(`"${name}"`, `begins at ${entry.start} instead of ${end}`);
    end = entry.end;
  }
  return { entries, metadata, length: end };
}

function parseEntry(name: string, value: unknown, base: number): SafetensorsEntry {
  if (!isRecord(value)) throw bad(`"${name}"`, "no object");
  const { dtype: type, shape: dims, data_offsets: offsets } = value;
  if (typeof type !== "string") throw bad(`"${name}"`, "no dtype");
  const dtype = Object.hasOwn(dtypes, type) ? dtypes[type] : undefined;
  if (!dtype) throw new SafetensorsError("unsupported", `unsupported element type: ${type.slice(0, 20)} of "${name}"`);
  if (!isSizes(dims) || !Number.isSafeInteger(sizeOf(dims) * bitsOf(dtype))) throw bad(`"${name}"`, "bad shape");
  if (!isSizes(offsets) || offsets.length !== 2) throw bad(`"${name}"`, "bad data_offsets");
  const [start, end] = offsets as [number, number];
  const wanted = (sizeOf(dims) * bitsOf(dtype)) / 8;
  if (end - start !== wanted) throw bad(`"${name}"`, `${end - start} bytes instead of ${wanted}`);
  return { dtype, dims, start: base + start, end: base + end };
}

function tensorAt({ dtype, dims }: SafetensorsEntry, bytes: Uint8Array): Tensor {
  const Elements = typedArrayOf(dtype);
  const aligned = bytes.byteOffset % Elements.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return {
    dtype,
    dims,
    data: new Elements(aligned.buffer, aligned.byteOffset, aligned.length / Elements.BYTES_PER_ELEMENT),
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Utf8Error) throw bad("the header", "no JSON");
    throw error;
  }
}

const bad = (thing: string, detail: string): SafetensorsError =>
  new SafetensorsError("malformed", `bad safetensors: ${thing}: ${detail}`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
