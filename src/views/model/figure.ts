import type { AttentionCache } from "../../store/attention";
import type { HeadRef, State } from "../../store/state";
import { rowOf } from "../heads/draw";
import { headsTable } from "../heads/figure";
import { headName, layerOf } from "../heads/names";
import { causalAt, column, type Picture } from "../heads/on-screen";
import { characters, charactersOf, countCharacters, scoresOf } from "../shared/characters";
import type { Table } from "../shared/csv";
import { attentionColour, type Palette } from "../shared/palette";
import type { Mark, Scene, Text } from "../shared/scene";
import { badgeMarks, badgeOf, cellAt, type Grid, LABELS, TOP, thumbnailMark, weightsOf } from "./grid";
import { matrixLayout, matrixMarks } from "./matrix";

const EDGE = 24;
const HEADING = 56;
const OPEN = 500;
const PITCH = 50;
/** Pixels of a thumbnail in a figure, at twice its size. */
export const FIGURE_CELL = 92;

const text = (x: number, y: number, words: string, fill: string, more: Partial<Text> = {}): Text => ({
  kind: "text",
  x,
  y,
  text: words,
  fill,
  font: "ui",
  size: 11,
  ...more,
});

/** Moves marks: figures are put together from parts that start at zero. */
function shift(marks: readonly Mark[], dx: number, dy: number): Mark[] {
  return marks.map((mark): Mark => {
    if (mark.kind === "group") return { ...mark, marks: shift(mark.marks, dx, dy) };
    if (mark.kind === "curve")
      return { ...mark, x0: mark.x0 + dx, x1: mark.x1 + dx, y0: mark.y0 + dy, y1: mark.y1 + dy };
    return { ...mark, x: mark.x + dx, y: mark.y + dy };
  });
}

function scaleMarks(palette: Palette, right: number): Mark[] {
  const steps = 34;
  const width = 170;
  const x = right - width;
  return [
    ...Array.from(
      { length: steps },
      (_, i): Mark => ({
        kind: "rect",
        x: x + (i * width) / steps,
        y: 14,
        width: width / steps + 0.2,
        height: 9,
        fill: attentionColour(palette, i / (steps - 1)),
      }),
    ),
    text(x, 36, "0", palette.ink3),
    text(x + width / 2, 36, "attention weight", palette.ink3, { anchor: "middle" }),
    text(right, 36, "1", palette.ink3, { anchor: "end" }),
  ];
}

/** What the figure of Model is made from. */
export interface ModelPicture {
  readonly shown: NonNullable<State["shown"]>;
  readonly open: Picture | null;
}

type Looks = Pick<State, "badgesOff" | "pinned" | "mergeWords"> & {
  readonly hideSinks: Pick<State["hideSinks"], "model">;
  readonly opened: HeadRef | null;
};

