import { memo, type PointerEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useActions, useApp, useWorkspace } from "../../store/react";
import type { Side, TokenRef } from "../../store/state";
import type { Unit } from "../../store/units";
import { usePalette, usePixelRatio, useSize } from "../shared/environment";
import { clip } from "../shared/scene";
import { barMarks, focusMarks, type RowRef, rowMiddle, rowOf, rowsIn, rowsOf, sharesOf, stubMarks } from "./draw";
import { type Layout, layoutOf } from "./layout";
import { column, type Picture, whenExpected } from "./on-screen";
import { LinePainter } from "./painter";

const OVERSCAN = 4;
/** Milliseconds without a scroll after which the rows rest. */
const SETTLE = 150;

type Lit = "hover" | "pin" | null;

/** One token of a column. Its name says the position, so that equal words are told apart. */
const Token = memo(function Token({
  unit,
  side,
  layout,
  lit,
  reachable,
}: {
  readonly unit: Unit;
  readonly side: Side;
  readonly layout: Layout;
  readonly lit: Lit;
  readonly reachable: boolean;
}) {
  const { hover, pin } = useActions();
  const token: TokenRef = { side, index: unit.from };
  const room = side === "query" ? layout.query.width : layout.key.width;
  const signs = clip(unit.label, layout.size, room - unit.mark.length * layout.size * 0.6);
  return (
    <li className="row-place" style={{ height: layout.row }}>
      <button
        type="button"
        className="row-token tok"
        data-lit={lit ?? undefined}
        data-special={unit.special || undefined}
        aria-pressed={lit === "pin"}
        aria-label={`${unit.mark}${unit.label}, position ${unit.from}, ${side === "query" ? "looks" : "looked at"}`}
        title={signs === unit.label ? undefined : unit.label}
        tabIndex={reachable ? 0 : -1}
        style={{ fontSize: layout.size, height: Math.min(22, layout.row) }}
        onFocus={(event) => event.target.matches(":focus-visible") && hover(token)}
        onBlur={() => hover(null)}
        onClick={() => pin(token)}
      >
        {unit.mark && <span className="mark">{unit.mark}</span>}
        {signs}
      </button>
    </li>
  );
});

/** Heads of the columns, over them. */
function Captions({
  layout,
  focus,
  unit,
}: {
  readonly layout: Layout;
  readonly focus: RowRef | null;
  readonly unit: Unit | null;
}) {
  const { width, stubs, query, key, bars } = layout;
  return (
    <div className="plot-captions" aria-hidden="true">
      {stubs && <span style={{ right: width - stubs.right }}>not drawn</span>}
      <span style={{ right: width - query.right }}>a token looks…</span>
      <span style={{ left: key.left }}>…at these</span>
      {bars && focus && unit && (
        <span style={{ left: bars.left, width: bars.full + 16 }}>
          {focus.side === "query" ? "received from " : "given to "}
          <b className="tok">{unit.label}</b>, mean of shown heads
        </span>
      )}
    </div>
  );
}

const COLUMN = { query: "queries", key: "keys" } as const;

