import type { TokenRef } from "../../store/state";
import { type MatrixLayout, matrixLayout } from "../model/matrix";
import type { Table } from "../shared/csv";
import { scaleMarks, shift, words } from "../shared/marks";
import type { Palette } from "../shared/palette";
import type { Mark, Scene } from "../shared/scene";
import { mapMarks, rowOf } from "./draw";
import { type DrawnMap, unitsIn } from "./maps";
import type { RolloutPicture } from "./picture";

const TITLE = 44;
const GAP = 28;
/** Longer texts are drawn as one picture of so many pixels. */
const PIXELS = 1024;
/** Tables of more rows than this hold the pinned row alone. */
const MOST_CELLS = 250_000;

/** Both maps as a figure: as pinned, never as hovered. */
export function rolloutFigure(
  picture: RolloutPicture,
  pinned: TokenRef | null,
  palette: Palette,
  width: number,
): Scene {
  const { plan, raw, flow, names, shown } = picture;
  const wide = Math.max(width, 720);
  const each = flow ? (wide - 48 - GAP) / 2 : Math.min(640, wide - 48);
  const { queries, keys } = unitsIn(plan);
  const layout = matrixLayout(each, queries, keys);
  const row = rowOf(plan, pinned);
  const focus = { pinned: row, hovered: null, column: null };
  const panel = (map: DrawnMap, title: string, about: string, x: number): Mark[] => [
    ...shift([...titled(palette, title, about, map, layout)], x, 0),
    ...shift(mapMarks(layout, palette, plan, map, focus, PIXELS), x, TITLE),
  ];
  const sentence = [
    row !== null && `pinned: ${queries[row]!.label}, position ${queries[row]!.from}`,
    picture.leaves && "sinks left out",
    keys.length < plan.units.length && "a part of the text",
  ].filter(Boolean);
  return {
    title: `${shown.model.name}: ${names.raw.toLowerCase()} and ${names.flow.toLowerCase()}`,
    description: `${names.raw}, ${names.rawAbout}${flow ? `; ${names.flow}, ${names.flowAbout}` : ""}. ${sentence.join("; ")}`,
    width: wide,
    height: TITLE + layout.height + 44,
    background: palette.surface,
    marks: [
      ...panel(raw, names.raw, names.rawAbout, 24),
      ...(flow ? panel(flow, names.flow, names.flowAbout, 24 + each + GAP) : []),
      words(24, TITLE + layout.height + 28, `${shown.model.name} · ${sentence.join(" · ")}`, palette.ink3),
    ],
  };
}

function titled(
  palette: Palette,
  title: string,
  about: string,
  { full, beyond }: DrawnMap,
  { width }: MatrixLayout,
): Mark[] {
  const scale = scaleMarks(palette, false, width - 150, 10, 90, ["0", `${beyond ? "≥ " : ""}${full}`]);
  return [
    words(0, 18, title, palette.ink, { size: 13, weight: 600 }),
    words(0, 34, about, palette.ink3, { size: 11 }),
    ...scale,
  ];
}

/** Every cell of both maps, and what the second has more; of very long texts, the pinned row's. */
export function rolloutTable({ plan, raw, flow, names }: RolloutPicture, pinned: TokenRef | null): Table {
  const { queries, keys } = unitsIn(plan);
  const pin = rowOf(plan, pinned);
  const all = queries.length * keys.length <= MOST_CELLS;
  const rows = all ? queries.map((_, i) => i) : [pin ?? 0];
  const column = names.flow.toLowerCase().replaceAll(" ", "_");
  const plain = (value: number): number | string => (Number.isNaN(value) ? "" : Number(value.toPrecision(6)));
  return {
    header: [
      "query_position",
      "query",
      "key_position",
      "key",
      "raw_attention",
      ...(flow ? [column, "difference"] : []),
      ...(pin === null ? [] : ["pinned"]),
    ],
    about: `from, to, raw attention${flow ? `, ${names.flow.toLowerCase()}` : ""}${all ? "" : ", of one row"}`,
    count: rows.length * keys.length,
    strongest: flow ? column : "raw_attention",
    *rows() {
      for (const i of rows)
        for (const [j, key] of keys.entries()) {
          const at = (map: DrawnMap) => map.reading.weights[i * map.reading.columns + j]!;
          const query = queries[i]!;
          yield [
            query.from,
            query.mark + query.label,
            key.from,
            key.mark + key.label,
            plain(at(raw)),
            ...(flow ? [plain(at(flow)), plain(at(flow) - at(raw))] : []),
            ...(pin === null ? [] : [Number(i === pin)]),
          ];
        }
    },
  };
}
