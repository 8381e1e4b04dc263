import { type MouseEvent, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useActions, useApp } from "../../store/react";
import { matrixAt, matrixLayout } from "../model/matrix";
import { useFonts, usePalette, usePhone, usePixelRatio, useSize } from "../shared/environment";
import { gradient } from "../shared/marks";
import { paint } from "../shared/paint";
import type { Plan } from "../shared/reading";
import { Tooltip } from "../shared/Tooltip";
import { type Cell, mapMarks, rowOf } from "./draw";
import { type DrawnMap, unitsIn } from "./maps";

/** Legend of a map's colours. */
export function MapScale({ full, beyond }: { readonly full: number; readonly beyond: boolean }) {
  const palette = usePalette();
  return (
    <span className="map-scale">
      <span>0</span>
      <i style={{ background: gradient(palette, false) }} aria-hidden="true" />
      <span>
        {full}
        {beyond && " or more"}
      </span>
    </span>
  );
}

/** One of two maps that share rows, columns and what is under the cursor. */
export function MapCanvas({
  title,
  about,
  plan,
  map,
  cell,
  onCell,
  told,
  missing,
}: {
  readonly title: string;
  readonly about: string;
  readonly plan: Plan;
  /** Null while there is none; `missing` says why. */
  readonly map: DrawnMap | null;
  readonly cell: Cell | null;
  readonly onCell: (cell: Cell | null) => void;
  readonly told: (cell: { readonly row: number; readonly column: number }) => ReactNode;
  readonly missing: ReactNode;
}) {
  const { hover, pin } = useActions();
  const hovered = useApp((state) => state.hovered);
  const pinned = useApp((state) => state.pinned);
  const palette = usePalette();
  const ratio = usePixelRatio();
  const fonts = useFonts();
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame);
  const width = size?.width ?? 0;
  const [place, setPlace] = useState<{ x: number; y: number } | null>(null);
  const stacked = usePhone();
  const units = useMemo(() => unitsIn(plan), [plan]);
  const layout = useMemo(() => {
    const wide = matrixLayout(Math.max(120, width), units.queries, units.keys);
    const tall = (size?.height ?? 0) - 4;
    // As wide as the frame allows, and as high.
    return stacked || wide.height <= tall || tall < 160
      ? wide
      : matrixLayout(Math.max(120, (width * tall) / wide.height), units.queries, units.keys);
  }, [width, size?.height, units, stacked]);

  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !map || width === 0 || (!fonts && layout.size > 0)) return;
    context.canvas.width = Math.round(layout.width * ratio);
    context.canvas.height = Math.round(layout.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const focus = { pinned: rowOf(plan, pinned), hovered: rowOf(plan, hovered), column: cell?.column ?? null };
    paint(context, mapMarks(layout, palette, plan, map, focus, Math.round(layout.cell * layout.rows * ratio)));
  });

  const point = (event: MouseEvent): Cell | null => {
    const box = event.currentTarget.getBoundingClientRect();
    return matrixAt(layout, event.clientX - box.left, event.clientY - box.top);
  };
  const both = cell && cell.column !== null ? { row: cell.row, column: cell.column } : null;
  return (
    <section className="map" aria-label={title}>
      <div className="map-title">
        <h2>{title}</h2>
        <span className="quiet" title={about}>
          {about}
        </span>
        {map && <MapScale {...map} />}
      </div>
      <div className="map-frame" ref={frame}>
        {map ? (
          <canvas
            ref={canvas}
            style={{ width: layout.width, height: layout.height }}
            role="img"
            aria-label={`${title}, ${about}: ${layout.rows} rows by ${layout.columns} columns. Table holds the numbers.`}
            onPointerMove={(event) => {
              const at = point(event);
              const unit = at && units.queries[at.row];
              hover(unit ? { side: "query", index: unit.from } : null);
              onCell(unit ? at : null);
              setPlace(event.pointerType === "touch" ? null : { x: event.clientX + 14, y: event.clientY + 14 });
            }}
            onPointerLeave={() => {
              hover(null);
              onCell(null);
              setPlace(null);
            }}
            onClick={(event) => {
              const at = point(event);
              const unit = at && units.queries[at.row];
              if (unit) pin({ side: "query", index: unit.from });
            }}
          />
        ) : (
          missing
        )}
      </div>
      {place && both && (
        <Tooltip x={place.x} y={place.y}>
          {told(both)}
        </Tooltip>
      )}
    </section>
  );
}
