import { openTraceFile, type TraceFile, traceOfTensors } from "../../explain/trace-file/open";
import type { RangeReader } from "../../tensor/safetensors";
import { fail } from "../failure";
import type { TraceOrigin } from "../protocol";
import { request } from "./download";

/** The first read takes so much, in which most headers are whole. */
const FIRST = 64 * 1024;

/**
 * A trace, of which heads are read when they are looked at.
 *
 * @throws network, not-found, truncated where an address gives no file; BadFile, SafetensorsError for what is no trace
 */
export function openTrace(from: TraceOrigin): Promise<TraceFile> {
  if ("url" in from) return openTraceFile(withStart(rangesOf(from.url)));
  if ("file" in from) return openTraceFile(withStart(slicesOf(from.file)));
  return Promise.resolve(traceOfTensors(from.about, from.tensors));
}

const slicesOf =
  (file: Blob): RangeReader =>
  async (start, end) =>
    new Uint8Array(await file.slice(start, end).arrayBuffer());

/** Bytes of an address by range; of a server that knows no ranges, the file is read whole, once. */
export function rangesOf(url: string): RangeReader {
  let whole: Promise<Uint8Array> | null = null;
  return async (start, end) => {
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
