import { memo, type PointerEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useActions, useApp } from "../../store/react";
import type { Side } from "../../store/state";
import { spell } from "../../store/units";
import { useFonts, usePalette, usePixelRatio, useSize } from "../shared/environment";
import { paint } from "../shared/paint";
import { clip } from "../shared/scene";
import { Tooltip } from "../shared/Tooltip";
import { cropMarks, headMarks, isScaled, number, type Picture, rowMarks, signed, why } from "./draw";
import { dimensionAt, HEAD, type NeuronLayout, neuronLayout, rowsShown, rowTop } from "./layout";
import { tells } from "./meeting";

const OVERSCAN = 4;

/** One token of a column. Its name says the position, so that equal words are told apart. */
const Token = memo(function Token({
  token,
  index,
  side,
  layout,
  special,
  lit,
  faint,
  reachable,
}: {
  readonly token: string;
  readonly index: number;
  readonly side: Side;
  readonly layout: NeuronLayout;
  readonly special: boolean;
  readonly lit: "hover" | "pin" | null;
  readonly faint: boolean;
  readonly reachable: boolean;
}) {
  const { hover, pin, change } = useActions();
  const { mark, label } = spell(token);
  const room = side === "query" ? layout.query.width : (layout.key?.width ?? 0);
  const signs = clip(label, layout.size, room - mark.length * layout.size * 0.6);
  const pick = () =>
    side === "query" ? pin({ side, index }) : change("neuron", { key: lit === "pin" ? null : index });
  return (
    <li className="row-place" style={{ height: layout.row }}>
      <button
        type="button"
        className="row-token tok"
        data-lit={lit ?? undefined}
        data-special={special || faint || undefined}
        aria-pressed={lit === "pin"}
        aria-label={`${mark}${label}, position ${index}, ${side}`}
        title={signs === label ? undefined : label}
        tabIndex={reachable ? 0 : -1}
        style={{ fontSize: layout.size, height: layout.row }}
        onFocus={(event) => event.target.matches(":focus-visible") && hover({ side, index })}
        onBlur={() => hover(null)}
        onClick={pick}
      >
        {mark && <span className="mark">{mark}</span>}
        {signs}
      </button>
    </li>
  );
});

interface Over {
  readonly key: number;
  readonly dimension: number | null;
  readonly x: number;
  readonly y: number;
}

/** What the cursor is over, in numbers. */
function Told({ picture, over }: { readonly picture: Picture; readonly over: Over }) {
  const { slice, query, all, tokens } = picture;
  const { width: d, queries, keys, scale, cap } = slice;
  const meeting = all[over.key]!;
  const name = (index: number) => <b className="tok">{spell(tokens[index]!).label}</b>;
  if (meeting.masked)
    return (
      <>
        {name(query)} {query} → {name(over.key)} {over.key}: {why(picture, over.key)}
      </>
    );
  if (over.dimension !== null) {
    const [q, k] = [queries[query * d + over.dimension]!, keys[over.key * d + over.dimension]!];
    return (
      <>
        Dimension <b>{over.dimension}</b>: {name(query)} {number(q)} × {name(over.key)} {number(k)} ={" "}
        <b>{signed(q * k)}</b>
      </>
    );
  }
  return (
    <>
      {name(query)} → {name(over.key)}: q·k {number(meeting.dot)}
      {Math.abs(scale - 1) > 1e-6 && ` × ${Number(scale.toPrecision(3))}`}
      {cap !== null && `, capped to ${number(meeting.score)}`}
      {tells(meeting) && ` ${signed(meeting.rest)}`} = logit {number(meeting.logit)}, softmax{" "}
      <b>{meeting.weight.toFixed(4)}</b>
    </>
  );
}

