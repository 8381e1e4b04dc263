import type { Shown, State } from "../../store/state";
import { unitAt } from "../../store/units";
import type { Table } from "../shared/csv";
import { isAnswered, unitsFor } from "../shared/explaining";
import { scaleMarks, shift, uiWidth, words } from "../shared/marks";
import { nounOf } from "../shared/noun";
import type { Palette } from "../shared/palette";
import { type Patched, patchedOf, patchOf, placeOf } from "../shared/patches";
import { clip, type Mark, type Scene } from "../shared/scene";
import { nameOf, targetWords } from "../shared/target";
import { isText, markedUnits } from "./judged";
import { captionOf, matrixLayout } from "./layout";
import { mapsMarks } from "./maps";
import { matrixMarks } from "./matrix";
import { agreement, comparisonOf, measured, resultsIn, rowsOf, summary } from "./picture";
import { rhoLayout, rhoMarks } from "./rho";
import { scatterMarks } from "./scatter";

const EDGE = 24;
const ABOVE = 70;
const TOPS = 230;
const SCATTER = 280;
const SIDE_BY_SIDE = 900;

const nameIn = (shown: Shown): string | null => (isAnswered(shown) ? nameOf(shown, shown.result.target.index) : null);

/** Where the methods end, at the right and below. */
interface Drawn {
  readonly marks: readonly Mark[];
  readonly width: number;
  readonly bottom: number;
}

/** Methods as rows over the tokens, with what each puts first. */
function rowsMarks(state: State, shown: Shown, palette: Palette, wide: number): Drawn {
  const rows = rowsOf(state);
  const units = unitsFor(shown, state.unit);
  const names = rows.reduce((most, { label }) => Math.max(most, uiWidth(label, 13)), 0) + 14;
  const layout = matrixLayout(wide - 2 * EDGE - names - TOPS, units, rows);
  const right = EDGE + names + layout.width + 12;
  const full = Math.max(wide, right + TOPS + EDGE);
  const at = state.pinned === null ? -1 : unitAt(units, state.pinned.index);
  const pinned = at < 0 ? null : at;
  const comparison = comparisonOf(resultsIn(state));
  const target = nameIn(shown);
  const marks: Mark[] = [
    ...shift(matrixMarks(layout, units, palette, { pinned, hovered: null }), EDGE + names, ABOVE),
    ...layout.captions.map(({ signed, y }) => words(EDGE, ABOVE + y + 16, captionOf(signed, target), palette.ink3)),
    words(right, ABOVE + layout.top - 8, "top three", palette.ink3),
    ...layout.rows.flatMap(({ row, y }): Mark[] => {
      const top = comparison?.methods.find(({ method }) => method === row.id)?.top ?? [];
      const text = top.map((unit) => units[unit]!.mark + units[unit]!.label).join(" ");
      return [
        words(EDGE, ABOVE + y + 16, row.label, palette.ink, { size: 13 }),
        row.state === "failed"
          ? words(EDGE + names, ABOVE + y + 16, clip(row.told ?? "failed", 11, layout.width + TOPS), palette.warn)
          : words(right, ABOVE + y + 16, clip(text, 12, full - right - EDGE), palette.ink2, { font: "tok", size: 12 }),
      ];
    }),
  ];
  return { marks, width: full, bottom: ABOVE + layout.height };
}

/** Methods as maps over the image. */
function overImage(state: State, shown: Shown, of: Patched, palette: Palette, wide: number): Drawn {
  const comparison = comparisonOf(resultsIn(state));
  const told = {
    tops: new Map(comparison?.methods.map(({ method, top }) => [method, top])),
    target: nameIn(shown),
  };
  const focus = { pinned: patchOf(of.patches, state.pinned?.index), hovered: null };
  const units = unitsFor(shown, state.unit);
  const drawn = mapsMarks(of, rowsOf(state), units, told, focus, palette, wide - 2 * EDGE);
  return { marks: shift(drawn.marks, EDGE, ABOVE), width: wide, bottom: ABOVE + drawn.height };
}

