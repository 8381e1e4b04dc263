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
import { readImage as readPlaced } from "../explain/trace-file/image";
import { APP, type Elements, type Request, VERSION } from "./messages";

/** What a message may hold at most. */
export const most = {
  text: 100_000,
  ids: 100_000,
  methods: 40,
  sites: 4_096,
  elements: 2 ** 30,
  tokens: 100_000,
  pixels: 2 ** 24,
};

const VIEWS = [
  "heads",
  "model",
  "neuron",
  "rollout",
  "attribution",
  "occlusion",
  "compare",
  "logit-lens",
  "patching",
] as const;
const KINDS = ["encoder", "decoder", "cross"] as const;

/** A message that can't be taken, with the id that it carries where that can be read. */
export class BadMessage extends Error {
  override readonly name = "BadMessage";
  constructor(
    message: string,
    readonly of: string | null,
  ) {
    super(message);
  }
}

const blob = ({ value, path }: Reader): Blob => {
  if (value instanceof Blob) return value;
  throw new BadFile(`bad ${path}: not a Blob`);
};

/** Whether a message is meant for the explorer at all; others share the window. */
export const isMeant = (data: unknown): boolean =>
  typeof data === "object" && data !== null && (data as { app?: unknown }).app === APP;

/**
 * Reads a request: every field by its type and size, and none that isn't known.
 *
 * @throws BadMessage that names the field
 */
export function readMessage(data: unknown): Request {
  const at = root("message", data);
  let id: string | null = null;
  try {
    id = short(field(at, "id"), 100);
    const version = number(field(at, "version"));
    if (version !== VERSION) throw new BadFile(`bad message.version: ${version} is not ${VERSION}`);
    const type = oneOf(field(at, "type"), Object.keys(readers) as (keyof typeof readers)[]);
    const { fields, read } = readers[type];
    only(at, ["app", "version", "id", "type", ...fields]);
    return { app: APP, version: VERSION, id, type, ...read(at) } as Request;
  } catch (error) {
    if (error instanceof BadFile) throw new BadMessage(error.message, id);
    throw error;
  }
}

/** For each type of request the fields that it may have, and how they are read. */
const readers: {
  readonly [Type in Request["type"]]: { readonly fields: readonly string[]; read(at: Reader): object };
} = {
  load: { fields: ["model"], read: (at) => ({ model: short(field(at, "model"), 300) }) },
  explain: {
    fields: ["text", "pair", "ids", "image", "imageName", "target", "methods", "unit", "seed", "metrics"],
    read(at) {
      const words = optional(field(at, "text"), (of) => short(of, most.text));
      const ids = optional(field(at, "ids"), (of) => limited(of, most.ids, natural));
      const image = optional(field(at, "image"), blob);
      if ([words, ids, image].filter((given) => given !== null).length !== 1)
        throw new BadFile("bad message: one of text, ids and image");
      return defined({
        text: words,
        ids,
        image,
        imageName: optional(field(at, "imageName"), (of) => short(of, 200)),
        pair: optional(field(at, "pair"), (of) => short(of, most.text)),
        target: optional(field(at, "target"), readTarget),
        methods: limited(field(at, "methods"), most.methods, readMethod),
        unit: optional(field(at, "unit"), (of) => oneOf(of, ["token", "word"])),
        seed: optional(field(at, "seed"), natural),
        metrics: optional(field(at, "metrics"), boolean),
      });
    },
  },
  attention: {
    fields: ["layer", "head", "kind"],
    read: (at) =>
      defined({
        layer: natural(field(at, "layer")),
        head: optional(field(at, "head"), natural),
        kind: optional(field(at, "kind"), (of) => oneOf(of, KINDS)),
      }),
  },
  show: {
    fields: ["view", "layer", "heads", "pinned", "theme"],
    read(at) {
      const pinned = field(at, "pinned");
      return {
        ...defined({
          view: optional(field(at, "view"), (of) => oneOf(of, VIEWS)),
          layer: optional(field(at, "layer"), natural),
          heads: optional(field(at, "heads"), (of) => limited(of, most.sites, natural)),
          theme: optional(field(at, "theme"), (of) => oneOf(of, ["light", "dark", "system"])),
        }),
        ...(pinned.value !== undefined && { pinned: optional(pinned, natural) }),
      };
    },
  },
  trace: {
    fields: ["name", "tokens", "attention", "secondFrom", "attributions", "image"],
    read: (at) =>
      defined({
        name: optional(field(at, "name"), (of) => short(of, 300)),
        tokens: readTokens(field(at, "tokens")),
        attention: limited(field(at, "attention"), most.sites, readSite),
        secondFrom: optional(field(at, "secondFrom"), natural),
        image: optional(field(at, "image"), readImage),
        attributions: optional(field(at, "attributions"), (of) =>
          limited(of, most.methods, (each) => {
            only(each, ["method", "values"]);
            return {
              method: short(field(each, "method"), 100),
              values: limited(field(each, "values"), most.tokens, number),
            };
          }),
        ),
      }),
  },
  export: { fields: ["format"], read: (at) => ({ format: oneOf(field(at, "format"), ["svg", "png", "csv"]) }) },
  cancel: { fields: ["of"], read: (at) => ({ of: short(field(at, "of"), 100) }) },
};

