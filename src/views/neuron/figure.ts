import type { Shown } from "../../store/state";
import { spell } from "../../store/units";
import { figureRows } from "../heads/figure";
import { headName, layerOf } from "../heads/names";
import type { Table } from "../shared/csv";
import { type Palette, signedColour } from "../shared/palette";
import { clip, type Mark, type Scene, tokWidth } from "../shared/scene";
import { cropMarks, headMarks, isScaled, number, type Picture, rowMarks, scoreName, words } from "./draw";
import { HEAD, type NeuronLayout, neuronLayout, rowTop } from "./layout";
import { productsOf, tells } from "./meeting";

const TITLE = 36;
const STEPS = 40;

/** What a figure and a table say of their head. */
export interface About {
  readonly shown: Shown;
  readonly site: number;
  readonly head: number;
  /** A pinned query is drawn as such; one that was only telling isn't. */
  readonly pinned: boolean;
  readonly vectors: boolean;
  /** The key that was chosen. */
  readonly key: number | null;
}

const moved = (marks: readonly Mark[], down: number): Mark[] =>
  marks.map((mark): Mark => {
    if (mark.kind === "group") return { ...mark, marks: moved(mark.marks, down) };
    return mark.kind === "curve" ? { ...mark, y0: mark.y0 + down, y1: mark.y1 + down } : { ...mark, y: mark.y + down };
  });

function tokenMarks(
  picture: Picture,
  layout: NeuronLayout,
  palette: Palette,
  about: About,
  rows: readonly [number, number],
) {
  const { tokens, special, meetings, query } = picture;
  const marks: Mark[] = [];
  const token = (index: number, at: number, side: "query" | "key", faint: boolean) => {
    const room = side === "query" ? layout.query.width : layout.key!.width;
    const { mark, label } = spell(tokens[index]!);
    const text = clip(mark + label, layout.size, room);
    const width = tokWidth(text, layout.size);
    const x = side === "query" ? layout.query.right - width : layout.key!.left;
    const y = rowTop(layout, at) + layout.row / 2 + 4.5;
    const here = side === "query" && index === query;
    const [ground, ink] = about.pinned ? [palette.pin, palette.surface] : [palette.sunk, palette.ink];
    if (here) marks.push({ kind: "rect", x: x - 6, y: y - 15, width: width + 12, height: 20, radius: 4, fill: ground });
    const fill = here ? ink : special[index] || faint ? palette.ink3 : palette.ink;
    marks.push(words(x, y, text, fill, { font: "tok", size: layout.size }));
  };
  for (let i = rows[0]; i < Math.min(rows[1], tokens.length); i++) token(i, i, "query", false);
  if (layout.key)
    for (const [i, { key, masked }] of meetings.slice(...rows).entries()) token(key, rows[0] + i, "key", masked);
  return marks;
}

function scaleMarks(palette: Palette, x: number, y: number, label: string, most: number): Mark[] {
  const width = 120;
  const from = x + label.length * 6 + 46;
  return [
    words(x, y, label, palette.ink2),
    words(from - 6, y, `−${number(most)}`, palette.ink3, { anchor: "end" }),
    ...Array.from({ length: STEPS }, (_, i): Mark => {
      const value = (2 * i) / (STEPS - 1) - 1;
      const step = width / STEPS;
      return {
        kind: "rect",
        x: from + i * step,
        y: y - 9,
        width: step + 0.3,
        height: 9,
        fill: signedColour(palette, value),
      };
    }),
    words(from + width + 6, y, `+${number(most)}`, palette.ink3),
  ];
}

/** The view as a figure: as pinned, never as hovered. */
export function neuronFigure(picture: Picture, about: About, palette: Palette, width: number): Scene {
  const { slice, meetings, tokens, query, clips } = picture;
  const { shown, site, head, vectors } = about;
  const wide = Math.max(width, 760);
  const sorted = meetings.length < tokens.length || meetings.some(({ key }, i) => key !== i);
  const rest = picture.all.some(tells);
  const layout = neuronLayout(wide, tokens, slice.width, {
    ...{ vectors, scaled: isScaled(slice), rest, sorted, ratio: 2, crops: picture.patched !== null },
  });
  const rows = Math.max(tokens.length, meetings.length);
  const range = figureRows(rows, query);
  const top = TITLE + HEAD - rowTop(layout, range[0]);
  const bottom = top + rowTop(layout, range[1]) + 30;
  const name = headName(shown, site, head);
  const { label } = spell(tokens[query]!);
  return {
    title: `${shown.model.name}, head ${name}, query ${label} (${query})`,
    description: `Products of the query of ${label} and each key, dimension by dimension, with logits and softmax.`,
    width: wide,
    height: bottom + 14,
    background: palette.surface,
    marks: [
      words(24, 24, `${shown.model.name} · head ${name} · query ${label}, position ${query}`, palette.ink, {
        size: 13,
        weight: 600,
      }),
      ...(range[1] - range[0] < rows
        ? [words(wide - 24, 24, `rows ${range[0]} to ${range[1] - 1} of ${rows}`, palette.ink3, { anchor: "end" })]
        : []),
      ...moved(headMarks(layout, palette, picture), TITLE),
      ...moved(rowMarks(layout, palette, picture, range, { key: null, chosen: about.key }), top),
      ...moved(cropMarks(layout, picture, range), top),
      ...moved(tokenMarks(picture, layout, palette, about, range), top),
      ...scaleMarks(palette, 24, bottom, "query, key", clips.vectors),
      ...scaleMarks(palette, 330, bottom, "product", clips.products),
      words(wide - 24, bottom, `${scoreName(slice.scale, slice.cap)}${rest ? " + rest" : ""} = logit`, palette.ink3, {
        anchor: "end",
      }),
    ],
  };
}

/** The query against each key: sums, logits, softmax, and each dimension's key and product. */
export function neuronTable(picture: Picture, { shown, site, head }: About): Table {
  const { slice, meetings, tokens, query } = picture;
  const { width, keys, queries, scale } = slice;
  const each = (name: string) => Array.from({ length: width }, (_, c) => `${name}_${c}`);
  const name = (index: number): string => {
    const { mark, label } = spell(tokens[index]!);
    return mark + label;
  };
  const plain = (value: number): number => Number(value.toPrecision(7));
  const sums = ["dot", "scale", "score", "rest", "logit", "weight"];
  const about = ["layer", "head", "query_position", "query", "key_position", "key"];
  return {
    header: [...about, ...sums, "masked", ...each("query"), ...each("key"), ...each("product")],
    about: "query, key, q·k, logit, softmax and each dimension",
    count: meetings.length,
    strongest: "weight",
    columns: about.length + sums.length,
    *rows() {
      for (const { key, dot, score, rest, logit, weight, masked } of meetings)
        yield [
          layerOf(shown, site),
          head,
          query,
          name(query),
          key,
          name(key),
          ...[dot, scale, score, masked ? 0 : rest, logit, weight].map(plain),
          Number(masked),
          ...Array.from(queries.subarray(query * width, (query + 1) * width), plain),
          ...Array.from(keys.subarray(key * width, (key + 1) * width), plain),
          ...Array.from(productsOf(slice, query, key), plain),
        ];
    },
  };
}
