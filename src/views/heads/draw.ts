import type { TokenRef } from "../../store/state";
import { unitAt } from "../../store/units";
import { FULL_WIDTH, fan, type LineList, meanOver, type NotDrawn, THRESHOLD } from "../shared/lines";
import { DASH, headColour, headDashed, type Palette } from "../shared/palette";
import type { HeadReading, Plan } from "../shared/reading";
import type { Curve, Mark } from "../shared/scene";
import type { Layout } from "./layout";

/** A head that is on, with everything its drawing needs. */
export interface ShownHead {
  readonly head: number;
  readonly reading: HeadReading;
  readonly lines: LineList;
}

/** A row of the view: which column, and which row of it. */
export interface RowRef {
  readonly side: "query" | "key";
  readonly row: number;
}

/** The row that stands for a token; null where a filter hides it. */
export function rowOf(plan: Plan, token: TokenRef | null): RowRef | null {
  if (!token) return null;
  const unit = unitAt(plan.units, token.index);
  const row = (token.side === "query" ? plan.queries : plan.keys).indexOf(unit);
  return row < 0 ? null : { side: token.side, row };
}

/** A hovered token is lit in both columns. */
export function rowsOf(plan: Plan, token: TokenRef | null): RowRef[] {
  if (!token) return [];
  return (["query", "key"] as const).flatMap((side) => rowOf(plan, { side, index: token.index }) ?? []);
}

export const rowMiddle = ({ row, top }: Layout, index: number): number => top + (index + 0.5) * row;

/** Rows [from, to) that a part of the height shows. */
export function rowsIn(layout: Layout, from: number, height: number, rows: number): [number, number] {
  const first = Math.floor((from - layout.top) / layout.row);
  const last = Math.ceil((from + height - layout.top) / layout.row);
  return [Math.max(0, Math.min(rows, first)), Math.max(0, Math.min(rows, last))];
}

/** Calls back for each line with an end in the rows [from, to): others only cross what is on screen. */
export function eachLineIn(
  { query, key, weight }: LineList,
  [from, to]: readonly [number, number],
  call: (query: number, key: number, weight: number) => void,
): void {
  for (let i = 0; i < query.length; i++) {
    const q = query[i]!;
    const k = key[i]!;
    if ((q >= from && q < to) || (k >= from && k < to)) call(q, k, weight[i]!);
  }
}

/** The lines of a head that start or end at one of some rows. */
export function linesAt(lines: LineList, rows: readonly RowRef[]): number[] {
  const found = new Set<number>();
  for (const { side, row } of rows) {
    if (side === "query") for (let i = lines.start[row]!; i < lines.start[row + 1]!; i++) found.add(i);
    else for (let i = 0; i < lines.key.length; i++) if (lines.key[i] === row) found.add(i);
  }
  return [...found].sort((a, b) => a - b);
}

/** One line of a head, as a mark; `offset` fans heads out. */
export function lineMark(
  layout: Layout,
  palette: Palette,
  line: { readonly head: number; readonly query: number; readonly key: number; readonly weight: number },
  offset: number,
  straight: boolean,
): Curve {
  return {
    kind: "curve",
    x0: layout.x0,
    y0: rowMiddle(layout, line.query) + offset,
    x1: layout.x1,
    y1: rowMiddle(layout, line.key) + offset,
    stroke: headColour(palette, line.head),
    width: FULL_WIDTH * line.weight,
    straight,
    ...(headDashed(palette, line.head) && { dash: DASH }),
  };
}

