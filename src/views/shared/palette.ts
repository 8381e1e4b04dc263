import { interpolateBlues, interpolateBrBG, interpolateRgb, rgb } from "d3";

export type Scheme = "light" | "dark";

/** The colours of a scheme, for what CSS doesn't reach: canvas and exports. `styles/tokens.css` has the same. */
export interface Palette {
  readonly scheme: Scheme;
  readonly ground: string;
  readonly surface: string;
  readonly raised: string;
  readonly sunk: string;
  readonly line: string;
  readonly line2: string;
  readonly edge: string;
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly accent: string;
  readonly mark: string;
  readonly pin: string;
  readonly wash: string;
  readonly warn: string;
  readonly att: string;
  readonly for: string;
  readonly against: string;
  readonly heads: readonly string[];
}

const light: Palette = {
  scheme: "light",
  ground: "#f4f5f6",
  surface: "#ffffff",
  raised: "#ffffff",
  sunk: "#eceef0",
  line: "#e2e5e8",
  line2: "#c3c8cf",
  edge: "#868e9a",
  ink: "#14171c",
  ink2: "#434a55",
  ink3: "#646c78",
  accent: "#1d55c4",
  mark: "#ffdf6b",
  pin: "#14171c",
  wash: "#d9dde2",
  warn: "#8f4400",
  att: "#2271b4",
  for: "#12736a",
  against: "#985e15",
  heads: [
    "#5759d8",
    "#f26800",
    "#037857",
    "#8b0665",
    "#aa7afe",
    "#836000",
    "#409bc4",
    "#70281a",
    "#78a05b",
    "#511894",
    "#c45d8e",
    "#00528a",
  ],
};

const dark: Palette = {
  scheme: "dark",
  ground: "#0e1013",
  surface: "#15181d",
  raised: "#1d2127",
  sunk: "#0a0c0e",
  line: "#262b32",
  line2: "#434b56",
  edge: "#6a7380",
  ink: "#edeff2",
  ink2: "#b9c0ca",
  ink3: "#8f98a5",
  accent: "#8ab2ff",
  mark: "#ffd84d",
  pin: "#f3f4f6",
  wash: "#2c323a",
  warn: "#ffbf73",
  att: "#57a0ce",
  for: "#5bb2a8",
  against: "#cea156",
  heads: [
    "#0185f3",
    "#e79755",
    "#71d09b",
    "#d24886",
    "#b298ff",
    "#dcc50c",
    "#3dfbfe",
    "#e35126",
    "#9cfb77",
    "#7e76b7",
    "#ca8ba7",
    "#aac1d7",
  ],
};

export const palettes: Readonly<Record<Scheme, Palette>> = { light, dark };

/** Heads from the twelfth on repeat the colours with dashed lines. */
export const headColour = ({ heads }: Palette, head: number): string => heads[head % heads.length]!;
export const headDashed = ({ heads }: Palette, head: number): boolean => head >= heads.length;
export const DASH: readonly number[] = [7, 4];

const KNEE = 0.15;

/** The colour of an attention weight, 0 to 1. Zero is the ground's colour in either scheme, more is more contrast. */
export function attentionColour({ scheme, surface }: Palette, weight: number): string {
  const t = Math.min(1, Math.max(0, weight));
  if (scheme === "light") return interpolateBlues(t);
  if (t < KNEE) return interpolateRgb(surface, interpolateBlues(1))(t / KNEE);
  return interpolateBlues(1 - ((t - KNEE) / (1 - KNEE)) ** 1.25);
}

/** How far the two-hue scale is used: its ends are too dark to tell apart. */
const REACH = 0.86;
/** In dark the same hues, from deep to pale: where each side starts and ends on the scale. */
const DEEP = { for: [0.93, 0.66], against: [0.07, 0.29] } as const;

/**
 * The colour of a signed value, -1 to 1: for the target in teal, against it in brown. Zero is the ground's colour in
 * either scheme, more is more contrast. Whoever draws a negative value adds a dash, so that hue isn't alone.
 */
export function signedColour({ scheme, surface }: Palette, value: number): string {
  const v = Math.min(1, Math.max(-1, value));
  if (scheme === "light") return interpolateBrBG(0.5 + (v * REACH) / 2);
  const [deep, pale] = v < 0 ? DEEP.against : DEEP.for;
  const t = Math.abs(v);
  if (t < KNEE) return interpolateRgb(surface, interpolateBrBG(deep))(t / KNEE);
  return interpolateBrBG(deep + ((t - KNEE) / (1 - KNEE)) ** 1.25 * (pale - deep));
}

const tables = new Map<string, Uint8ClampedArray>();

/** 256 RGBA colours, for pixels, made once a scheme. [256, 4] */
function tableOf(name: string, { scheme }: Palette, colourAt: (i: number) => string): Uint8ClampedArray {
  const key = `${name} ${scheme}`;
  let table = tables.get(key);
  if (!table) {
    table = new Uint8ClampedArray(256 * 4);
    for (let i = 0; i < 256; i++) {
      const { r, g, b } = rgb(colourAt(i));
      table.set([r, g, b, 255], i * 4);
    }
    tables.set(key, table);
  }
  return table;
}

/** Colours of `attentionColour` from 0 to 1. */
export const attentionTable = (palette: Palette): Uint8ClampedArray =>
  tableOf("attention", palette, (i) => attentionColour(palette, i / 255));

/** Colours of `signedColour` from -1 to 1; zero is entry 127.5, which both middle ones stand for. */
export const signedTable = (palette: Palette): Uint8ClampedArray =>
  tableOf("signed", palette, (i) => signedColour(palette, i / 127.5 - 1));

/** Relative luminance after WCAG, 0 to 1. */
export function luminance(of: string): number {
  const { r, g, b } = rgb(of);
  const linear = (part: number): number => {
    const c = part / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** Black or white, whichever reads better on a colour: 4.5:1 or more. */
export const inkOn = (background: string): string => (luminance(background) > 0.179 ? "#000000" : "#ffffff");