/** Every head, and the open one large beside them. Thumbnails that are still on their way stay blank. */
export function modelFigure(
  { shown, open }: ModelPicture,
  looks: Looks,
  palette: Palette,
  attention: AttentionCache,
): Scene {
  const { sites } = shown.model;
  const columns = sites.reduce((most, { heads }) => Math.max(most, heads), 1);
  const grid: Grid = { rows: sites.length, columns, pitch: PITCH, cell: PITCH - 4 };
  const reading = {
    shown,
    size: FIGURE_CELL,
    hideSinks: looks.hideSinks.model,
    mergeWords: looks.mergeWords,
  };
  const marks: Mark[] = [text(0, TOP - 8, "layer", palette.ink3)];
  for (let head = 0; head < columns; head++)
    marks.push(text(LABELS + head * PITCH + 23, TOP - 8, `${head}`, palette.ink3, { anchor: "middle" }));
  for (const [row, { index: site, layer, heads, kind }] of sites.entries()) {
    marks.push(text(23, TOP + row * PITCH + 27, `${layer}`, palette.ink3, { anchor: "end" }));
    for (let head = 0; head < heads; head++) {
      const read = weightsOf(attention, reading, site, head);
      if (read) marks.push(thumbnailMark(grid, row, head, read, palette, kind === "decoder"));
      const badge = badgeOf(shown.scores, looks.badgesOff, site, head);
      if (badge) marks.push(...badgeMarks(grid, row, head, badge.badge, palette));
      if (looks.opened?.site === site && looks.opened.head === head) {
        const { x, y } = cellAt(grid, row, head);
        marks.push({
          kind: "rect",
          x: x - 2,
          y: y - 2,
          width: 50,
          height: 50,
          radius: 3,
          stroke: palette.ink,
          strokeWidth: 2,
        });
      }
    }
  }
  const gridWidth = LABELS + columns * PITCH;
  const gridHeight = TOP + sites.length * PITCH;
  const counts = shown.scores ? countCharacters(shown.scores) : new Map();
  const told = characters
    .filter(({ id }) => counts.has(id) && !looks.badgesOff.includes(id))
    .map(({ id, badge, label }) => `${badge} ${label} ${counts.get(id)}`)
    .join("    ");
  const opened = openMarks(shown, open, looks, palette);
  const width = EDGE * 2 + gridWidth + (opened ? EDGE + OPEN : 0);
  const body = Math.max(gridHeight, opened ? opened.height : 0);
  return {
    title: `${shown.model.name}, every head`,
    description: `Attention of ${sites.length} layers; rows are queries, columns keys.`,
    width,
    height: HEADING + body + EDGE + 20,
    background: palette.surface,
    marks: [
      text(EDGE, 30, `${shown.model.name} · every head`, palette.ink, { size: 13, weight: 600 }),
      ...scaleMarks(palette, EDGE + gridWidth - 4),
      ...shift(marks, EDGE, HEADING),
      ...(told ? [text(EDGE, HEADING + body + 24, told, palette.ink2)] : []),
      ...(opened ? shift(opened.marks, EDGE * 2 + gridWidth, HEADING) : []),
    ],
  };
}

function openMarks(
  shown: ModelPicture["shown"],
  picture: Picture | null,
  looks: Looks,
  palette: Palette,
): { marks: Mark[]; height: number } | null {
  if (!picture) return null;
  const { plan, site, heads } = picture;
  const { head, reading } = heads[0]!;
  const queries = column(plan, "query");
  const keys = column(plan, "key");
  const layout = matrixLayout(OPEN, queries, keys);
  const pin = rowOf(plan, looks.pinned);
  const scores = scoresOf(shown.scores, site, head);
  const found = scores ? charactersOf(scores).map(({ label }) => label) : [];
  const parts = {
    reading,
    queries,
    keys,
    causal: causalAt(shown, site),
    left: plan.keys.map((unit) => plan.left[unit]!),
  };
  const focus = {
    pinned: pin?.side === "query" ? pin.row : null,
    pinnedKey: pin?.side === "key" ? pin.row : null,
    hovered: null,
    hoveredKey: null,
  };
  return {
    marks: [
      text(0, -26, [`Head ${headName(shown, site, head)}`, ...found].join(" · "), palette.ink, {
        size: 13,
        weight: 600,
      }),
      ...matrixMarks(layout, palette, parts, focus, OPEN * 2),
    ],
    height: layout.height,
  };
}

/** The open head's weights; with none open, the measured scores of every head. */
export function modelTable({ shown, open }: ModelPicture, looks: Pick<State, "pinned">): Table {
  if (open) return headsTable(open, looks.pinned);
  const scores = shown.scores ?? [];
  return {
    header: [
      "layer",
      "head",
      "previous",
      "next",
      "same",
      "duplicate",
      "induction",
      "first",
      "separator",
      "entropy_bits",
      "even_entropy_bits",
      "characters",
    ],
    about: "layer, head, measured scores",
    count: scores.length,
    *rows() {
      for (const of of scores)
        yield [
          layerOf(shown, of.site),
          of.head,
          ...[of.previous, of.next, of.same, of.duplicate].map((score) => Number(score.toPrecision(5))),
          of.induction === null ? "" : Number(of.induction.toPrecision(5)),
          ...[of.first, of.separator, of.entropy, of.evenEntropy].map((score) => Number(score.toPrecision(5))),
          charactersOf(of)
            .map(({ label }) => label)
            .join("; "),
        ];
    },
  };
}