/** Lines in full colour: those of the focused rows, thin ones last so that none is covered. */
export function focusMarks(
  layout: Layout,
  palette: Palette,
  heads: readonly ShownHead[],
  rows: readonly RowRef[],
  straight: boolean,
): Curve[] {
  const marks = heads.flatMap(({ head, lines }, n) =>
    linesAt(lines, rows).map((i) =>
      lineMark(
        layout,
        palette,
        { head, query: lines.query[i]!, key: lines.key[i]!, weight: lines.weight[i]! },
        fan(n, heads.length),
        straight,
      ),
    ),
  );
  return marks.sort((a, b) => b.width - a.width);
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** Grey stubs: how much of each row is not drawn. The focused row says its number. */
export function stubMarks(
  layout: Layout,
  palette: Palette,
  { byRow }: NotDrawn,
  [from, to]: readonly [number, number],
  focused: number | null,
): Mark[] {
  const { stubs } = layout;
  if (!stubs) return [];
  const marks: Mark[] = [];
  for (let q = from; q < Math.min(to, byRow.length); q++) {
    const width = stubs.full * byRow[q]!;
    const y = rowMiddle(layout, q);
    if (width >= 0.5)
      marks.push({ kind: "rect", x: stubs.right - width, y: y - 3, width, height: 6, fill: palette.wash });
    if (q === focused)
      marks.push({
        kind: "text",
        x: Math.max(28, stubs.right - width - 7),
        y: y + 4,
        text: percent(byRow[q]!),
        fill: palette.ink2,
        font: "ui",
        size: 11,
        anchor: "end",
      });
  }
  return marks;
}

/** What a focused row gives (or gets), by opposite row and head: only what is drawn. */
export interface Shares {
  /** [opposite rows] means over the heads that are on. */
  readonly total: Float32Array;
  readonly parts: readonly { readonly row: number; readonly head: number; readonly share: number }[];
}

export function sharesOf(heads: readonly ShownHead[], focus: RowRef): Shares {
  const first = heads[0]?.reading;
  const total = new Float32Array(first ? (focus.side === "query" ? first.columns : first.rows) : 0);
  const parts = heads.flatMap(({ head, lines }) =>
    linesAt(lines, [focus]).map((i) => {
      const row = focus.side === "query" ? lines.key[i]! : lines.query[i]!;
      const share = lines.weight[i]! / heads.length;
      total[row]! += share;
      return { row, head, share };
    }),
  );
  return { total, parts };
}

const STEPS = [0.05, 0.1, 0.2, 0.3, 0.5, 1];
const BAR_LABEL = 44;

/** The share that fills the bars' room: the next round one, so that bars of like texts compare. */
export const barScale = (shares: Shares): number => {
  const most = shares.total.reduce((a, b) => Math.max(a, b), 0);
  return STEPS.find((step) => step >= most) ?? 1;
};

/** Bars of what the focused row gives, split by head. */
export function barMarks(
  layout: Layout,
  palette: Palette,
  shares: Shares,
  [from, to]: readonly [number, number],
): Mark[] {
  const { bars } = layout;
  if (!bars) return [];
  const scale = (bars.full - BAR_LABEL) / barScale(shares);
  const marks: Mark[] = [];
  const reached = new Map<number, number>();
  for (const { row, head, share } of [...shares.parts].sort((a, b) => a.head - b.head)) {
    if (row < from || row >= to) continue;
    const x = reached.get(row) ?? bars.left;
    const width = share * scale;
    reached.set(row, x + width);
    marks.push({
      kind: "rect",
      x,
      y: rowMiddle(layout, row) - 5,
      width: Math.max(0.5, width - 1),
      height: 10,
      fill: headColour(palette, head),
    });
  }
  for (const [row, x] of reached)
    marks.push({
      kind: "text",
      x: x + 6,
      y: rowMiddle(layout, row) + 4,
      text: `${(shares.total[row]! * 100).toFixed(1)}%`,
      fill: palette.ink2,
      font: "ui",
      size: 11,
    });
  return marks;
}

/** What a reader of the inspector wants: the strongest links of a row, mean over the heads that are on. */
export const linksOf = (heads: readonly ShownHead[], { side, row }: RowRef): Float32Array => meanOver(heads, side, row);

/** The sentence that says what the picture leaves out. */
export function notDrawnSentence({ held, outside, thin }: NotDrawn, plan: Plan, sentences: string | null): string {
  const names = [
    ...new Set(
      plan.units.flatMap((unit, i) => {
        const isKey = unit.from >= plan.columns[0] && unit.to <= plan.columns[1];
        return plan.left[i] && isKey ? [unit.special ? unit.label : "the first token"] : [];
      }),
    ),
  ];
  const listed = names.length < 3 ? names.join(" and ") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  const parts = [
    ...(names.length > 0 ? [`${percent(held)} held by ${listed}`] : []),
    ...(sentences !== null ? [`${percent(outside)} outside ${sentences}`] : []),
    `${percent(thin)} in lines under ${percent(THRESHOLD)}`,
  ];
  return `Not drawn: ${parts.join(", ")}${names.length > 0 ? "; rows rescaled" : ""}`;
}
