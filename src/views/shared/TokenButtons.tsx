import { useActions, useApp } from "../../store/react";
import { type Unit, unitAt } from "../../store/units";

/** More columns than this have no buttons: the chips over the view, the arrow keys and the table read them. */
const MOST = 200;

/** A button over each token's column of a canvas: the cursor and the keyboard read it and pin it. */
export function TokenButtons({
  units,
  left,
  top,
  cell,
  height,
  say,
}: {
  readonly units: readonly Unit[];
  readonly left: number;
  readonly top: number;
  readonly cell: number;
  readonly height: number;
  /** What is said of a unit beside its name: its value. */
  readonly say: (unit: number) => string;
}) {
  const { hover, pin } = useActions();
  const pinned = useApp((state) => state.pinned);
  if (units.length > MOST) return null;
  const at = pinned === null ? -1 : unitAt(units, pinned.index);
  return (
    <fieldset className="token-buttons" aria-label="Tokens">
      {units.map((unit, i) => {
        const token = { side: "query", index: unit.from } as const;
        return (
          <button
            key={unit.from}
            type="button"
            tabIndex={i === Math.max(0, at) ? 0 : -1}
            aria-pressed={i === at}
            aria-label={`${unit.mark}${unit.label}, position ${unit.from}${say(i)}`}
            style={{ left: left + i * cell, top, width: cell, height }}
            onPointerEnter={() => hover(token)}
            onPointerLeave={() => hover(null)}
            onFocus={(event) => event.target.matches(":focus-visible") && hover(token)}
            onBlur={() => hover(null)}
            onClick={() => pin(i === at ? pinned : token)}
          />
        );
      })}
    </fieldset>
  );
}
