import { type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { useActions, useApp } from "../../store/react";
import { unitAt } from "../../store/units";
import { placesFor } from "../attribution/bars";
import { usePalette, useSize } from "../shared/environment";
import { fixed } from "../shared/explained";
import { SceneCanvas } from "../shared/SceneCanvas";
import { TokenButtons } from "../shared/TokenButtons";
import { Tooltip } from "../shared/Tooltip";
import { captionOf, matrixAt, matrixLayout, ROW } from "./layout";
import { matrixMarks } from "./matrix";
import type { ComparedRows, MethodRow } from "./rows";
import { Standing } from "./Standing";

/** Methods as rows over the same tokens. */
export function CompareMatrix({ rows, units, tops, target }: ComparedRows) {
  const palette = usePalette();
  const { hover, pin, change, setView } = useActions();
  const hovered = useApp((state) => state.hovered);
  const pinned = useApp((state) => state.pinned);
  const lit = useApp((state) => state.own.compare.lit);
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const [over, setOver] = useState<{ row: MethodRow; unit: number; x: number; y: number } | null>(null);
  const layout = useMemo(() => matrixLayout(Math.max(160, size?.width ?? 0), units, rows), [size, units, rows]);
  const indexOf = (token: typeof pinned): number | null => {
    const at = token === null ? -1 : unitAt(units, token.index);
    return at < 0 ? null : at;
  };
  const [pin_, hover_] = [indexOf(pinned), indexOf(hovered)];
  const marks = useMemo(
    () => matrixMarks(layout, units, palette, { pinned: pin_, hovered: hover_ }),
    [layout, units, palette, pin_, hover_],
  );
  useEffect(() => {
    const element = frame.current;
    if (!element || pin_ === null) return;
    const x = pin_ * layout.cell;
    if (x < element.scrollLeft || x + layout.cell > element.scrollLeft + element.clientWidth)
      element.scrollLeft = x - element.clientWidth / 2;
  }, [pin_, layout]);

  const at = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return matrixAt(layout, units.length, event.clientX - box.left, event.clientY - box.top);
  };
  const light = (id: string | null): void => change("compare", { lit: id });
  const label = (i: number): string => units[i]!.mark + units[i]!.label;
  return (
    <div className="matrix-parts" style={{ height: layout.height }}>
      <div className="matrix-names">
        {layout.captions.map(({ signed, y }) => (
          <p key={`${signed}`} style={{ top: y }}>
            {captionOf(signed, target)}
          </p>
        ))}
        {layout.rows.map(({ row, y }) => (
          <button
            key={row.id}
            type="button"
            className="matrix-name"
            data-lit={lit === row.id || undefined}
            style={{ top: y, height: ROW }}
            title="Open in Attribution"
            aria-label={`${row.label}: ${row.state === "failed" ? (row.told ?? "failed") : row.state}. Open in Attribution`}
            onPointerEnter={() => light(row.id)}
            onPointerLeave={() => light(null)}
            onFocus={() => light(row.id)}
            onBlur={() => light(null)}
            onClick={() => {
              change("attribution", { method: row.id as never });
              setView("attribution");
            }}
          >
            {row.label}
          </button>
        ))}
      </div>
      <div className="matrix-cells" ref={frame}>
        <div
          onPointerMove={(event) => {
            const place = at(event);
            hover(place === null ? null : { side: "query", index: units[place.unit]!.from });
            light(place?.row?.id ?? null);
            setOver(
              place?.row ? { row: place.row, unit: place.unit, x: event.clientX + 14, y: event.clientY + 14 } : null,
            );
          }}
          onPointerLeave={() => {
            hover(null);
            light(null);
            setOver(null);
          }}
          onPointerUp={(event) => {
            const place = event.target === event.currentTarget.querySelector("canvas") ? at(event) : null;
            if (place) pin({ side: "query", index: units[place.unit]!.from });
          }}
        >
          <SceneCanvas
            marks={marks}
            width={layout.width}
            height={layout.height}
            label={`${rows.length} methods over ${units.length} tokens, shaded. Table holds the numbers.`}
          >
            <TokenButtons
              units={units}
              left={0}
              top={0}
              cell={layout.cell}
              height={layout.height}
              say={(i) =>
                rows
                  .filter(({ values }) => values !== null)
                  .map(
                    ({ label: name, values, signed }) => `. ${name} ${fixed(values![i]!, signed, placesFor(values!))}`,
                  )
                  .join("")
              }
            />
          </SceneCanvas>
          {layout.rows.map(({ row, y }) =>
            row.state === "done" ? null : (
              <div key={row.id} className="row-standing" style={{ top: y, height: ROW }}>
                {(row.state !== "running" || !row.values) && <Standing row={row} />}
              </div>
            ),
          )}
        </div>
      </div>
      <div className="matrix-tops">
        <p style={{ top: Math.max(0, layout.top - 18) }}>top three</p>
        {layout.rows.map(({ row, y }) => (
          <span key={row.id} className="tok" style={{ top: y, height: ROW }}>
            {row.state === "running" && row.values && row.progress && (
              <span className="row-told">
                converging: {row.progress.done} of {row.progress.total} passes
              </span>
            )}
            {(tops.get(row.id) ?? []).map((unit, n) => (
              <span key={unit} data-first={n === 0 || undefined}>
                {label(unit)}{" "}
              </span>
            ))}
          </span>
        ))}
      </div>
      {over?.row.values && (
        <Tooltip x={over.x} y={over.y}>
          <b className="tok">{label(over.unit)}</b> {units[over.unit]!.from}, {over.row.label}:{" "}
          <b>{fixed(over.row.values[over.unit]!, over.row.signed, placesFor(over.row.values) + 1)}</b>
        </Tooltip>
      )}
    </div>
  );
}