/** The view as a figure: the methods over tokens or over the image, their correlations, and faithfulness over cost. */
export function compareFigure(state: State, shown: Shown, palette: Palette, width: number): Scene | null {
  const rows = rowsOf(state);
  const results = resultsIn(state);
  if (results.length === 0) return null;
  const wide = Math.max(860, width);
  const units = unitsFor(shown, state.unit);
  const noun = nounOf(shown, state.unit);
  const of = patchedOf(shown);
  const comparison = comparisonOf(results);
  const drawn = of ? overImage(state, shown, of, palette, wide) : rowsMarks(state, shown, palette, wide);
  const full = drawn.width;
  const said = summary(state, units, noun);
  const marks: Mark[] = [
    words(
      EDGE,
      28,
      [
        "Compare",
        ...(isAnswered(shown) ? [targetWords(shown)] : []),
        shown.model.name,
        ...(of ? [of.seen.name] : []),
      ].join(" · "),
      palette.ink,
      {
        size: 13,
        weight: 600,
      },
    ),
    words(EDGE, 46, said, palette.ink2, { size: 12 }),
    ...drawn.marks,
  ];
  let y = drawn.bottom + 18;
  marks.push(
    ...scaleMarks(palette, true, EDGE, y - 9, 110, ["against", "for"]),
    ...scaleMarks(palette, false, EDGE + 230, y - 9, 110, ["none", "most"]),
    words(
      EDGE + 450,
      y,
      `Each ${of ? "map" : "row"} has its own maximum. Dash: counts against. Special tokens are not ranked.`,
      palette.ink2,
    ),
  );
  y += 40;
  const alike = agreement(state);
  const faithful = measured(state);
  const beside = full >= SIDE_BY_SIDE;
  const half = beside ? (full - 3 * EDGE) / 2 : full - 2 * EDGE;
  let below = y;
  if (alike) {
    const left = alike.labels.reduce((most, label) => Math.max(most, uiWidth(label, 12)), 0) + 12;
    const rho = rhoLayout(half, alike.labels.length, left);
    marks.push(
      words(EDGE, y, `Spearman ρ below, p above, n = ${comparison?.units.length ?? 0}; dashed: p ≥ .05`, palette.ink, {
        size: 12,
        weight: 600,
      }),
      ...shift(rhoMarks(rho, alike, palette, null), EDGE, y + 14),
    );
    below = y + 14 + rho.height;
  }
  if (faithful.points.length > 0) {
    const x = beside ? EDGE * 2 + half : EDGE;
    const from = beside ? y : below + 30;
    marks.push(
      words(
        x,
        from,
        `Comprehensiveness over time, ${faithful.texts} ${faithful.texts === 1 ? noun.whole : noun.wholes}`,
        palette.ink,
        {
          size: 12,
          weight: 600,
        },
      ),
      ...shift(
        scatterMarks(faithful.points, faithful.random, { width: half, height: SCATTER }, palette, null, noun.many),
        x,
        from + 12,
      ),
    );
    below = Math.max(below, from + 12 + SCATTER);
  }
  return {
    title: `${shown.model.name}: ${rows.length} methods compared`,
    description: said,
    width: full,
    height: Math.max(below, y) + EDGE,
    background: palette.surface,
    marks,
  };
}

/** A row a method and unit, in the order of methods. */
export function compareTable(state: State, shown: Shown): Table | null {
  const results = resultsIn(state);
  if (results.length === 0) return null;
  const units = unitsFor(shown, state.unit);
  const at = state.pinned === null ? -1 : unitAt(units, state.pinned.index);
  const comparison = comparisonOf(results);
  const marked = isText(shown) ? markedUnits(state, shown) : [];
  const { patches } = shown.result.encoding;
  return {
    header: [
      ...["method", "position", "token", ...(patches ? ["row", "column"] : []), "value", "top_place"],
      ...(at < 0 ? [] : ["pinned"]),
      ...(marked.length > 0 ? ["marked"] : []),
    ],
    about: `method, position, token, ${patches ? "row, column, " : ""}value`,
    count: results.length * units.length,
    *rows() {
      for (const [m, { method, values }] of results.entries())
        for (const [i, unit] of units.entries()) {
          const place = comparison?.methods[m]?.top.indexOf(i) ?? -1;
          yield [
            method,
            unit.from,
            unit.mark + unit.label,
            ...(patches ? placeOf(patches, unit.from) : []),
            Number(values[i]!.toPrecision(6)),
            place < 0 ? "" : place + 1,
            ...(at < 0 ? [] : [Number(i === at)]),
            ...(marked.length > 0 ? [Number(marked.includes(i))] : []),
          ];
        }
    },
  };
}
