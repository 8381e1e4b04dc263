import type { State, TokenRef } from "../../store/state";
import { charactersOf, scoresOf } from "../shared/characters";
import type { Table } from "../shared/csv";
import { CONTEXT, FOCUSED, FULL_WIDTH, fan, IDLE, THRESHOLD } from "../shared/lines";
import { headColour, inkOn, type Palette } from "../shared/palette";
import { clip, type Mark, type Scene, type Text, tokWidth } from "../shared/scene";
import {
  barMarks,
  eachLineIn,
  focusMarks,
  lineMark,
  notDrawnSentence,
  rowMiddle,
  rowOf,
  sharesOf,
  stubMarks,
} from "./draw";
import { type Layout, layoutOf } from "./layout";
import { filterLabel, layerOf } from "./names";
import { column, type Picture } from "./on-screen";

/** More rows than this make no figure; those around the pinned token are drawn. */
export const MOST_ROWS = 120;
const ROW = 23.2;
const ABOVE = 96;
const BELOW = 42;
/** Narrower figures say what they leave out on a line of its own. */
const ONE_LINE = 960;

type Looks = Pick<State, "pinned" | "curved" | "pairFilter">;

const text = (x: number, y: number, words: string, fill: string, more: Partial<Text> = {}): Text => ({
  kind: "text",
  x,
  y,
  text: words,
  fill,
  font: "ui",
  size: 12,
  ...more,
});

/** Rows [from, to) that the figure holds. */
export function figureRows(rows: number, around: number | null): [number, number] {
  if (rows <= MOST_ROWS) return [0, rows];
  const from = Math.min(rows - MOST_ROWS, Math.max(0, (around ?? 0) - MOST_ROWS / 2));
  return [from, from + MOST_ROWS];
}

function tokenMarks(
  picture: Picture,
  layout: Layout,
  palette: Palette,
  pinned: TokenRef | null,
  [from, to]: readonly [number, number],
): Mark[] {
  const pin = rowOf(picture.plan, pinned);
  return (["query", "key"] as const).flatMap((side) =>
    column(picture.plan, side)
      .slice(from, to)
      .flatMap((unit, i): Mark[] => {
        const room = side === "query" ? layout.query.width : layout.key.width;
        const label = clip(unit.mark + unit.label, layout.size, room);
        const y = rowMiddle(layout, from + i);
        const here = pin?.side === side && pin.row === from + i;
        const width = tokWidth(label, layout.size);
        const x = side === "query" ? layout.query.right - width : layout.key.left;
        const fill = here ? palette.surface : unit.special ? palette.ink3 : palette.ink;
        return [
          ...(here
            ? [
                {
                  kind: "rect" as const,
                  x: x - 6,
                  y: y - 10,
                  width: width + 12,
                  height: 20,
                  radius: 4,
                  fill: palette.pin,
                },
              ]
            : []),
          text(x, y + 4.5, label, fill, { font: "tok", size: layout.size }),
        ];
      }),
  );
}

function legendMarks(y: number, width: number, palette: Palette, sentence: string): Mark[] {
  const marks: Mark[] = [text(24, y, "Width = weight", palette.ink2)];
  let x = 122;
  for (const weight of [THRESHOLD, 0.25, 0.5, 1]) {
    const height = FULL_WIDTH * weight;
    marks.push({ kind: "rect", x, y: y - 4 - height / 2, width: 26, height, fill: palette.ink2 });
    marks.push(text(x + 33, y, `${Math.round(weight * 100)}%`, palette.ink2));
    x += 72;
  }
  marks.push(text(x + 6, y, "Colour = head", palette.ink2));
  const beside = width >= ONE_LINE;
  marks.push(
    text(beside ? width - 24 : 24, beside ? y : y + 20, sentence, palette.ink3, {
      anchor: beside ? "end" : "start",
      size: 11,
    }),
  );
  return marks;
}

function headMarks(picture: Picture, palette: Palette): Mark[] {
  const { shown, site } = picture;
  return picture.heads.flatMap(({ head }, n): Mark[] => {
    const fill = headColour(palette, head);
    const scores = scoresOf(shown.scores, site, head);
    const character = scores && charactersOf(scores)[0];
    const x = 24 + n * 32;
    return [
      { kind: "rect", x, y: 40, width: 28, height: 18, radius: 4, fill },
      text(x + 14, 53, `${head}`, inkOn(fill), { anchor: "middle", weight: 600, size: 11 }),
      ...(character ? [text(x + 14, 69, character.caption, palette.ink3, { anchor: "middle", size: 10 })] : []),
    ];
  });
}

