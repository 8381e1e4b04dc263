import { openTraceFile, type TraceFile, traceOfTensors } from "../../explain/trace-file/open";
import type { RangeReader } from "../../tensor/safetensors";
import { fail } from "../failure";
import type { TraceOrigin } from "../protocol";
import { request } from "./download";

/** The first read takes so much, in which most headers are whole. */
const FIRST = 64 * 1024;

/** Attention of more bytes than this is never read whole over a network unless someone asks for it. */
const FAR = 64e6;

/** Parts that were read last, up to so many bytes: a head is looked at in several views. */
const KEPT = 64e6;

/** A trace, and what it would take to read all of its attention over a network where that is much. */
export interface OpenedTrace extends TraceFile {
  readonly far?: number;
}

/**
 * A trace, of which heads are read when they are looked at.
 *
 * @throws network, not-found, truncated where an address gives no file; BadFile, SafetensorsError for what is no trace
 */
export async function openTrace(from: TraceOrigin): Promise<OpenedTrace> {
  if ("bytes" in from) return openTraceFile(async (start, end) => from.bytes.subarray(start, end));
  if ("file" in from) return openTraceFile(withStart(slicesOf(from.file)));
  if (!("url" in from)) return traceOfTensors(from.about, from.tensors);
  const { read, whole } = rangesOf(from.url);
  const trace = await openTraceFile(withStart(withLast(read)));
  const bytes = trace.about.sites.reduce((sum, { index }) => sum + trace.attentionBytes(index), 0);
  return whole() || bytes <= FAR ? trace : { ...trace, far: bytes };
}

const slicesOf =
  (file: Blob): RangeReader =>
  async (start, end) =>
    new Uint8Array(await file.slice(start, end).arrayBuffer());

/** Bytes of an address by range; of a server that knows no ranges, the file is read whole, once. */
export function rangesOf(url: string): { readonly read: RangeReader; readonly whole: () => boolean } {
  let whole: Promise<Uint8Array> | null = null;
  const read: RangeReader = async (start, end) => {
    if (whole) return (await whole).subarray(start, end);
    const response = await request(url, { headers: { Range: `bytes=${start}-${end - 1}` }, credentials: "omit" });
    if (response.status === 416) return new Uint8Array(0);
    if (response.status === 404) throw fail("not-found", `no such file: ${url}`);
    if (!response.ok) throw fail("network", `no file: ${url} (status ${response.status})`);
    const bytes = response.arrayBuffer().then((buffer) => new Uint8Array(buffer));
    if (response.status === 206) return bytes;
    whole = bytes;
    return (await bytes).subarray(start, end);
  };
  return { read, whole: () => whole !== null };
}

interface Part {
  readonly start: number;
  readonly end: number;
  readonly bytes: Promise<Uint8Array>;
}

/** Keeps the parts that were read last. What lies within one of them isn't asked for again. */
export function withLast(read: RangeReader, most = KEPT): RangeReader {
  let parts: readonly Part[] = []; // the latest first
  return async (start, end) => {
    const found = parts.find((part) => part.start <= start && end <= part.end);
    const part: Part = found ?? { start, end, bytes: read(start, end) };
    const kept = [part];
    let size = part.end - part.start;
    for (const each of parts) {
      if (each === part) continue;
      size += each.end - each.start;
      if (size > most) break;
      kept.push(each);
    }
    parts = kept;
    try {
      return (await part.bytes).subarray(start - part.start, end - part.start);
    } catch (error) {
      parts = parts.filter((each) => each !== part); // another try asks again
      throw error;
    }
  };
}

/** Keeps the first part of a file, so that its header costs one read. */
function withStart(read: RangeReader): RangeReader {
  let first: Promise<Uint8Array> | null = null;
  return async (start, end) => {
    if (end > FIRST) return read(start, end);
    first ??= read(0, FIRST);
    return (await first).subarray(start, end);
  };
}
