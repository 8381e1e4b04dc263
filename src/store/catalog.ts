import { field, list, natural, number, oneOf, optional, type Reader, root, text } from "../explain/read";
import type { LoadedModel } from "../worker/protocol";
import { METHOD_IDS, type MethodId } from "./method-ids";

/** What to look at first: as a link says it. All of it is checked against the model before it is used. */
export interface Look {
  readonly layer?: number;
  readonly kind?: string;
  readonly heads?: readonly number[];
  /** The head that is described, and that Neuron shows. */
  readonly head?: number;
  readonly pin?: { readonly side: "query" | "key"; readonly index: number };
  readonly open?: { readonly layer: number; readonly head: number };
}

/** Which methods to hold against each other on a text, and the answer that they explain, spelled as in a link. */
export interface Comparing {
  readonly methods: readonly MethodId[];
  readonly target: string | null;
  readonly against: string | null;
}

/** A text worth looking at with a model, and what to look at in it. */
export interface CatalogExample {
  readonly text: string;
  readonly pair: string | null;
  /** What there is to see, in one line. */
  readonly note: string | null;
  readonly look: Look | null;
  readonly compare: Comparing | null;
}

/** A model that ships with the page: a row of `models/index.json`. */
export interface CatalogModel {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly architecture: string;
  readonly task: LoadedModel["task"] | string;
  readonly layers: number;
  readonly heads: number;
  readonly precision: string;
  /** Of everything that is downloaded. */
  readonly bytes: number | null;
  readonly maxTokens: number | null;
  readonly examples: readonly CatalogExample[];
}

export interface Catalog {
  readonly models: readonly CatalogModel[];
}

/** A look as JSON: `{"layer": 3, "heads": [0, 3], "pin": 12, "open": [5, 5]}`, everything optional. */
export function readLook(at: Reader): Look {
  const layer = optional(field(at, "layer"), natural);
  const kind = optional(field(at, "kind"), text);
  const heads = optional(field(at, "heads"), (of) => list(of, natural));
  const head = optional(field(at, "head"), natural);
  const pin = optional(field(at, "pin"), natural);
  const open = optional(field(at, "open"), (of) => list(of, natural));
  return {
    ...(layer !== null && { layer }),
    ...(kind !== null && { kind }),
    ...(heads !== null && heads.length > 0 && { heads }),
    ...(head !== null && { head }),
    ...(pin !== null && { pin: { side: "query", index: pin } }),
    ...(open !== null && open.length === 2 && { open: { layer: open[0]!, head: open[1]! } }),
  };
}

const readComparing = (at: Reader): Comparing => ({
  methods: list(field(at, "methods"), (of) => oneOf(of, METHOD_IDS)),
  target: optional(field(at, "target"), text),
  against: optional(field(at, "against"), text),
});

const readExample = (at: Reader): CatalogExample =>
  typeof at.value === "string"
    ? { text: at.value, pair: null, note: null, look: null, compare: null }
    : {
        text: text(field(at, "text")),
        pair: optional(field(at, "pair"), text),
        note: optional(field(at, "note"), text),
        look: optional(field(at, "look"), readLook),
        compare: optional(field(at, "compare"), readComparing),
      };

const readModel = (at: Reader): CatalogModel => ({
  id: text(field(at, "id")),
  name: optional(field(at, "name"), text) ?? text(field(at, "id")),
  description: text(field(at, "description")),
  architecture: text(field(at, "architecture")),
  task: text(field(at, "task")),
  layers: natural(field(at, "layers")),
  heads: natural(field(at, "heads")),
  precision: text(field(at, "precision")),
  bytes: optional(field(at, "bytes"), number),
  maxTokens: optional(field(at, "maxTokens"), natural),
  examples: optional(field(at, "examples"), (of) => list(of, readExample)) ?? [],
});

/** Reads `models/index.json`: `{"models": [...]}`. Throws `BadFile` that names the field that is wrong. */
export const readCatalog = (value: unknown): Catalog => ({
  models: list(field(root("models/index.json", value), "models"), readModel),
});