/** A query, its keys, and what they make of each other. Only rows on screen are in the document. */
export function NeuronPlot({ picture }: { readonly picture: Picture }) {
  const { hover, pin, change } = useActions();
  const hovered = useApp((state) => state.hovered);
  const pinned = useApp((state) => state.pinned);
  const reached = useApp((state) => state.reached);
  const { vectors, keys: order, key: chosen } = useApp((state) => state.own.neuron);
  const palette = usePalette();
  const ratio = usePixelRatio();
  const fonts = useFonts();
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const head = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame);
  const [scroll, setScroll] = useState(0);
  const [over, setOver] = useState<Over | null>(null);
  const { slice, meetings, query, tokens, special } = picture;
  const crops = picture.patched !== null;
  const rest = useMemo(() => picture.all.some(tells), [picture]);
  const scaled = isScaled(slice);
  const sorted = order === "weight" || meetings.length < tokens.length;
  const layout = useMemo(
    () =>
      size ? neuronLayout(size.width, tokens, slice.width, { vectors, scaled, rest, sorted, ratio, crops }) : null,
    [size, tokens, slice.width, vectors, scaled, rest, sorted, ratio, crops],
  );
  const rows = Math.max(tokens.length, meetings.length);
  const height = size?.height ?? 0;
  const litKey = hovered?.side === "key" ? hovered.index : null;

  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    const above = head.current?.getContext("2d");
    if (!context || !above || !layout || height === 0 || !fonts) return;
    const prepare = (of: CanvasRenderingContext2D, tall: number, y: number) => {
      of.canvas.width = Math.round(layout.width * ratio);
      of.canvas.height = Math.round(tall * ratio);
      of.setTransform(ratio, 0, 0, ratio, 0, -y * ratio);
    };
    prepare(context, height, scroll);
    const shown = rowsShown(layout, scroll, height, meetings.length);
    paint(context, rowMarks(layout, palette, picture, shown, { key: litKey, chosen }));
    // Queries go on where keys are left out.
    paint(context, cropMarks(layout, picture, rowsShown(layout, scroll, height, rows)));
    prepare(above, HEAD, 0);
    paint(above, headMarks(layout, palette, picture));
    if (over?.dimension == null) return;
    const at = picture.order.indexOf(over.dimension) + 0.5;
    for (const [of, y, tall] of [[context, scroll, height] as const, [above, 20, HEAD] as const])
      for (const block of [layout.vectors, layout.products]) {
        if (!block) continue;
        of.fillStyle = palette.ink;
        of.globalAlpha = 0.55;
        of.fillRect(block.x + (at * block.width) / slice.width - 0.5, y, 1, tall);
        of.globalAlpha = 1;
      }
  });

  useEffect(() => {
    const element = frame.current;
    const index = (reached ?? pinned)?.index;
    if (!element || !layout || index === undefined) return;
    const y = rowTop(layout, index) + layout.row / 2;
    if (y < element.scrollTop + 10 || y > element.scrollTop + element.clientHeight - 10)
      element.scrollTop = y - element.clientHeight / 2;
  }, [reached, pinned, layout]);

  const point = (event: PointerEvent) => {
    if (!layout || !frame.current) return null;
    const box = frame.current.getBoundingClientRect();
    const x = event.clientX - box.left;
    const row = Math.floor((event.clientY - box.top + frame.current.scrollTop - 4) / layout.row);
    if (row < 0 || row >= rows) return null;
    if (x < layout.query.right + 7)
      return row < tokens.length ? { side: "query" as const, index: row, dimension: null } : null;
    const meeting = meetings[row];
    if (!meeting) return null;
    const at = dimensionAt(layout, x);
    return { side: "key" as const, index: meeting.key, dimension: at === null ? null : picture.order[at]! };
  };

  const [first, last] = layout ? rowsShown(layout, scroll, height, rows) : [0, 0];
  const from = Math.max(0, first - OVERSCAN);
  const to = Math.min(rows, last + OVERSCAN);
  const column = (side: Side) =>
    side === "query"
      ? tokens.slice(from, to).map((token, i) => ({ token, index: from + i, masked: false }))
      : meetings.slice(from, to).map(({ key, masked }) => ({ token: tokens[key]!, index: key, masked }));
  const litOf = (side: Side, index: number) => {
    if (side === "query" ? index === query && pinned !== null : index === chosen) return "pin" as const;
    return hovered?.index === index || (side === "query" && index === query) ? ("hover" as const) : null;
  };
  const sides: readonly Side[] = layout?.key ? ["query", "key"] : ["query"];

  return (
    <div className="plot-frame neuron-frame">
      <canvas
        ref={head}
        className="neuron-head"
        style={{ width: size?.width, height: HEAD }}
        role="img"
        aria-label={`Query of ${spell(tokens[query]!).label}, position ${query}: ${slice.width} dimensions`}
      />
      <div
        className="plot"
        ref={frame}
        onScroll={(event) => setScroll(event.currentTarget.scrollTop)}
        onPointerMove={(event) => {
          const at = event.pointerType === "touch" && event.buttons === 0 ? null : point(event);
          hover(at && { side: at.side, index: at.index });
          const tip = at?.side === "key" && event.pointerType !== "touch";
          setOver(tip ? { ...at, key: at.index, x: event.clientX + 14, y: event.clientY + 14 } : null);
        }}
        onPointerLeave={() => {
          hover(null);
          setOver(null);
        }}
        onPointerUp={(event) => {
          if (event.button !== 0 || (event.target instanceof Element && event.target.closest("button"))) return;
          const at = point(event);
          if (at?.side === "query") pin({ side: "query", index: at.index });
          else if (at) change("neuron", { key: at.index === chosen ? null : at.index });
        }}
      >
        <canvas
          ref={canvas}
          className="plot-canvas"
          style={{ width: size?.width, height }}
          role="img"
          aria-label={`Query of ${spell(tokens[query]!).label} times ${meetings.length} keys: products, logits and softmax. Table holds the numbers.`}
        />
        {layout && (
          <div className="plot-rows" style={{ height: rowTop(layout, rows) + 6, marginTop: -height }}>
            {sides.map((side) => (
              <ul
                key={side}
                className="plot-column"
                data-side={side}
                aria-label={side === "query" ? "Queries" : "Keys"}
                style={{
                  ...(side === "query" ? { left: 0, width: layout.query.right } : { left: layout.key?.left, right: 0 }),
                  paddingTop: rowTop(layout, from),
                }}
              >
                {column(side).map(({ token, index, masked }, i) => (
                  <Token
                    key={index}
                    token={token}
                    index={index}
                    side={side}
                    layout={layout}
                    special={special[index] ?? false}
                    lit={litOf(side, index)}
                    faint={masked}
                    reachable={side === "query" ? index === query : from + i === 0 || index === chosen}
                  />
                ))}
              </ul>
            ))}
          </div>
        )}
      </div>
      {over && (
        <Tooltip x={over.x} y={over.y}>
          <Told picture={picture} over={over} />
        </Tooltip>
      )}
    </div>
  );
}
