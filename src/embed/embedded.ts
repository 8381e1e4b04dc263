import { BadFile, boolean, field, list, optional, type Reader, root, text } from "../explain/read";

/** What a notebook gives the viewer file: a trace, what of it is looked at, and what a reader should know. */
export interface Embedded {
  readonly bytes: Uint8Array;
  /** As the fragment of a link. */
  readonly link: string;
  readonly notes: readonly string[];
}

/** The JSON in the place of what is embedded where the page around the frame has it, and sends it. */
export const FROM_PARENT = '"parent"';

/** Where the browser has it (browsers of 2025 and newer), base64 is read at the speed of memory. */
const native = (Uint8Array as { fromBase64?: (base64: string) => Uint8Array<ArrayBuffer> }).fromBase64;

/** Base64 as bytes; one by one in a loop, which takes megabytes a fraction of the time that an iterator does. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  if (native) return native.call(Uint8Array, base64);
  const signs = atob(base64);
  const bytes = new Uint8Array(signs.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = signs.charCodeAt(i);
  return bytes;
}

/** Base64 that stands for itself, or bytes already. */
type Part = string | Uint8Array<ArrayBuffer>;

const part = ({ path, value }: Reader): Part => {
  if (typeof value === "string" || value instanceof Uint8Array) return value as Part;
  throw new BadFile(`bad ${path}: not base64 or bytes`);
};

/** Parts as one; out of gzip where they are in it. Throws TypeError where they aren't; SyntaxError, DOMException for no base64. */
async function unpack(parts: readonly Part[], gzip: boolean): Promise<Uint8Array> {
  const bytes = parts.map((each) => (typeof each === "string" ? bytesOf(each) : each));
  if (gzip) {
    const packed = new Blob(bytes).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(packed).arrayBuffer());
  }
  const whole = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of bytes) {
    whole.set(each, at);
    at += each.length;
  }
  return whole;
}

/** What is said of a trace: in the page beside it, or by the page around. */
async function embeddedOf(about: Reader, trace: readonly Part[]): Promise<Embedded> {
  return {
    link: text(field(about, "link")),
    notes: optional(field(about, "notes"), (of) => list(of, text)) ?? [],
    bytes: await unpack(trace, boolean(field(about, "gzip"))),
  };
}

/**
 * Reads the JSON of the page's `<script id="embedded">`: null where it holds none.
 *
 * @throws BadFile for JSON of another form, TypeError where the trace isn't what it is said to be
 */
export async function readEmbedded(json: string): Promise<Embedded | null> {
  const at = root("embedded", JSON.parse(json));
  return at.value === null ? null : embeddedOf(at, [text(field(at, "trace"))]);
}

/**
 * Reads what the page around the frame sends: `{ embedded: { about: JSON, trace: parts } }`.
 *
 * @throws BadFile for another form, TypeError where the trace isn't what it is said to be
 */
export async function readSent(data: unknown): Promise<Embedded> {
  const sent = field(root("message", data), "embedded");
  const about = root("embedded", JSON.parse(text(field(sent, "about"))));
  return embeddedOf(about, list(field(sent, "trace"), part));
}
