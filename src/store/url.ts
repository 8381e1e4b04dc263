import type { Options } from "../explain/attribution";
import type { Target } from "../explain/target";
import type { UnitKind } from "../explain/unit";
import type { Device, ModelSource } from "../worker/protocol";
import type { Look } from "./catalog";
import { METHOD_IDS } from "./method-ids";
import { type SliceId, type SlicePatch, sliceIds, slices } from "./slices";
import { flag, map, oneOf, type Parameter, type Reading, wrong } from "./slices/slice";
import { initial, type PairFilter, type State, type Theme, VIEW_IDS, type ViewId } from "./state";

/** Everything that a link carries. What is absent keeps its default. */
export interface Link {
  /** A shipped id (without a slash) or a hub id. */
  readonly model?: string;
  readonly revision?: string;
  readonly file?: string;
  /** The address of a trace, in a model's place. */
  readonly trace?: string;
  readonly device?: Device;
  readonly text?: string;
  readonly pair?: string;
  readonly ids?: string;
  /** What the image was called: it has to be given again. */
  readonly image?: string;
  readonly view?: ViewId;
  readonly look?: Look;
  readonly target?: string;
  readonly against?: string;
  /** The scale of the target. */
  readonly as?: NonNullable<Target["as"]>;
  /** What methods give one value. */
  readonly unit?: UnitKind;
  readonly seed?: number;
  /** By method id, what is set otherwise than by default. */
  readonly options?: Readonly<Record<string, Options>>;
  readonly theme?: Theme;
  readonly sinks?: boolean;
  readonly words?: boolean;
  readonly filter?: PairFilter;
  readonly straight?: boolean;
  readonly embed?: boolean;
  /** What views keep of their own. */
  readonly own?: SlicePatch;
}

const THEMES: readonly Theme[] = ["light", "dark", "system"];
const FILTERS: readonly PairFilter[] = ["all", "aa", "ab", "ba", "bb"];
const DEVICES: readonly Device[] = ["webgpu", "wasm"];
const KINDS = ["encoder", "decoder", "cross"] as const;
const SCALES = ["logit", "log-probability", "probability"] as const;
const UNITS: readonly UnitKind[] = ["token", "word"];
const LARGEST = 100_000;

function natural(raw: string): number | null {
  if (!/^\d{1,6}$/.test(raw)) return null;
  const value = Number(raw);
  return value <= LARGEST ? value : null;
}

/** Options are numbers, truth values or words; which of them a method takes is checked when the model is there. */
function optionValue(raw: string): number | boolean | string {
  if (raw === "true" || raw === "false") return raw === "true";
  return raw.trim() !== "" && Number.isFinite(Number(raw)) ? Number(raw) : raw;
}

