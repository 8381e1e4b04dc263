import { field, list, optional, root, text } from "../explain/read";

/** What a notebook puts into the viewer file: a trace, what of it is looked at, and what a reader should know. */
export interface Embedded {
  readonly bytes: Uint8Array;
  /** As the fragment of a link. */
  readonly link: string;
  readonly notes: readonly string[];
}

/** Base64 as bytes; one by one in a loop, which takes megabytes a fraction of the time that an iterator does. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const signs = atob(base64);
  const bytes = new Uint8Array(signs.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = signs.charCodeAt(i);
  return bytes;
}

/**
 * Reads the JSON of the page's `<script id="embedded">`: null where it holds none.
 *
 * @throws BadFile for JSON of another form; TypeError where the trace isn't base64 of gzip
 */
export async function readEmbedded(json: string): Promise<Embedded | null> {
  const at = root("embedded", JSON.parse(json));
  if (at.value === null) return null;
  const stream = new Blob([bytesOf(text(field(at, "trace")))]).stream().pipeThrough(new DecompressionStream("gzip"));
  return {
    bytes: new Uint8Array(await new Response(stream).arrayBuffer()),
    link: text(field(at, "link")),
    notes: optional(field(at, "notes"), (of) => list(of, text)) ?? [],
  };
}
