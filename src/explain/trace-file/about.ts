import type { Encoding } from "../../text/encoding";
import { boolean, field, list, natural, number, oneOf, optional, type Reader, root, text } from "../read";
import type { SiteInfo } from "../trace";
import { readImage, type TraceImage, withPatches, writeImage } from "./image";
import { encodingOf } from "./tokens";

/** What stands in a trace file's metadata under `format` and `version`. */
export const FORMAT = "attention-explorer-trace";
export const VERSION = 1;

/** Whose tokens: those that an encoder reads, or a decoder (of models with one stack, that one's). */
export type Stack = "encoder" | "decoder";

/** Everything of a trace but its tensors: the JSON under `about` in the metadata, read and checked. */
export interface TraceAbout {
  readonly model: {
    readonly name: string;
    readonly architecture: string | null;
    readonly labels: readonly string[] | null;
  };
  readonly tokens: Readonly<Partial<Record<Stack, Encoding>>>;
  readonly sites: readonly SiteInfo[];
  readonly attributions: readonly WrittenAttribution[];
  /** The image whose patches the tokens are; null for a text. */
  readonly image: TraceImage | null;
}

/** One value a token of one stack, computed elsewhere. */
export interface WrittenAttribution {
  readonly method: string;
  readonly label: string;
  readonly stack: Stack;
  readonly signed: boolean;
  readonly values: readonly number[];
}

/** Which tokens look and which are looked at, by kind of attention. */
export const sidesOf = {
  encoder: { query: "encoder", key: "encoder" },
  decoder: { query: "decoder", key: "decoder" },
  cross: { query: "decoder", key: "encoder" },
} as const satisfies Record<SiteInfo["kind"], { query: Stack; key: Stack }>;

/** Reads the JSON. Throws BadFile that names what is wrong, where. */
export function readAbout(value: unknown, file = "about"): TraceAbout {
  const at = root(file, value);
  const model = field(at, "model");
  const tokens = field(at, "tokens");
  const stack = (name: Stack) => optional(field(tokens, name), readTokens);
  const decoder = stack("decoder");
  const image = optional(field(at, "image"), readImage);
  const read = stack("encoder");
  const encoder = image ? withPatches(read, decoder, image) : read;
  const found: TraceAbout["tokens"] = { ...(encoder && { encoder }), ...(decoder && { decoder }) };
  return {
    model: {
      name: text(field(model, "name")),
      architecture: optional(field(model, "architecture"), text),
      labels: optional(field(model, "labels"), (of) => list(of, text)),
    },
    tokens: found,
    sites: list(field(at, "sites"), readSite).map((site, index) => ({ ...site, index })),
    attributions: optional(field(at, "attributions"), (of) => list(of, readAttribution)) ?? [],
    image,
  };
}

function readTokens(at: Reader): Encoding {
  const pieces = list(field(at, "tokens"), text);
  const of = <T>(name: string, each: (item: Reader) => T) => optional(field(at, name), (list_) => list(list_, each));
  return encodingOf(pieces, {
    ids: of("ids", natural),
    segments: of("segments", natural),
    special: of("special", boolean),
    words: of("words", (word) => optional(word, natural)),
    path: at.path,
  });
}

const readSite = (at: Reader): Omit<SiteInfo, "index"> => {
  const heads = natural(field(at, "heads"));
  return {
    layer: natural(field(at, "layer")),
    kind: oneOf(field(at, "kind"), ["encoder", "decoder", "cross"]),
    heads,
    kvHeads: optional(field(at, "kvHeads"), natural) ?? heads,
  };
};

const readAttribution = (at: Reader): WrittenAttribution => {
  const method = text(field(at, "method"));
  return {
    method,
    label: optional(field(at, "label"), text) ?? method,
    stack: optional(field(at, "stack"), (of) => oneOf(of, ["encoder", "decoder"])) ?? "encoder",
    signed: optional(field(at, "signed"), boolean) ?? true,
    values: list(field(at, "values"), number),
  };
};

/** As `readAbout` reads it again. */
export function writeAbout({ model, tokens, sites, attributions, image }: TraceAbout): unknown {
  const written = (of: Encoding | undefined) =>
    of && { tokens: of.pieces, ids: of.ids, segments: of.segments, special: of.special, words: of.words };
  return {
    model,
    tokens: { encoder: written(tokens.encoder), decoder: written(tokens.decoder) },
    sites: sites.map(({ layer, kind, heads, kvHeads }) => ({ layer, kind, heads, kvHeads })),
    attributions,
    ...(image && { image: writeImage(image) }),
  };
}