/** Readers of what all views share, by parameter: each adds its part to the link, or says what it expected. */
const readers: Readonly<Record<string, (raw: string, link: Link) => Reading<Link>>> = {
  model(raw, link) {
    const found = /^([A-Za-z0-9][\w.-]*(?:\/[A-Za-z0-9][\w.-]*)?)(?:@([\w./-]+))?$/.exec(raw);
    if (!found) return wrong("the name of a shipped model or an owner/name of the hub");
    const [, model, revision] = found;
    return { value: { ...link, model: model!, ...(revision !== undefined && { revision }) } };
  },
  file: (raw, link) =>
    raw !== "" && !raw.split("/").includes("..") ? { value: { ...link, file: raw } } : wrong("a file of the model"),
  trace: (raw, link) =>
    /^https?:\/\/\S+$/.test(raw) ? { value: { ...link, trace: raw } } : wrong("an address that begins with http"),
  device: (raw, link) => map(oneOf(raw, DEVICES), (device) => ({ ...link, device })),
  text: (raw, link) => ({ value: { ...link, text: raw } }),
  pair: (raw, link) => ({ value: raw === "" ? link : { ...link, pair: raw } }),
  ids: (raw, link) => (/^[\d\s,]*$/.test(raw) ? { value: { ...link, ids: raw } } : wrong("numbers")),
  image: (raw, link) => (raw === "" ? wrong("the name of an image") : { value: { ...link, image: raw } }),
  view: (raw, link) => map(oneOf(raw, VIEW_IDS), (view) => ({ ...link, view })),
  layer(raw, link) {
    const layer = natural(raw);
    return layer === null ? wrong("a layer's number") : { value: withLook(link, { layer }) };
  },
  kind: (raw, link) => map(oneOf(raw, KINDS), (kind) => withLook(link, { kind })),
  heads(raw, link) {
    const heads = raw.split(",").map(natural);
    const good = heads.filter((head) => head !== null);
    if (good.length < heads.length) return wrong("numbers of heads with commas between");
    return { value: withLook(link, { heads: [...new Set(good)].sort((a, b) => a - b) }) };
  },
  head(raw, link) {
    const head = natural(raw);
    return head === null ? wrong("a head's number") : { value: withLook(link, { head }) };
  },
  pin(raw, link) {
    const found = /^(key:)?(\d+)$/.exec(raw);
    const index = natural(found?.[2] ?? "");
    if (!found || index === null) return wrong("a token's position");
    return { value: withLook(link, { pin: { side: found[1] ? "key" : "query", index } }) };
  },
  open(raw, link) {
    const [layer, head, ...more] = raw.split(".").map(natural);
    if (layer == null || head == null || more.length > 0) return wrong("LAYER.HEAD");
    return { value: withLook(link, { open: { layer, head } }) };
  },
  target: (raw, link) => (raw === "" ? wrong("a class or a token") : { value: { ...link, target: raw } }),
  against: (raw, link) => ({ value: { ...link, against: raw } }),
  as: (raw, link) => map(oneOf(raw, SCALES), (as) => ({ ...link, as })),
  unit: (raw, link) => map(oneOf(raw, UNITS), (unit) => ({ ...link, unit })),
  seed(raw, link) {
    const seed = natural(raw);
    return seed === null ? wrong("a whole number") : { value: { ...link, seed } };
  },
  option(raw, link) {
    const [, method = "", option = "", value = ""] = /^([a-z\d-]+)\.([\w-]+):(.*)$/s.exec(raw) ?? [];
    if (!METHOD_IDS.some((id) => id === method)) return wrong("METHOD.OPTION:VALUE");
    const options = { ...link.options, [method]: { ...link.options?.[method], [option]: optionValue(value) } };
    return { value: { ...link, options } };
  },
  theme: (raw, link) => map(oneOf(raw, THEMES), (theme) => ({ ...link, theme })),
  sinks: (raw, link) => map(oneOf(raw, ["hidden", "shown"]), (value) => ({ ...link, sinks: value === "hidden" })),
  words: (raw, link) => map(flag(raw), (words) => ({ ...link, words })),
  filter: (raw, link) => map(oneOf(raw, FILTERS), (filter) => ({ ...link, filter })),
  lines: (raw, link) =>
    map(oneOf(raw, ["straight", "curved"]), (value) => ({ ...link, straight: value === "straight" })),
  embed: (raw, link) => map(flag(raw), (embed) => ({ ...link, embed })),
  /** Of an embedder; read by the frame's end of the conversation, and not carried on. */
  origins: (raw, link) =>
    raw.split(",").every((origin) => /^(https?:\/\/[^/\s]+|null)$/.test(origin.trim()))
      ? { value: link }
      : wrong("origins such as https://host.example, with commas between"),
};

/** Parameters of views of their own, by name. */
const ownParameters: ReadonlyMap<string, { readonly id: SliceId; readonly parameter: Parameter<object> }> = new Map(
  sliceIds.flatMap((id) =>
    Object.entries(slices[id].link).map(([name, parameter]) => [
      name,
      { id, parameter: parameter as Parameter<object> },
    ]),
  ),
);

