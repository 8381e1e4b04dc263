import { type MouseEvent, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useActions, useApp } from "../../store/react";
import { unitAt } from "../../store/units";
import { column, type Picture } from "../heads/on-screen";
import { useFonts, usePalette, usePixelRatio, useSize } from "../shared/environment";
import { paint } from "../shared/paint";
import { Tooltip } from "../shared/Tooltip";
import { matrixAt, matrixLayout, matrixMarks } from "./matrix";

/** One head, large: its weights as cells, with numbers where there is room. */
export function HeadMatrix({ picture }: { readonly picture: Picture }) {
  const { plan, heads } = picture;
  const { hover, pin } = useActions();
  const hovered = useApp((state) => state.hovered);
  const pinned = useApp((state) => state.pinned);
  const palette = usePalette();
  const ratio = usePixelRatio();
  const fonts = useFonts();
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useSize(frame)?.width ?? 0;
  const [over, setOver] = useState<{ row: number; column: number; x: number; y: number } | null>(null);
  const columns = useMemo(() => ({ queries: column(plan, "query"), keys: column(plan, "key") }), [plan]);
  const layout = useMemo(() => matrixLayout(Math.max(120, width), columns.queries, columns.keys), [width, columns]);
  const reading = heads[0]!.reading;
  const rowOf = (index: number | undefined) => {
    const unit = index === undefined ? -1 : unitAt(plan.units, index);
    return unit < 0 ? null : unit;
  };

  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || width === 0) return;
    context.canvas.width = Math.round(layout.width * ratio);
    context.canvas.height = Math.round(layout.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const parts = {
      reading,
      queries: columns.queries,
      keys: columns.keys,
      causal: plan.causal,
      left: plan.keys.map((unit) => plan.left[unit]!),
    };
    const focus = {
      pinned: pinned?.side === "query" ? rowOf(pinned.index) : null,
      pinnedKey: pinned?.side === "key" ? rowOf(pinned.index) : null,
      hovered: rowOf(hovered?.index),
      hoveredKey: rowOf(hovered?.index),
    };
    if (fonts || layout.size === 0)
      paint(context, matrixMarks(layout, palette, parts, focus, Math.round(layout.cell * layout.rows * ratio)));
  });

  const point = (event: MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = matrixAt(layout, event.clientX - box.left, event.clientY - box.top);
    const unit = at && columns.queries[at.row];
    return at && unit ? { ...at, unit, x: event.clientX + 14, y: event.clientY + 14 } : null;
  };
  const query = over && columns.queries[over.row];
  const key = over && columns.keys[over.column];
  return (
    <div ref={frame} className="matrix">
      <canvas
        ref={canvas}
        style={{ width: layout.width, height: layout.height }}
        role="img"
        aria-label={`Weights of this head: ${columns.queries.length} rows of queries, ${columns.keys.length} columns of keys. Table holds the numbers.`}
        onPointerMove={(event) => {
          const at = point(event);
          hover(at ? { side: "query", index: at.unit.from } : null);
          setOver(at && at.column !== null ? { ...at, column: at.column } : null);
        }}
        onPointerLeave={() => {
          hover(null);
          setOver(null);
        }}
        onClick={(event) => {
          const at = point(event);
          if (at) pin({ side: "query", index: at.unit.from });
        }}
      />
      {over && query && key && (
        <Tooltip x={over.x} y={over.y}>
          <b className="tok">{query.label}</b> {query.from} → <b className="tok">{key.label}</b> {key.from}:{" "}
          {plan.causal && over.column > over.row ? (
            "hidden, it comes later"
          ) : plan.left[plan.keys[over.column]!] ? (
            "left out as a sink"
          ) : (
            <b>{reading.weights[over.row * reading.columns + over.column]!.toFixed(4)}</b>
          )}
        </Tooltip>
      )}
    </div>
  );
}
