/**
 * What an embedding page and the explorer in its frame say to each other by `postMessage`. Embedders may copy this file:
 * it imports nothing. Tensors travel as typed arrays: Float32Array; Uint16Array for half floats; Uint8Array for
 * probabilities in 255 steps. Images are Uint8Array, or the Uint8ClampedArray of an ImageData.
 */

export const APP = "attention-explorer";
export const VERSION = 1;

interface Envelope<Type extends string> {
  readonly app: typeof APP;
  readonly version: typeof VERSION;
  /** Of a request: the embedder's own, up to 100 characters. Of a reply: that of the request. */
  readonly id: string;
  readonly type: Type;
}

export type ViewName =
  | "heads"
  | "model"
  | "neuron"
  | "rollout"
  | "attribution"
  | "occlusion"
  | "compare"
  | "logit-lens"
  | "patching";
export type Kind = "encoder" | "decoder" | "cross";
export type Elements = Float32Array | Uint16Array | Uint8Array;

/** Opens a shipped model or one of the hub. Answered by `loaded`, after `progress`. */
export interface Load extends Envelope<"load"> {
  readonly model: string;
}

/** Runs a text or an image and explains what the model makes of it. Answered by `result`, after `progress`. */
export interface Explain extends Envelope<"explain"> {
  /** One of `text` (with a second one in `pair`, or without), `ids` and, for a model that reads images, `image`. */
  readonly text?: string;
  readonly pair?: string;
  readonly ids?: readonly number[];
  /** An image file in any format that the browser reads. */
  readonly image?: Blob;
  /** What the page calls it. */
  readonly imageName?: string;
  /** What the model itself would say, unless given. */
  readonly target?: {
    /** A class by its label, a token by its text, or either by its number. */
    readonly output?: string | number;
    readonly against?: string | number;
    readonly as?: "logit" | "log-probability" | "probability";
  };
  readonly methods: readonly {
    readonly id: string;
    readonly options?: Readonly<Record<string, number | string | boolean>>;
  }[];
  readonly unit?: "token" | "word";
  readonly seed?: number;
  /** Measures how faithful the methods are, too: `faithfulness` of the result. */
  readonly metrics?: boolean;
}

/** Attention of one layer, or of one of its heads. Answered by `result` with `attention`. */
export interface Attention extends Envelope<"attention"> {
  readonly layer: number;
  readonly head?: number;
  readonly kind?: Kind;
}

/** Changes what is looked at. Answered by `result`. */
export interface Show extends Envelope<"show"> {
  readonly view?: ViewName;
  readonly layer?: number;
  readonly heads?: readonly number[];
  /** A token's position; null unpins. */
  readonly pinned?: number | null;
  readonly theme?: "light" | "dark" | "system";
}

/** Attention that was computed elsewhere, shown in a model's place. Answered by `loaded`. */
export interface Trace extends Envelope<"trace"> {
  readonly name?: string;
  /** As the vocabulary spells them; of both stacks where there are two. */
  readonly tokens: readonly string[] | Partial<Record<"encoder" | "decoder", readonly string[]>>;
  readonly attention: readonly {
    readonly kind?: Kind;
    readonly layer: number;
    /** [heads, queries, keys] */
    readonly dims: readonly number[];
    readonly data: Elements;
    /** [heads, queries, d] and [heads that share keys, keys, d], for the neuron view. */
    readonly queries?: { readonly dims: readonly number[]; readonly data: Elements };
    readonly keys?: { readonly dims: readonly number[]; readonly data: Elements };
  }[];
  /** Where the second text begins. */
  readonly secondFrom?: number;
  /** The image whose patches are tokens of an encoder, as the model saw it; views lie over it. */
  readonly image?: {
    /** [height, width, 3], red, green and blue; or [height, width, 4] as an ImageData has them, of which alpha isn't looked at. */
    readonly dims: readonly number[];
    readonly data: Uint8Array | Uint8ClampedArray;
    readonly rows: number;
    readonly columns: number;
    /** The token of the first patch; the others follow row by row. */
    readonly first: number;
    /** Pixels from one patch to the next, down and across; patches fill the image where it isn't given. */
    readonly step?: readonly [number, number];
    /** What the page calls it. */
    readonly name?: string;
  };
  readonly attributions?: readonly { readonly method: string; readonly values: readonly number[] }[];
}

/** The figure or numbers on screen. Answered by `result` with `file`. */
export interface Export extends Envelope<"export"> {
  readonly format: "svg" | "png" | "csv";
}

/** Stops a request. Answered by `result`; the stopped one by an error `cancelled`. */
export interface Cancel extends Envelope<"cancel"> {
  readonly of: string;
}

export type Request = Load | Explain | Attention | Show | Trace | Export | Cancel;

/** Said once by itself, as soon as requests are heard. */
export interface Ready extends Envelope<"ready"> {
  readonly capabilities: {
    readonly views: readonly string[];
    readonly methods: readonly string[];
    readonly formats: readonly string[];
    /** Whether models can run here: not in the viewer file. */
    readonly models: boolean;
  };
}

export interface Progress extends Envelope<"progress"> {
  readonly of: string;
  readonly done: number;
  /** Null while unknown. */
  readonly total: number | null;
  readonly label: string;
}

export interface Loaded extends Envelope<"loaded"> {
  readonly of: string;
  readonly model: string;
  readonly layers: number;
  readonly heads: number;
  readonly device: "webgpu" | "wasm" | null;
}

/** Of `explain`: as the command line's JSON has it. */
export interface Result extends Envelope<"result"> {
  readonly of: string;
  readonly attention?: {
    readonly layer: number;
    readonly kind: Kind;
    readonly heads: readonly number[];
    /** [heads, queries, keys] half floats */
    readonly dims: readonly number[];
    readonly data: Uint16Array;
  };
  readonly file?: { readonly format: Export["format"]; readonly name: string; readonly blob: Blob };
  readonly [more: string]: unknown;
}

/** What the visitor pinned or hovers; said by itself once the embedder has spoken. */
export interface Selection extends Envelope<"selection"> {
  readonly view: string;
  readonly layer: number;
  readonly heads: readonly number[];
  readonly pinned: { readonly index: number; readonly token: string } | null;
  readonly hovered: { readonly index: number; readonly token: string } | null;
}

/** How tall the page would like to be, in CSS pixels; said by itself when it changes. */
export interface Size extends Envelope<"size"> {
  readonly height: number;
}

export interface ErrorReply extends Envelope<"error"> {
  /** The request's id; null for a message whose id can't be read. */
  readonly of: string | null;
  readonly code: string;
  readonly message: string;
}

export type Reply = Ready | Progress | Loaded | Result | Selection | Size | ErrorReply;