/** Names of all parameters, each view's own after those of all. */
export const parameterNames: readonly string[] = [...Object.keys(readers), ...ownParameters.keys()];

function readOwn(name: string, raw: string, link: Link): Reading<Link> | null {
  const found = ownParameters.get(name);
  return found
    ? map(found.parameter.read(raw), (part) => ({
        ...link,
        own: { ...link.own, [found.id]: { ...link.own?.[found.id], ...part } },
      }))
    : null;
}

const withLook = (link: Link, look: Look): Link => ({ ...link, look: { ...link.look, ...look } });

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The fragment's decoded form; a stray `%` stays as it is, since people cut links short. */
function parameters(fragment: string): [string, string][] {
  const decode = (raw: string): string =>
    raw
      .replaceAll("+", " ")
      .replace(/(?:%[0-9a-fA-F]{2})+/g, (bytes) =>
        utf8.decode(Uint8Array.from(bytes.slice(1).split("%"), (byte) => Number.parseInt(byte, 16))),
      );
  return fragment
    .replace(/^#/, "")
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", ...value] = part.split("=");
      return [decode(name), decode(value.join("="))];
    });
}

/** Half of a surrogate pair has no UTF-8 form. */
const wellFormed = (text: string): string => text.replace(/[\uD800-\uDFFF]/gu, "\uFFFD");

const brief = (raw: string): string => (raw.length > 40 ? `${raw.slice(0, 40)}…` : raw);

/** Reads a fragment. Never throws: what can't be used is named in `notices`, and everything else still counts. */
export function readLink(fragment: string): { link: Link; notices: string[] } {
  let link: Link = {};
  const notices: string[] = [];
  for (const [name, raw] of parameters(fragment)) {
    const reading = Object.hasOwn(readers, name) ? readers[name]!(raw, link) : readOwn(name, raw, link);
    if (!reading) {
      notices.push(`The link says ${brief(name)}=${brief(raw)}, which this version doesn't know.`);
      continue;
    }
    if ("wrong" in reading)
      notices.push(`The link says ${name}=${brief(raw)}, which isn't ${reading.wrong}. It is left out.`);
    else link = reading.value;
  }
  return { link, notices };
}

/**
 * Writes a link's fragment, without `#`. `readLink` of it gives the same link back, with no notices; what a view keeps of
 * its own is only written where it isn't as the view starts.
 */
export function writeLink(link: Link): string {
  const parts: string[] = [];
  const add = (name: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    const encoded = encodeURIComponent(wellFormed(`${value}`))
      .replaceAll("%20", "+")
      .replaceAll("%2C", ",")
      .replaceAll("%2F", "/")
      .replaceAll("%3A", ":")
      .replaceAll("%40", "@");
    parts.push(`${name}=${encoded}`);
  };
  const { look } = link;
  add("model", link.model && (link.revision ? `${link.model}@${link.revision}` : link.model));
  add("file", link.file);
  add("device", link.device);
  add("text", link.text);
  add("pair", link.pair);
  add("ids", link.ids);
  add("image", link.image);
  add("view", link.view);
  add("layer", look?.layer);
  add("kind", look?.kind);
  add("heads", look?.heads?.join(","));
  add("head", look?.head);
  add("pin", look?.pin && `${look.pin.side === "key" ? "key:" : ""}${look.pin.index}`);
  add("open", look?.open && `${look.open.layer}.${look.open.head}`);
  add("target", link.target);
  add("against", link.against);
  add("as", link.as);
  add("unit", link.unit);
  add("seed", link.seed);
  for (const [method, options] of Object.entries(link.options ?? {}))
    for (const [option, value] of Object.entries(options)) add("option", `${method}.${option}:${value}`);
  add("theme", link.theme);
  add("sinks", link.sinks === undefined ? undefined : link.sinks ? "hidden" : "shown");
  add("words", link.words === undefined ? undefined : Number(link.words));
  add("filter", link.filter);
  add("lines", link.straight === undefined ? undefined : link.straight ? "straight" : "curved");
  add("embed", link.embed === undefined ? undefined : Number(link.embed));
  for (const [name, { id, parameter }] of ownParameters)
    if (link.own?.[id]) add(name, parameter.write({ ...slices[id].initial, ...link.own[id] }));
  return parts.join("&");
}

