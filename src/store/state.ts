import type { MethodInfo, Options } from "../explain/attribution";
import type { Target } from "../explain/target";
import type { UnitKind } from "../explain/unit";
import type { Encoding } from "../text/encoding";
import type { Device, Failure, HeadScores, LoadedModel, ModelSource, Progress, RunResult } from "../worker/protocol";
import type { Catalog, Look } from "./catalog";
import type { Example } from "./example";
import type { Explanation } from "./explanation";
import type { Measure, Measuring, Paraphrasing } from "./measured";
import { initialSlices, type SliceStates } from "./slices";

/** Views by their names in links, in the order of their keys. */
export const VIEW_IDS = ["heads", "model", "neuron", "rollout", "attribution", "occlusion", "compare"] as const;
export type ViewId = (typeof VIEW_IDS)[number];
export type PairFilter = "all" | "aa" | "ab" | "ba" | "bb";
export type Theme = "light" | "dark" | "system";
export type Side = "query" | "key";
export type Dialog = "models" | "keys" | "embed" | "table";

/** A token that the cursor is over or that is pinned: its column (which side of the view) and position. */
export interface TokenRef {
  readonly side: Side;
  readonly index: number;
}

/** One head of one attention site. */
export interface HeadRef {
  readonly site: number;
  readonly head: number;
}

/** What the views draw: a pass of the running model, or an example that the same engine computed beforehand. */
export interface Shown {
  readonly origin: "live" | "example";
  readonly model: Pick<LoadedModel, "name" | "layers" | "heads" | "sites" | "family" | "labels" | "task" | "far">;
  readonly result: RunResult;
  readonly scores: readonly HeadScores[] | null;
}

/** An image as it was picked, dropped or pasted. */
export interface GivenImage {
  readonly file: Blob;
  readonly name: string;
}

/** A target as a link or an example spells it, until a model can say what it means. */
export interface WantedTarget {
  readonly target: string | null;
  readonly against: string | null;
  readonly as: NonNullable<Target["as"]> | null;
}

export interface State {
  /** What each view keeps of its own. */
  readonly own: SliceStates;

  /** What the person asked for: `text` is what stands in the field. */
  readonly source: ModelSource | null;
  /** The model that is on its way, or the one that failed last. The one before stays until it is there. */
  readonly next: ModelSource | null;
  readonly device: Device | "auto";
  readonly text: string;
  readonly pair: string | null;
  /** Ids as typed, for a model without a tokenizer. */
  readonly ids: string | null;
  /** The image for a model that reads images; a file, which no link carries. */
  readonly image: GivenImage | null;
  /** The name of an image that a link was of, until one is given. */
  readonly wantedImage: string | null;
  readonly target: Partial<Target> | null;
  readonly wanted: WantedTarget | null;

  /** What is there. */
  readonly catalog: Catalog | null;
  readonly examples: readonly Example[];
  readonly model: LoadedModel | null;
  readonly shown: Shown | null;
  /** The tokens of what stands in the field, sooner than the pass over them. */
  readonly typed: Encoding | null;
  /** The shown result is of an older text than what is typed. */
  readonly stale: boolean;
  readonly loading: Progress | null;
  readonly running: Progress | null;
  readonly failure: Failure | null;
  readonly memory: number | null;

  /** What explains it. */
  readonly methods: readonly MethodInfo[];
  /** By method id, of what is shown; the newest last. */
  readonly explanations: Readonly<Record<string, Explanation>>;
  /** By method id, what was chosen otherwise than by default. */
  readonly methodOptions: Readonly<Record<string, Options>>;
  readonly unit: UnitKind;
  readonly seed: number;
  /** How faithful they are, of what is shown; null where nothing was measured. */
  readonly measuring: Measuring | null;
  /** Whether they say the same of paraphrases, of what is shown; null where nothing was measured. */
  readonly paraphrasing: Paraphrasing | null;
  /** What was measured in this session, oldest first. */
  readonly measures: readonly Measure[];

  /** What is looked at. */
  readonly view: ViewId;
  readonly site: number;
  /** Heads that are on in Heads, ascending; never empty. */
  readonly heads: readonly number[];
  /** The head that Neuron shows, and that the inspector of Heads describes where it is on. */
  readonly head: number;
  /** The head that is open in Model, and how it is drawn there. */
  readonly open: HeadRef | null;
  readonly openAs: "matrix" | "lines";
  readonly hovered: TokenRef | null;
  readonly pinned: TokenRef | null;
  /** The row that the keyboard went to, which views bring on screen. */
  readonly reached: TokenRef | null;
  readonly hideSinks: Readonly<Record<ViewId, boolean>>;
  readonly mergeWords: boolean;
  /** All heads of a trace that is far away are to be read, and not only those that are opened. */
  readonly readsAll: boolean;
  readonly pairFilter: PairFilter;
  readonly curved: boolean;
  /** Characters whose badges Model leaves out. */
  readonly badgesOff: readonly string[];
  readonly theme: Theme;
  readonly inspector: boolean;
  /** On a phone the inspector is a sheet: whether it is drawn up. */
  readonly sheet: boolean;
  readonly embed: boolean;
  readonly dialog: Dialog | null;
  /** The text field is open for typing. */
  readonly editing: boolean;
  /** Bad values of the link, and other things to say once. */
  readonly notices: readonly string[];
  /** What a link or an example wants looked at, until a model is there to check it against. */
  readonly look: Look | null;
}

export const initial: State = {
  own: initialSlices,
  source: null,
  next: null,
  device: "auto",
  text: "",
  pair: null,
  ids: null,
  image: null,
  wantedImage: null,
  target: null,
  wanted: null,
  catalog: null,
  examples: [],
  model: null,
  shown: null,
  typed: null,
  stale: false,
  loading: null,
  running: null,
  failure: null,
  memory: null,
  methods: [],
  explanations: {},
  methodOptions: {},
  unit: "token",
  seed: 0,
  measuring: null,
  paraphrasing: null,
  measures: [],
  view: "heads",
  site: 0,
  heads: [0],
  head: 0,
  open: null,
  openAs: "matrix",
  hovered: null,
  pinned: null,
  reached: null,
  hideSinks: Object.fromEntries(VIEW_IDS.map((id) => [id, id === "heads"])) as Record<ViewId, boolean>,
  mergeWords: false,
  readsAll: false,
  pairFilter: "all",
  curved: true,
  badgesOff: ["sink"],
  theme: "system",
  inspector: true,
  sheet: false,
  embed: false,
  dialog: null,
  editing: false,
  notices: [],
  look: null,
};
