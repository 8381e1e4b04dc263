import type { Unit } from "../../store/units";
import { placesFor } from "../attribution/bars";
import type { Table } from "../shared/csv";
import { fixed, type Values } from "../shared/explained";
import { shift, words } from "../shared/marks";
import type { Palette } from "../shared/palette";
import { clip, type Mark, type Scene, tokWidth } from "../shared/scene";
import { barsLayout, barsMarks } from "./bars";
import { type Region, regionText } from "./regions";

/** What the view draws of one occlusion. */
export interface OcclusionPicture {
  readonly model: string;
  readonly units: readonly Unit[];
  readonly values: Values;
  /** Windows, strongest first. */
  readonly regions: readonly Region[];
  /** A value a unit: the mean of the windows over it; null until they are there. */
  readonly windowValues: Values | null;
  /** Units of a window. */
  readonly window: string;
  /** "Change in the logit of POSITIVE less NEGATIVE when one token is replaced by [MASK]." */
  readonly subtitle: string;
  readonly up: string;
  readonly down: string;
  readonly pinned: number | null;
  readonly notes: readonly string[];
}

const EDGE = 24;
const ABOVE = 62;
const LISTED = 10;
const ROW = 20;

/** The view as a figure: bars over their tokens, then the strongest regions. */
export function occlusionFigure(picture: OcclusionPicture, palette: Palette, width: number): Scene {
  const { model, units, values, regions, window, subtitle, up, down, pinned, notes } = picture;
  const layout = barsLayout(Math.max(560, width) - 2 * EDGE, units, values);
  const wide = layout.width + 2 * EDGE;
  const list = ABOVE + layout.height + 20;
  const shown = regions.slice(0, LISTED);
  const places = placesFor(regions.map(({ value }) => value));
  const most = Math.abs(shown[0]?.value ?? 0);
  const texts = shown.map((region) => clip(regionText(region, units), 12, 320));
  const left = EDGE + texts.reduce((longest, text) => Math.max(longest, tokWidth(text, 12)), 0) + 14;
  const room = Math.min(320, wide - left - EDGE - 70);
  const marks: Mark[] = [
    words(EDGE, 28, `Occlusion · ${model}`, palette.ink, { size: 13, weight: 600 }),
    words(EDGE, 46, subtitle, palette.ink2, { size: 12 }),
    ...shift(barsMarks(layout, { units, values, up, down, pinned, hovered: null }, palette), EDGE, ABOVE),
    words(EDGE, list, `Windows of ${window}, the strongest ${shown.length} of ${regions.length}`, palette.ink, {
      size: 12,
      weight: 600,
    }),
    ...shown.flatMap((region, i): Mark[] => {
      const y = list + 22 + i * ROW;
      return [
        words(EDGE, y, texts[i]!, palette.ink, { font: "tok", size: 12 }),
        {
          kind: "rect",
          x: left,
          y: y - 9,
          width: most > 0 ? (Math.abs(region.value) / most) * room : 0,
          height: 10,
          radius: 1,
          fill: region.value < 0 ? palette.against : palette.for,
        },
        words(left + room + 62, y, fixed(region.value, true, places), palette.ink2, { size: 12, anchor: "end" }),
      ];
    }),
    ...notes.map((note, i) => words(EDGE, list + 40 + shown.length * ROW + i * 17, note, palette.ink2)),
  ];
  return {
    title: `${model}: occlusion`,
    description: `${subtitle}${pinned === null ? "" : ` Pinned: ${units[pinned]?.label}.`}`,
    width: wide,
    height: list + 40 + shown.length * ROW + notes.length * 17 + 8,
    background: palette.surface,
    marks,
  };
}

/** A row a unit in the order of the text, then a row a window, strongest first. */
export const occlusionTable = ({ units, values, regions, window, pinned }: OcclusionPicture): Table => {
  const alone = units.flatMap(({ special }, i): Region[] => (special ? [] : [{ units: [i], value: values[i]! }]));
  return {
    header: ["window", "from_position", "to_position", "text", "change", ...(pinned === null ? [] : ["pinned"])],
    about: "window, from, to, text, change of the target",
    strongest: "change",
    count: alone.length + regions.length,
    *rows() {
      for (const [i, region] of [...alone, ...regions].entries())
        yield [
          i < alone.length ? 1 : Number.parseInt(window, 10),
          units[region.units[0]!]!.from,
          units[region.units.at(-1)!]!.to - 1,
          regionText(region, units),
          Number(region.value.toPrecision(6)),
          ...(pinned === null ? [] : [Number(region.units.includes(pinned))]),
        ];
    },
  };
};
