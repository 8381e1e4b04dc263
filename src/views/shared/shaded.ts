import type { Unit } from "../../store/units";
import { shareOf, type Values } from "./explained";
import { shade, words } from "./marks";
import { inkOn, type Palette } from "./palette";
import { clip, type Mark, tokWidth } from "./scene";

const SIZE = 13.5;
const LINE = 30;
const BOX = 24;
const PAD = 5;
const SPACE = 4;

/** Where each unit of a text stands when it is set in lines of a width. */
export interface Flow {
  readonly boxes: readonly { readonly x: number; readonly y: number; readonly width: number; readonly label: string }[];
  readonly height: number;
}

/** Sets units in lines. Subwords of a word stand close together. */
export function flow(units: readonly Unit[], width: number): Flow {
  let x = 0;
  let y = 0;
  const boxes = units.map((unit) => {
    const label = clip(unit.label, SIZE, width - 2 * PAD);
    const box = tokWidth(label, SIZE) + 2 * PAD;
    const gap = unit.mark ? 1 : SPACE;
    if (x > 0 && x + gap + box > width) {
      x = 0;
      y += LINE;
    } else if (x > 0) x += gap;
    const at = { x, y, width: box, label };
    x += box;
    return at;
  });
  return { boxes, height: units.length > 0 ? y + LINE : 0 };
}

/** A text whose units are shaded by their values; a negative one carries a dash under its word. */
export function shadedMarks(
  { boxes }: Flow,
  units: readonly Unit[],
  values: Values,
  { signed, peak, pinned }: { readonly signed: boolean; readonly peak: number; readonly pinned: number | null },
  palette: Palette,
): Mark[] {
  return boxes.flatMap(({ x, y, width, label }, i): Mark[] => {
    const share = shareOf(values[i]!, peak);
    const fill = shade(palette, signed, share);
    const ink = units[i]!.special ? palette.ink3 : inkOn(fill);
    const special = units[i]!.special && Math.abs(share) < 0.3;
    return [
      { kind: "rect", x, y, width, height: BOX, radius: 3, fill },
      ...(i === pinned
        ? [
            {
              kind: "rect" as const,
              x: x - 1,
              y: y - 1,
              width: width + 2,
              height: BOX + 2,
              radius: 4,
              stroke: palette.pin,
              strokeWidth: 2,
            },
          ]
        : []),
      words(x + PAD, y + 16, label, special ? ink : inkOn(fill), { font: "tok", size: SIZE }),
      ...(signed && share <= -DASHED
        ? [{ kind: "rect" as const, x: x + width / 2 - 5, y: y + BOX - 4.2, width: 10, height: 1.6, fill: inkOn(fill) }]
        : []),
    ];
  });
}

/** From this share of the maximum on, a negative value carries its dash. */
export const DASHED = 0.06;
