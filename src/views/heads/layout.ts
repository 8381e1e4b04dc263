import type { Unit } from "../../store/units";
import { TOK_ADVANCE } from "../shared/scene";

/** Where things stand in the two columns, in CSS pixels of the plot. */
export interface Layout {
  readonly width: number;
  readonly size: number;
  readonly row: number;
  /** Right edge of the stubs of what is not drawn, and their width for a whole row; null where there is no room. */
  readonly stubs: { readonly right: number; readonly full: number } | null;
  /** Right edge of the tokens that look, and the room they have. */
  readonly query: { readonly right: number; readonly width: number };
  /** Lines run from x0 to x1. */
  readonly x0: number;
  readonly x1: number;
  /** Left edge of the tokens that are looked at, and the room they have. */
  readonly key: { readonly left: number; readonly width: number };
  /** Left edge of the bars of what the pinned token gives; null where there is no room. */
  readonly bars: { readonly left: number; readonly full: number } | null;
  readonly top: number;
}

const GUTTER = 24;
const STUB_LABEL = 30;
const STUB = 60;
const PAD = 14;
const MOST_SIGNS = 18;

const longest = (units: readonly Unit[]): number =>
  units.reduce((most, { mark, label }) => Math.max(most, [...mark, ...label].length), 3);

/** Browsers lay out in steps of this many pixels: rows of a height between two would drift from the lines. */
const STEP = 1 / 64;

/** Rows fill the height as far as they stay readable; then they scroll. */
export function rowHeight(height: number, rows: number, narrow: boolean): number {
  const row = Math.min(narrow ? 26 : 32, Math.max(narrow ? 17.9 : 18.5, height / Math.max(1, rows)));
  return Math.floor(row / STEP) * STEP;
}

/** Lays the columns out. Frames under 760 pixels have no bars, under 560 (phones, small embeds) no stubs either. */
export function layoutOf(
  width: number,
  height: number,
  columns: { readonly queries: readonly Unit[]; readonly keys: readonly Unit[] },
): Layout {
  const narrow = width < 560;
  const size = narrow ? 12 : 13.5;
  const rows = Math.max(columns.queries.length, columns.keys.length);
  const signs = (units: readonly Unit[]): number => Math.min(MOST_SIGNS, longest(units)) * size * TOK_ADVANCE;
  const row = rowHeight(height, rows, narrow);
  if (narrow) {
    const query = Math.min(width * 0.28, Math.max(74, signs(columns.queries)));
    const key = Math.min(width * 0.28, Math.max(74, signs(columns.keys)));
    const right = 14 + query + 8;
    return {
      width,
      size,
      row,
      stubs: null,
      query: { right, width: query },
      x0: right + PAD,
      x1: width - key - 14 - PAD - 8,
      key: { left: width - key - 14 - 8, width: key },
      bars: null,
      top: 4,
    };
  }
  const stubs = { right: GUTTER + STUB_LABEL + STUB - 22, full: STUB };
  const query = Math.min(width * 0.2, Math.max(106, signs(columns.queries)));
  const right = stubs.right + GUTTER + query;
  const key = Math.min(width * 0.2, Math.max(80, signs(columns.keys)));
  const full = width < 760 ? 0 : Math.min(256, width * 0.257);
  const left = width - GUTTER - full + (full > 0 ? 0 : 16);
  return {
    width,
    size,
    row,
    stubs,
    query: { right, width: query },
    x0: right + PAD,
    x1: left - 16 - key - PAD,
    key: { left: left - 16 - key, width: key },
    bars: full > 0 ? { left, full } : null,
    top: 6,
  };
}
