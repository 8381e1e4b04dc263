import { spell } from "../../store/units";
import { TOK_ADVANCE } from "../shared/scene";

/** A block of dimensions: `width` over all of them. */
export interface Block {
  readonly x: number;
  readonly width: number;
}

/** Where things stand, in CSS pixels of the plot. */
export interface NeuronLayout {
  readonly width: number;
  readonly row: number;
  readonly size: number;
  /** Right edge of the queries, and the room they have. */
  readonly query: { readonly right: number; readonly width: number };
  /** The keys' vectors; null where there is no room, or they are not wanted. */
  readonly vectors: Block | null;
  readonly products: Block;
  /** Right edges of numbers; null where there is no room for them, or nothing to tell. */
  readonly score: number | null;
  readonly rest: number | null;
  readonly logit: number;
  readonly bar: { readonly left: number; readonly full: number };
  /** Left edge of the keys, and the room they have; null where the queries' labels stand for them. */
  readonly key: { readonly left: number; readonly width: number } | null;
  /** Size of the patches beside the names of their tokens; 0 where there are none, or no room. */
  readonly crop: number;
  /** Numbers of dimensions fit under these blocks. */
  readonly dimensions: number;
}

const GUTTER = 24;
const NARROW = 560;
const MEDIUM = 760;
const MOST_SIGNS = 14;
const NUMBER = 56;
const PERCENT = 38;
const CROP = 16;
/** Between a name, which has a ground when it is pinned, and its patch. */
export const BESIDE = 10;

export const ROW = 22;

/** Above the rows: captions, then the query's own vector. */
export const HEAD = 50;

const longest = (tokens: readonly string[], size: number): number =>
  tokens.reduce((most, token) => {
    const { mark, label } = spell(token);
    return Math.max(most, Math.min(MOST_SIGNS, [...mark, ...label].length));
  }, 4) *
  size *
  TOK_ADVANCE;

/** A block of few dimensions is as wide as its caption, about. */
const CAPTION = 216;
const WIDEST_CELL = 14;

/** Cells of whole device pixels, so that all are of one width; of less than one where there are too many. */
function snapped(room: number, dimensions: number, ratio: number): number {
  const cell = Math.floor((room * ratio) / dimensions) / ratio;
  const widest = Math.max(WIDEST_CELL, Math.round(CAPTION / dimensions));
  return cell > 0 ? Math.min(widest, cell) * dimensions : room;
}

/** Lays a head out. Frames under 760 pixels have no vectors of keys, under 560 one column of tokens. */
export function neuronLayout(
  width: number,
  tokens: readonly string[],
  dimensions: number,
  wants: {
    readonly vectors: boolean;
    /** The sum of products isn't the logit yet. */
    readonly scaled: boolean;
    readonly rest: boolean;
    readonly sorted: boolean;
    /** Tokens are patches, each of which is drawn beside its name. */
    readonly crops?: boolean;
    readonly ratio: number;
  },
): NeuronLayout {
  const narrow = width < NARROW;
  const size = narrow ? 12 : 13;
  const label = Math.max(44, longest(tokens, size));
  const gutter = narrow ? 12 : GUTTER;
  const query = { right: gutter + label, width: label };
  const crop = wants.crops && !narrow ? CROP : 0;
  const aside = crop > 0 ? crop + BESIDE : 0; // what it takes beside a name
  const left = query.right + 14 + aside;
  const keyWidth = narrow && !wants.sorted ? 0 : label + aside;
  const full = narrow ? 34 : width < MEDIUM ? 60 : 96;
  const bar = width - gutter - keyWidth - (keyWidth > 0 ? 14 : 0) - full - PERCENT;
  const logit = bar - 12;
  const rest = wants.rest && !narrow ? logit - NUMBER : null;
  const score = !narrow && (wants.scaled || wants.rest) ? (rest ?? logit) - NUMBER : null;
  const right = (score ?? logit) - NUMBER + (narrow ? 14 : 0);
  const room = Math.max(40, right - left);
  const both = wants.vectors && width >= MEDIUM;
  const each = snapped(both ? (room - 18) / 2 : room, dimensions, wants.ratio);
  const spare = Math.max(0, room - (both ? 2 * each + 18 : each));
  const first = left + Math.min(spare / 2, 40);
  return {
    width,
    row: narrow ? 26 : ROW,
    size,
    query,
    vectors: both ? { x: first, width: each } : null,
    products: { x: both ? first + each + 18 : first, width: each },
    score,
    rest,
    logit,
    bar: { left: bar, full },
    key: keyWidth > 0 ? { left: bar + full + PERCENT + 14 + aside, width: label } : null,
    crop,
    dimensions,
  };
}

/** The dimension under x, and the block that it is in; null beside both. */
export function dimensionAt({ vectors, products, dimensions }: NeuronLayout, x: number): number | null {
  for (const block of [vectors, products]) {
    if (!block || x < block.x || x >= block.x + block.width) continue;
    return Math.floor(((x - block.x) * dimensions) / block.width);
  }
  return null;
}

export const rowTop = ({ row }: Pick<NeuronLayout, "row">, index: number): number => 4 + index * row;

/** Rows [from, to) that a part of the height shows. */
export function rowsShown(layout: NeuronLayout, scroll: number, height: number, rows: number): [number, number] {
  const from = Math.floor((scroll - 4) / layout.row);
  const to = Math.ceil((scroll + height - 4) / layout.row);
  return [Math.max(0, Math.min(rows, from)), Math.max(0, Math.min(rows, to))];
}
