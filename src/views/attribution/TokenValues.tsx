import { memo, type UIEvent, useEffect, useMemo, useRef, useState } from "react";
import { useActions, useApp } from "../../store/react";
import { type Unit, unitAt } from "../../store/units";
import { usePalette, useSize } from "../shared/environment";
import { fixed, shareOf } from "../shared/explained";
import { gradient, shade } from "../shared/marks";
import { inkOn } from "../shared/palette";
import { DASHED } from "../shared/shaded";
import { barOf, barScale, placesFor } from "./bars";
import { type AttributionPicture, ends } from "./figure";

const useLit = () => {
  const hovered = useApp((state) => state.hovered);
  const pinned = useApp((state) => state.pinned);
  return ({ from, to }: Unit): "pin" | "hover" | undefined => {
    const holds = (index: number | undefined) => index !== undefined && index >= from && index < to;
    return holds(pinned?.index) ? "pin" : holds(hovered?.index) ? "hover" : undefined;
  };
};

/** The text, its units shaded. */
export function ShadedText({ picture }: { readonly picture: AttributionPicture }) {
  const { units, values, signed, peak } = picture;
  const palette = usePalette();
  const { hover, pin } = useActions();
  const lit = useLit();
  const places = placesFor(values);
  return (
    <fieldset className="shaded" aria-label="Text, shaded by what each token counts">
      {units.map((unit, i) => {
        const share = shareOf(values[i]!, peak);
        const background = shade(palette, signed, share);
        const token = { side: "query", index: unit.from } as const;
        return (
          <button
            key={unit.from}
            type="button"
            className="tok"
            tabIndex={-1}
            data-joined={unit.mark !== "" || undefined}
            data-lit={lit(unit)}
            data-against={(signed && share <= -DASHED) || undefined}
            aria-label={`${unit.label}, position ${unit.from}: ${fixed(values[i]!, signed, places)}`}
            style={{ background, color: inkOn(background) }}
            onPointerEnter={() => hover(token)}
            onPointerLeave={() => hover(null)}
            onClick={() => pin(token)}
          >
            {unit.label}
          </button>
        );
      })}
    </fieldset>
  );
}

const ROW = 22;
const OVERSCAN = 6;

const Bar = memo(function Bar({
  unit,
  value,
  places,
  from,
  width,
  zero,
  y,
  signed,
  lit,
  reachable,
}: {
  readonly unit: Unit;
  readonly value: number;
  readonly places: number;
  readonly from: number;
  readonly width: number;
  readonly zero: number;
  readonly y: number;
  readonly signed: boolean;
  readonly lit: "pin" | "hover" | undefined;
  readonly reachable: boolean;
}) {
  const { hover, pin } = useActions();
  const token = { side: "query", index: unit.from } as const;
  const says = fixed(value, signed, places);
  return (
    <li style={{ transform: `translateY(${y}px)` }}>
      <button
        type="button"
        className="value-bar"
        data-lit={lit}
        tabIndex={reachable ? 0 : -1}
        aria-pressed={lit === "pin"}
        aria-label={`${unit.mark}${unit.label}, position ${unit.from}: ${says}`}
        onPointerEnter={() => hover(token)}
        onPointerLeave={() => hover(null)}
        onFocus={(event) => event.target.matches(":focus-visible") && hover(token)}
        onBlur={() => hover(null)}
        onClick={() => pin(token)}
      >
        <span className="tok" data-special={unit.special || undefined}>
          {unit.mark && <span className="mark">{unit.mark}</span>}
          {unit.label}
        </span>
        <span className="room" aria-hidden="true">
          <i
            data-against={(signed && value < 0) || undefined}
            data-unsigned={!signed || undefined}
            style={{ left: `${100 * from}%`, width: `${100 * width}%` }}
          />
          <i className="zero" style={{ left: `${100 * zero}%` }} />
        </span>
        <span className="value">{says}</span>
      </button>
    </li>
  );
});

/** A bar a unit, in the order of the text. Only rows on screen are in the document. */
export function Bars({ picture }: { readonly picture: AttributionPicture }) {
  const { units, values, signed } = picture;
  const pinned = useApp((state) => state.pinned);
  const reached = useApp((state) => state.reached);
  const lit = useLit();
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const [scroll, setScroll] = useState(0);
  const scale = useMemo(() => barScale(values), [values]);
  const places = useMemo(() => placesFor(values), [values]);
  const height = size?.height ?? 0;
  const first = Math.max(0, Math.floor(scroll / ROW) - OVERSCAN);
  const last = Math.min(units.length, Math.ceil((scroll + height) / ROW) + OVERSCAN);
  const at = pinned === null ? -1 : unitAt(units, pinned.index);
  const goal = reached ?? pinned;
  const goalRow = goal === null ? -1 : unitAt(units, goal.index);
  useEffect(() => {
    const element = frame.current;
    if (!element || goalRow < 0) return;
    const y = goalRow * ROW;
    if (y < element.scrollTop || y + ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = y - element.clientHeight / 2;
  }, [goalRow]);
  const longest = units.reduce((most, { mark, label }) => Math.max(most, [...(mark + label)].length), 0);
  return (
    <div
      className="value-bars"
      ref={frame}
      style={{ "--label": `${Math.min(18, longest)}ch` } as React.CSSProperties}
      onScroll={(event: UIEvent<HTMLDivElement>) => setScroll(event.currentTarget.scrollTop)}
    >
      <ul aria-label="What each token counts" style={{ height: units.length * ROW }}>
        {units.slice(first, last).map((unit, n) => {
          const i = first + n;
          return (
            <Bar
              key={unit.from}
              unit={unit}
              value={values[i]!}
              places={places}
              {...barOf(scale, values[i]!)}
              zero={scale.zero}
              y={i * ROW}
              signed={signed}
              lit={lit(unit)}
              reachable={i === Math.max(0, at)}
            />
          );
        })}
      </ul>
    </div>
  );
}

/** The scale of the shades, with its words. */
export function ShadeScale({
  signed,
  words = ends(signed),
}: {
  readonly signed: boolean;
  readonly words?: readonly [string, string];
}) {
  const palette = usePalette();
  const [low, high] = words;
  return (
    <span className="shade-scale">
      {low}
      <i aria-hidden="true" style={{ background: gradient(palette, signed) }}>
        {signed && "– –"}
      </i>
      {high}
    </span>
  );
}
