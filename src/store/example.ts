import {
  BadFile,
  boolean,
  field,
  list,
  natural,
  number,
  oneOf,
  optional,
  type Reader,
  root,
  text,
} from "../explain/read";
import type { SiteInfo } from "../explain/trace";
import type { HeadScores, RunResult } from "../worker/protocol";
import { type Look, readLook } from "./catalog";
import type { Shown } from "./state";

/**
 * Examples that the engine computed beforehand, so that there is something to explore while a model loads. Two files:
 * `example.json` holds everything but the weights, `example.bin` the attention of every head as little-endian half
 * floats, a site after the other, each [heads, rows, columns].
 */
export interface Example {
  readonly text: string;
  readonly pair: string | null;
  readonly look: Look | null;
  readonly shown: Shown;
  /** Attention by site: [heads, rows, columns] as half floats. */
  readonly attention: ReadonlyMap<number, Uint16Array>;
}

interface Written {
  readonly text: string;
  readonly pair?: string | null;
  readonly look?: unknown;
  readonly result: RunResult;
  readonly scores: readonly HeadScores[] | null;
  /** Byte offset of each site of the model in `example.bin`. */
  readonly offsets: readonly number[];
}

const VERSION = 1;

/** The two files of some examples of one model. `look` is written as it stands in `models/index.json`. */
export function writeExample(
  model: Shown["model"],
  examples: readonly {
    text: string;
    pair?: string | null;
    look?: unknown;
    result: RunResult;
    scores: readonly HeadScores[] | null;
    attention: ReadonlyMap<number, Uint16Array>;
  }[],
): { json: string; data: Uint8Array } {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const written = examples.map(({ attention, ...rest }): Written => {
    const tokens = rest.result.encoding.ids.length;
    const offsets = model.sites.map((site) => {
      const data = attention.get(site.index);
      const wanted = site.heads * tokens * tokens;
      if (data?.length !== wanted)
        throw new Error(
          `wrong size: attention of site ${site.index} holds ${data?.length ?? 0} weights, not ${wanted}`,
        );
      const chunk = new Uint8Array(wanted * 2);
      const view = new DataView(chunk.buffer);
      for (let i = 0; i < wanted; i++) view.setUint16(i * 2, data[i]!, true);
      chunks.push(chunk);
      bytes += chunk.length;
      return bytes - chunk.length;
    });
    return { ...rest, offsets };
  });
  const data = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    data.set(chunk, at);
    at += chunk.length;
  }
  const { name, layers, heads, sites, family, labels, task } = model;
  const kept = { name, layers, heads, sites, family, labels, task };
  return { json: `${JSON.stringify({ version: VERSION, model: kept, examples: written })}\n`, data };
}

const readSite = (at: Reader): SiteInfo => ({
  index: natural(field(at, "index")),
  layer: natural(field(at, "layer")),
  kind: oneOf(field(at, "kind"), ["encoder", "decoder", "cross"]),
  heads: natural(field(at, "heads")),
  kvHeads: natural(field(at, "kvHeads")),
});

const readModel = (at: Reader): Shown["model"] => ({
  name: text(field(at, "name")),
  layers: natural(field(at, "layers")),
  heads: natural(field(at, "heads")),
  sites: list(field(at, "sites"), readSite),
  family: oneOf(field(at, "family"), ["encoder", "decoder", "vision"]),
  labels: optional(field(at, "labels"), (of) => list(of, text)),
  task: oneOf(field(at, "task"), [
    "text-classification",
    "token-classification",
    "fill-mask",
    "text-generation",
    "question-answering",
    "features",
    "image-classification",
  ]),
});

function readResult(at: Reader, trace: number): RunResult {
  const encoding = field(at, "encoding");
  const target = field(at, "target");
  const against = optional(field(target, "against"), natural);
  const ids = list(field(encoding, "ids"), natural);
  const same = <T>(name: string, each: (item: Reader) => T): T[] => {
    const read = list(field(encoding, name), each);
    if (read.length !== ids.length) throw new BadFile(`bad ${encoding.path}: ${name} are not ${ids.length}`);
    return read;
  };
  return {
    trace,
    encoding: {
      ids,
      tokens: same("tokens", text),
      pieces: same("pieces", text),
      offsets: same("offsets", (of) =>
        optional(of, (pair): [number, number] => {
          const [start, end] = list(pair, natural);
          return [start ?? 0, end ?? 0];
        }),
      ),
      mask: same("mask", natural),
      segments: same("segments", natural),
      special: same("special", boolean),
      words: same("words", (of) => optional(of, natural)),
    },
    candidates: list(field(at, "candidates"), (of) => ({
      index: natural(field(of, "index")),
      label: text(field(of, "label")),
      logit: number(field(of, "logit")),
      probability: number(field(of, "probability")),
    })),
    target: {
      position: optional(field(target, "position"), natural),
      index: natural(field(target, "index")),
      ...(against !== null && { against }),
    },
    ms: number(field(at, "ms")),
    memory: optional(field(at, "memory"), number),
  };
}

const readScores = (at: Reader): HeadScores => ({
  site: natural(field(at, "site")),
  head: natural(field(at, "head")),
  previous: number(field(at, "previous")),
  next: number(field(at, "next")),
  first: number(field(at, "first")),
  separator: number(field(at, "separator")),
  same: number(field(at, "same")),
  duplicate: number(field(at, "duplicate")),
  induction: optional(field(at, "induction"), number),
  entropy: number(field(at, "entropy")),
  evenEntropy: number(field(at, "evenEntropy")),
});

/** Reads the two files. Throws `BadFile` that names what is wrong. Traces of examples are negative. */
export function readExamples(value: unknown, data: ArrayBuffer): Example[] {
  const file = root("example.json", value);
  const version = natural(field(file, "version"));
  if (version !== VERSION) throw new BadFile(`bad example.json: version ${version} is not ${VERSION}`);
  const model = readModel(field(file, "model"));
  const bytes = new DataView(data);
  let trace = 0;
  return list(field(file, "examples"), (at) => {
    trace--;
    const result = readResult(field(at, "result"), trace);
    const tokens = result.encoding.ids.length;
    const offsets = list(field(at, "offsets"), natural);
    const attention = new Map<number, Uint16Array>();
    for (const [i, site] of model.sites.entries()) {
      const offset = offsets[i] ?? -1;
      const length = site.heads * tokens * tokens;
      if (offset < 0 || offset + length * 2 > data.byteLength)
        throw new BadFile(`bad example.bin: site ${site.index} needs bytes ${offset} to ${offset + length * 2}`);
      attention.set(
        site.index,
        Uint16Array.from({ length }, (_, j) => bytes.getUint16(offset + j * 2, true)),
      );
    }
    return {
      text: text(field(at, "text")),
      pair: optional(field(at, "pair"), text),
      look: optional(field(at, "look"), readLook),
      shown: { origin: "example", model, result, scores: optional(field(at, "scores"), (of) => list(of, readScores)) },
      attention,
    };
  });
}