/** Two columns of tokens and the lines between them. Only rows on screen are in the document. */
export const HeadsPlot = memo(function HeadsPlot({
  picture,
  compact = false,
}: {
  readonly picture: Picture;
  readonly compact?: boolean;
}) {
  const { plan, heads, notDrawn } = picture;
  const { hover, pin } = useActions();
  const workspace = useWorkspace();
  const hovered = useApp((state) => state.hovered);
  const pinned = useApp((state) => state.pinned);
  const reached = useApp((state) => state.reached);
  const straight = !useApp((state) => state.curved);
  const palette = usePalette();
  const ratio = usePixelRatio();
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<LinePainter | null>(null);
  /** Where a finger came down: dragging from there reads the rows that it passes, and pins the last. */
  const scrub = useRef<TokenRef | null>(null);
  const size = useSize(frame);
  const [place, setPlace] = useState({ scroll: 0, moving: false });
  const { scroll, moving } = place;
  useEffect(() => {
    if (!place.moving) return;
    const timer = setTimeout(() => setPlace({ ...place, moving: false }), SETTLE);
    return () => clearTimeout(timer);
  }, [place]);

  const columns = useMemo(() => ({ queries: column(plan, "query"), keys: column(plan, "key") }), [plan]);
  const layout = useMemo(
    () => (size ? layoutOf(size.width, size.height - (compact ? 8 : 16), columns) : null),
    [size, columns, compact],
  );
  const rows = Math.max(columns.queries.length, columns.keys.length);
  const height = size?.height ?? 0;
  const pinnedRow = rowOf(plan, pinned);
  const focus = pinnedRow ?? rowOf(plan, hovered);
  const lit = [...(pinnedRow ? [pinnedRow] : []), ...(pinned?.index === hovered?.index ? [] : rowsOf(plan, hovered))];

  useLayoutEffect(() => {
    if (!canvas.current || !layout || height === 0) return;
    painter.current ??= new LinePainter(canvas.current);
    const visible = rowsIn(layout, scroll, height, rows);
    const focusedQuery = focus?.side === "query" ? focus.row : null;
    whenExpected(workspace, (head) => painter.current?.prepare(head));
    painter.current.paint({
      heads,
      layout,
      palette,
      straight,
      scroll,
      moving,
      height,
      ratio,
      focus: lit.length > 0 ? focusMarks(layout, palette, heads, lit, straight) : null,
      beside: [
        ...stubMarks(layout, palette, notDrawn, visible, focusedQuery),
        ...(focus ? barMarks(layout, palette, sharesOf(heads, focus), visible) : []),
      ],
    });
  });

  useEffect(() => {
    const element = frame.current;
    const row = rowsOf(plan, reached ?? pinned)[0]?.row;
    if (!element || !layout || row === undefined) return;
    const y = rowMiddle(layout, row);
    if (y < element.scrollTop + 10 || y > element.scrollTop + element.clientHeight - 10)
      element.scrollTop = y - element.clientHeight / 2;
  }, [reached, pinned, layout, plan]);

  const tokenAt = useCallback(
    (event: PointerEvent): TokenRef | null => {
      if (!layout || !frame.current) return null;
      const box = frame.current.getBoundingClientRect();
      const x = event.clientX - box.left;
      const side: Side | null = x < layout.x0 ? "query" : x > layout.x1 ? "key" : null;
      if (!side) return null;
      const row = Math.floor((event.clientY - box.top + frame.current.scrollTop - layout.top) / layout.row);
      const unit = columns[COLUMN[side]][row];
      return unit ? { side, index: unit.from } : null;
    },
    [layout, columns],
  );

  const [first, last] = layout ? rowsIn(layout, scroll, height, rows) : [0, 0];
  const from = Math.max(0, first - OVERSCAN);
  const to = Math.min(rows, last + OVERSCAN);
  const litOf = (side: Side, unit: Unit): Lit => {
    const holds = (token: TokenRef | null) => token !== null && token.index >= unit.from && token.index < unit.to;
    if (pinned?.side === side && holds(pinned)) return "pin";
    return holds(hovered) ? "hover" : null;
  };
  const reach = pinnedRow?.row ?? 0;

  return (
    <div className="plot-frame">
      {layout && <Captions layout={layout} focus={focus} unit={focus && columns[COLUMN[focus.side]][focus.row]!} />}
      <div
        className="plot"
        ref={frame}
        onScroll={(event) => setPlace({ scroll: event.currentTarget.scrollTop, moving: true })}
        onPointerMove={(event) => {
          const scrubs = event.pointerType !== "touch" || event.buttons > 0;
          if (scrubs) hover(tokenAt(event));
        }}
        onPointerLeave={() => hover(null)}
        onPointerDown={(event) => {
          scrub.current = event.pointerType === "touch" ? tokenAt(event) : null;
        }}
        onPointerUp={(event) => {
          const token = scrub.current && tokenAt(event);
          if (token && token.index !== scrub.current?.index && token.index !== pinned?.index) pin(token);
          scrub.current = null;
        }}
      >
        <canvas
          ref={canvas}
          className="plot-canvas"
          style={{ width: size?.width, height }}
          role="img"
          aria-label={`Lines of ${heads.length} ${heads.length === 1 ? "head" : "heads"} between ${rows} tokens`}
        />
        {layout && (
          <div className="plot-rows" style={{ height: layout.top + rows * layout.row + 6, marginTop: -height }}>
            {(["query", "key"] as const).map((side) => (
              <ul
                key={side}
                className="plot-column"
                data-side={side}
                aria-label={side === "query" ? "Tokens that look" : "Tokens that are looked at"}
                style={{
                  ...(side === "query" ? { left: 0, width: layout.query.right } : { left: layout.key.left, right: 0 }),
                  paddingTop: layout.top + from * layout.row,
                }}
              >
                {columns[COLUMN[side]].slice(from, to).map((unit, i) => (
                  <Token
                    key={unit.from}
                    unit={unit}
                    side={side}
                    layout={layout}
                    lit={litOf(side, unit)}
                    reachable={from + i === reach}
                  />
                ))}
              </ul>
            ))}
          </div>
        )}
      </div>
    </div>
  );
});