/** The link of what is on screen. A model from the person's own files has no link; the rest still does. */
export function linkOf(state: State): Link {
  const { shown, site, heads, head, pinned, open, wanted, look, view } = state;
  const source = state.source ?? state.next;
  const info = shown?.model.sites.find(({ index }) => index === site);
  const kinds = new Set(shown?.model.sites.map(({ kind }) => kind));
  const openSite = open && shown?.model.sites.find(({ index }) => index === open.site);
  const target = shown?.origin === "live" ? shown.result.target : null;
  const readsImages = state.model?.family === "vision";
  const chosen = target !== null && state.target !== null;
  return {
    ...(source !== null && source.kind !== "files" && modelOf(source)),
    ...(state.device !== "auto" && { device: state.device }),
    ...(state.text !== "" && !readsImages && { text: state.text }),
    ...(state.pair !== null && state.pair !== "" && !readsImages && { pair: state.pair }),
    ...(state.ids !== null && state.ids !== "" && { ids: state.ids }),
    ...imageOf(state),
    view,
    look:
      shown && shown.origin === "live" && info
        ? {
            layer: info.layer,
            ...(kinds.size > 1 && { kind: info.kind }),
            ...(heads.length < info.heads && { heads }),
            ...(head !== heads[0] && { head }),
            ...(pinned && { pin: pinned }),
            ...(openSite && open && { open: { layer: openSite.layer, head: open.head } }),
          }
        : (look ?? {}),
    ...(chosen
      ? {
          target: target.position === null ? `${target.index}` : `${target.index}@${target.position}`,
          ...(target.against !== undefined && { against: `${target.against}` }),
        }
      : wanted && {
          ...(wanted.target !== null && { target: wanted.target }),
          ...(wanted.against !== null && { against: wanted.against }),
          ...(wanted.as !== null && { as: wanted.as }),
        }),
    ...(target?.as !== undefined && target.as !== "logit" && { as: target.as }),
    ...(state.unit !== initial.unit && { unit: state.unit }),
    ...(state.seed !== initial.seed && { seed: state.seed }),
    ...(Object.keys(state.methodOptions).length > 0 && { options: state.methodOptions }),
    ...(state.theme !== "system" && { theme: state.theme }),
    ...(state.hideSinks[view] !== initial.hideSinks[view] && { sinks: state.hideSinks[view] }),
    ...(state.mergeWords && { words: true }),
    ...(state.pairFilter !== "all" && { filter: state.pairFilter }),
    ...(!state.curved && { straight: true }),
    ...(state.embed && { embed: true }),
    own: state.own,
  };
}

/** Whether a link can carry what is open: nothing that came from files or was posted. */
export const isAddressed = (source: ModelSource | null): boolean =>
  source === null || (source.kind === "trace" ? "url" in source.from : source.kind !== "files");

/** An image stays where it is; the link says which one it was of. */
function imageOf({ image, wantedImage, model, shown }: State): Link {
  if (model?.trace) return {}; // a trace brings its own
  const name = shown?.result.seen?.name ?? (model?.family === "vision" ? image?.name : undefined) ?? wantedImage;
  return name ? { image: name } : {};
}

function modelOf(source: ModelSource): Link {
  if (source.kind === "files") return {};
  if (source.kind === "trace") return "url" in source.from ? { trace: source.from.url } : {};
  if (source.kind === "shipped") return { model: source.id };
  return {
    model: source.id,
    ...(source.revision !== undefined && { revision: source.revision }),
    ...(source.file !== undefined && { file: source.file }),
  };
}