/** The view as a figure: as pinned, never as hovered. */
export function headsFigure(picture: Picture, looks: Looks, palette: Palette, width: number): Scene {
  const { plan, heads, shown, site } = picture;
  const columns = { queries: column(plan, "query"), keys: column(plan, "key") };
  const rows = Math.max(columns.queries.length, columns.keys.length);
  const pin = rowOf(plan, looks.pinned);
  const range = figureRows(rows, pin?.row ?? null);
  const [from, to] = range;
  const wide = Math.max(width, 720);
  const laid = layoutOf(wide, ROW * (to - from), columns);
  const layout: Layout = { ...laid, row: ROW, top: ABOVE - from * ROW };
  const legend = ABOVE + (to - from) * ROW + BELOW - 16;
  const height = legend + 16 + (wide < ONE_LINE ? 20 : 0);
  const straight = !looks.curved;
  const layer = layerOf(shown, site);
  const listed = heads.map(({ head }) => head).join(", ");

  const lines = heads.map(({ head, lines }, n): Mark => {
    const marks: Mark[] = [];
    eachLineIn(lines, range, (query, key, weight) => {
      if (query < from || query >= to || key < from || key >= to) return;
      marks.push(lineMark(layout, palette, { head, query, key, weight }, fan(n, heads.length), straight));
    });
    return { kind: "group", opacity: pin ? CONTEXT : IDLE, marks };
  });
  const focused = pin ? focusMarks(layout, palette, heads, [pin], straight) : [];
  const { stubs, query, key, bars } = layout;
  const y = ABOVE - 10;
  const caption = { size: 11 };
  const pinned = pin && columns[pin.side === "query" ? "queries" : "keys"][pin.row];

  return {
    title: `${shown.model.name}, layer ${layer}, ${heads.length === 1 ? "head" : "heads"} ${listed}`,
    description: `Attention lines from each token to those it attends to${pinned ? `; pinned: ${pinned.label}` : ""}.`,
    width: wide,
    height,
    background: palette.surface,
    marks: [
      text(24, 28, `${shown.model.name} · layer ${layer}`, palette.ink, { size: 13, weight: 600 }),
      ...(to - from < rows
        ? [text(wide - 24, 28, `tokens ${from} to ${to - 1} of ${rows}`, palette.ink3, { anchor: "end", size: 11 })]
        : []),
      ...headMarks(picture, palette),
      ...(stubs ? [text(stubs.right, y, "not drawn", palette.ink3, { ...caption, anchor: "end" })] : []),
      text(query.right, y, "a token looks…", palette.ink3, { ...caption, anchor: "end" }),
      text(key.left, y, "…at these", palette.ink3, caption),
      ...(bars && pinned && pin
        ? [
            text(
              bars.left,
              y,
              `${pin.side === "query" ? "received from" : "given to"} ${pinned.label}`,
              palette.ink3,
              caption,
            ),
          ]
        : []),
      ...lines,
      { kind: "group", opacity: FOCUSED, marks: focused },
      ...stubMarks(layout, palette, picture.notDrawn, range, pin?.side === "query" ? pin.row : null),
      ...(pin ? barMarks(layout, palette, sharesOf(heads, pin), range) : []),
      ...tokenMarks(picture, layout, palette, looks.pinned, range),
      ...legendMarks(legend, wide, palette, notDrawnSentence(picture.notDrawn, plan, filterLabel(looks.pairFilter))),
    ],
  };
}

/** Tables of more rows than this hold only what is drawn. */
export const MOST_CELLS = 250_000;

/** Every weight of the heads that are on, as drawn; of very long texts those from 5 % on. */
export function headsTable(picture: Picture, pinned: TokenRef | null): Table {
  const { plan, heads, shown, site } = picture;
  const queries = column(plan, "query");
  const keys = column(plan, "key");
  const layer = layerOf(shown, site);
  const all = heads.length * queries.length * keys.length <= MOST_CELLS;
  const pin = rowOf(plan, pinned);
  const count = all
    ? heads.length * queries.length * keys.length
    : heads.reduce((sum, { lines }) => sum + lines.weight.length, 0);
  const isPinned = (q: number, k: number): boolean =>
    pin !== null && (pin.side === "query" ? pin.row === q : pin.row === k);
  return {
    header: ["layer", "head", "query_position", "query", "key_position", "key", "weight", ...(pin ? ["pinned"] : [])],
    about: all ? "layer, head, from, to, weight" : "layer, head, from, to, weight, from 5% on",
    count,
    strongest: "weight",
    *rows() {
      for (const { head, reading, lines } of heads) {
        const row = (q: number, k: number, weight: number): (string | number)[] => [
          layer,
          head,
          queries[q]!.from,
          queries[q]!.mark + queries[q]!.label,
          keys[k]!.from,
          keys[k]!.mark + keys[k]!.label,
          Number(weight.toPrecision(5)),
          ...(pin ? [Number(isPinned(q, k))] : []),
        ];
        if (all)
          for (let q = 0; q < queries.length; q++)
            for (let k = 0; k < keys.length; k++) yield row(q, k, reading.weights[q * keys.length + k]!);
        else for (let i = 0; i < lines.query.length; i++) yield row(lines.query[i]!, lines.key[i]!, lines.weight[i]!);
      }
    },
  };
}