function readTarget(at: Reader) {
  only(at, ["output", "against", "as"]);
  const output = (of: Reader) => (typeof of.value === "number" ? natural(of) : short(of, 1_000));
  return defined({
    output: optional(field(at, "output"), output),
    against: optional(field(at, "against"), output),
    as: optional(field(at, "as"), (of) => oneOf(of, ["logit", "log-probability", "probability"])),
  });
}

function readMethod(at: Reader) {
  only(at, ["id", "options"]);
  const options = field(at, "options");
  if (options.value === undefined) return { id: short(field(at, "id"), 100) };
  if (typeof options.value !== "object" || options.value === null)
    throw new BadFile(`bad ${options.path}: not an object`);
  const names = Object.keys(options.value).slice(0, most.methods + 1);
  if (names.length > most.methods) throw new BadFile(`bad ${options.path}: more than ${most.methods} options`);
  const read = (of: Reader) =>
    typeof of.value === "boolean" ? boolean(of) : typeof of.value === "number" ? number(of) : short(of, most.text);
  return {
    id: short(field(at, "id"), 100),
    options: Object.fromEntries(names.map((name) => [name, read(field(options, name))])),
  };
}

function readTokens(at: Reader): readonly string[] | object {
  const one = (of: Reader) => limited(of, most.tokens, (token) => short(token, 1_000));
  if (Array.isArray(at.value)) return one(at);
  only(at, ["encoder", "decoder"]);
  return defined({ encoder: optional(field(at, "encoder"), one), decoder: optional(field(at, "decoder"), one) });
}

function readSite(at: Reader) {
  only(at, ["kind", "layer", "dims", "data", "queries", "keys"]);
  const part = (of: Reader) => {
    only(of, ["dims", "data"]);
    return readTensor(of);
  };
  return defined({
    kind: optional(field(at, "kind"), (of) => oneOf(of, KINDS)),
    layer: natural(field(at, "layer")),
    ...readTensor(at),
    queries: optional(field(at, "queries"), part),
    keys: optional(field(at, "keys"), part),
  });
}

function readTensor(at: Reader): { dims: readonly number[]; data: Elements } {
  const dims = limited(field(at, "dims"), 3, natural);
  const { path, value: data } = field(at, "data");
  if (!(data instanceof Float32Array || data instanceof Uint16Array || data instanceof Uint8Array))
    throw new BadFile(`bad ${path}: not a Float32Array, Uint16Array (half floats) or Uint8Array`);
  const size = dims.reduce((a, b) => a * b, 1);
  if (dims.length !== 3 || size > most.elements || size !== data.length)
    throw new BadFile(`bad ${path}: ${data.length} elements for [${dims}]`);
  return { dims, data };
}

function readImage(at: Reader) {
  only(at, ["dims", "data", "rows", "columns", "first", "step", "name"]);
  const dims = limited(field(at, "dims"), 3, natural);
  const { path, value: data } = field(at, "data");
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray))
    throw new BadFile(`bad ${path}: not a Uint8Array or Uint8ClampedArray`);
  const [height = 0, width = 0, channels = 0] = dims;
  if (height * width > most.pixels) throw new BadFile(`bad ${path}: more than ${most.pixels} pixels`);
  const size = height * width * channels;
  if ((channels !== 3 && channels !== 4) || size === 0 || size !== data.length)
    throw new BadFile(`bad ${path}: ${data.length} elements for [${dims}]; [height, width, 3] or [height, width, 4]`);
  const [rows, columns, first] = ["rows", "columns", "first"].map((name) => natural(field(at, name)));
  const step = optional(field(at, "step"), (of) => limited(of, 2, natural));
  readPlaced({ path: at.path, value: { height, width, rows, columns, first, step } }); // throws where patches don't fit
  return defined({
    dims,
    data,
    rows,
    columns,
    first,
    step,
    name: optional(field(at, "name"), (of) => short(of, 200)),
  });
}

function only(at: Reader, known: readonly string[]): void {
  if (typeof at.value !== "object" || at.value === null || Array.isArray(at.value))
    throw new BadFile(`bad ${at.path}: not an object`);
  const unknown = Object.keys(at.value).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new BadFile(`bad ${at.path}: unknown field ${unknown.slice(0, 40)}`);
}

function short(at: Reader, longest: number): string {
  const value = text(at);
  if (value.length > longest) throw new BadFile(`bad ${at.path}: more than ${longest} characters`);
  return value;
}

function limited<T>(at: Reader, longest: number, each: (item: Reader) => T): T[] {
  if (Array.isArray(at.value) && at.value.length > longest) throw new BadFile(`bad ${at.path}: more than ${longest}`);
  return list(at, each);
}

/** Without what is null. */
const defined = <T extends object>(parts: T): Partial<T> =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null)) as Partial<T>;
