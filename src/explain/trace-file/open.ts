import type { Seen } from "../../image/seen";
import type { RangeReader } from "../../tensor/safetensors";
import { writeSafetensors } from "../../tensor/safetensors";
import { bitsOf, sizeOf, type Tensor } from "../../tensor/tensor";
import type { Encoding } from "../../text/encoding";
import { BadFile } from "../read";
import type { SiteInfo } from "../trace";
import { FORMAT, readAbout, sidesOf, type TraceAbout, VERSION, writeAbout } from "./about";
import { checkImage, IMAGE, readSeen } from "./image";
import { asFloats, inFile, inMemory, type TensorSource } from "./tensors";

/** Attention that was computed elsewhere, and what came with it. Only what is asked for is read. */
export interface TraceFile {
  readonly about: TraceAbout;
  /** The tokens that look and those looked at, at a site. */
  sides(site: SiteInfo): { readonly query: Encoding; readonly key: Encoding };
  /** Probabilities [H, Tq, Tk], or [Tq, Tk] of one head. */
  attention(site: number, head?: number): Promise<Tensor>;
  /** The same in the type that it has in the file: what is only drawn needs no other. */
  stored(site: number, head?: number): Promise<Tensor>;
  /** What the attention of a site takes in the file. */
  attentionBytes(site: number): number;
  /** Whether queries and keys of a site came with it. */
  hasQueries(site: number): boolean;
  /** [H, Tq, d], or [Tq, d] of one head. */
  queries(site: number, head?: number): Promise<Tensor>;
  /** The image as the model saw it; null for a text. */
  image(): Promise<Seen | null>;
  /** [H, Tk, d], or [Tk, d] of one head: that of its group where heads share keys. */
  keys(site: number, head?: number): Promise<Tensor>;
}

/** The names that tensors of a trace have in its file. */
export const tensorNames = {
  attention: (site: number) => `attention.${site}`,
  queries: (site: number) => `queries.${site}`,
  keys: (site: number) => `keys.${site}`,
  image: IMAGE,
} as const;

/**
 * Opens a trace that lies in a safetensors file. The header is read at once, a head when it is asked for.
 *
 * @throws SafetensorsError for what is no safetensors file; BadFile for one that is no trace, or whose parts don't fit
 */
export async function openTraceFile(read: RangeReader): Promise<TraceFile> {
  const source = await inFile(read);
  const { metadata } = source;
  if (metadata.get("format") !== FORMAT)
    throw new BadFile(`bad trace: a safetensors file without format ${FORMAT} in its metadata`);
  if (metadata.get("version") !== String(VERSION))
    throw new BadFile(`bad trace: version ${metadata.get("version")} is not ${VERSION}`);
  return traceFileOf(readAbout(parsed(metadata.get("about") ?? "")), source);
}

/** A trace whose tensors are here already, as an embedder posts them. Throws BadFile where parts don't fit. */
export const traceOfTensors = (about: unknown, tensors: ReadonlyMap<string, Tensor>): TraceFile =>
  traceFileOf(readAbout(about), inMemory(tensors));

/** A trace as one safetensors file; attention as it is given: float32, float16, or 8-bit (0 to 255 for 0 to 1). */
export function writeTraceFile(about: TraceAbout, tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const metadata = new Map([
    ["format", FORMAT],
    ["version", String(VERSION)],
    ["about", JSON.stringify(writeAbout(about))],
  ]);
  return writeSafetensors(tensors, metadata);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) throw new BadFile("bad trace: `about` of its metadata is no JSON");
    throw error;
  }
}

function traceFileOf(about: TraceAbout, source: TensorSource): TraceFile {
  const sides = ({ kind, index }: SiteInfo) => {
    const { query, key } = sidesOf[kind];
    const [looks, looked] = [about.tokens[query], about.tokens[key]];
    if (!looks || !looked) throw new BadFile(`bad about.tokens: no ${looks ? key : query}, which site ${index} reads`);
    return { query: looks, key: looked };
  };
  if (about.sites.length === 0) throw new BadFile("bad about.sites: none");
  for (const site of about.sites) {
    const { query, key } = sides(site);
    const [rows, columns] = [query.ids.length, key.ids.length];
    const expect = (name: string, dims: readonly (number | null)[], required: boolean) => {
      const found = source.shapes.get(name)?.dims;
      if (!found && !required) return;
      if (!found || found.length !== dims.length || dims.some((d, i) => d !== null && d !== found[i]))
        throw new BadFile(`bad ${name}: [${found ?? "missing"}] instead of [${dims.map((d) => d ?? "d")}]`);
    };
    expect(tensorNames.attention(site.index), [site.heads, rows, columns], true);
    expect(tensorNames.queries(site.index), [site.heads, rows, null], false);
    expect(tensorNames.keys(site.index), [site.kvHeads, columns, null], false);
  }
  for (const { method, stack, values } of about.attributions) {
    const tokens = about.tokens[stack]?.ids.length;
    if (tokens !== values.length)
      throw new BadFile(`bad about.attributions: ${method} has ${values.length} values for ${tokens ?? "no"} tokens`);
  }
  if (about.image) checkImage(about.image, source);
  const siteOf = (index: number): SiteInfo => {
    const site = about.sites[index];
    if (!site) throw new RangeError(`no attention site: ${index} of ${about.sites.length}`);
    return site;
  };
  const read = async (name: string, heads: number, head?: number): Promise<Tensor> => {
    if (head === undefined) return source.slices(name, 0, heads);
    const { dtype, dims, data } = await source.slices(name, head, 1);
    return { dtype, dims: dims.slice(1), data };
  };
  const floats = async (...part: Parameters<typeof read>): Promise<Tensor> => asFloats(await read(...part));
  const stored = (site: number, head?: number) => read(tensorNames.attention(site), siteOf(site).heads, head);
  return {
    about,
    sides,
    stored,
    attention: async (site, head) => asFloats(await stored(site, head)),
    attentionBytes(site) {
      const { dtype, dims } = source.shapes.get(tensorNames.attention(site))!; // its shape was checked
      return (sizeOf(dims) * bitsOf(dtype)) / 8;
    },
    hasQueries: (site) => source.shapes.has(tensorNames.queries(site)) && source.shapes.has(tensorNames.keys(site)),
    queries: (site, head) => floats(tensorNames.queries(site), siteOf(site).heads, head),
    image: async () => about.image && readSeen(about.image, source),
    keys(site, head) {
      const { heads, kvHeads } = siteOf(site);
      return floats(tensorNames.keys(site), kvHeads, head === undefined ? head : Math.floor((head * kvHeads) / heads));
    },
  };
}
