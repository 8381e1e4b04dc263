import { memo, useEffect, useMemo, useRef, useState } from "react";
import { useActions, useApp } from "../../store/react";
import type { HeadRef, Shown } from "../../store/state";
import { headName } from "../heads/names";
import { charactersOf, scoresOf } from "../shared/characters";
import { usePixelRatio, useSize } from "../shared/environment";
import { patchedOf } from "../shared/patches";
import { Tooltip } from "../shared/Tooltip";
import { cellAt, type Grid, gridOf, LABELS, LEAST_OVER, type Reading, TOP } from "./grid";
import { PatchThumbnails } from "./PatchThumbnails";
import { Thumbnails } from "./Thumbnails";

const same = (a: HeadRef | null, site: number, head: number): boolean => a?.site === site && a.head === head;

type Hover = HeadRef & { readonly x: number; readonly y: number };

/** The button over one thumbnail. There are hundreds, and most stay as they are when one is hovered or opened. */
const Cell = memo(function Cell({
  site,
  head,
  label,
  open,
  reachable,
  x,
  y,
  side,
  onHover,
}: HeadRef & {
  readonly label: string;
  readonly open: boolean;
  readonly reachable: boolean;
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly onHover: (at: Hover | null) => void;
}) {
  const { openHead } = useActions();
  return (
    <button
      type="button"
      className="cell"
      data-head={`${site}.${head}`}
      data-open={open || undefined}
      aria-pressed={open}
      aria-label={label}
      tabIndex={reachable ? 0 : -1}
      style={{ left: x, top: y, width: side, height: side }}
      onClick={() => openHead({ site, head })}
      onPointerEnter={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        onHover({ site, head, x: box.right, y: box.top });
      }}
      onPointerLeave={() => onHover(null)}
    />
  );
});

/** A button for every head, a row a site. */
const Cells = memo(function Cells({
  shown,
  grid,
  onHover,
}: {
  readonly shown: Shown;
  readonly grid: Grid;
  readonly onHover: (at: Hover | null) => void;
}) {
  const open = useApp((state) => state.open);
  const labels = useMemo(
    () =>
      shown.model.sites.map(({ index: site, heads }) =>
        Array.from({ length: heads }, (_, head) => {
          const of = scoresOf(shown.scores, site, head);
          const found = of ? charactersOf(of).map(({ label }) => label) : [];
          return [`Head ${headName(shown, site, head)}`, ...found].join(", ");
        }),
      ),
    [shown],
  );
  return shown.model.sites.map(({ index: site, heads, layer }, row) => (
    <fieldset key={site} aria-label={`Layer ${layer}`}>
      {Array.from({ length: heads }, (_, head) => {
        const { x, y } = cellAt(grid, row, head);
        return (
          <Cell
            key={headName(shown, site, head)}
            site={site}
            head={head}
            label={labels[row]![head]!}
            open={same(open, site, head)}
            reachable={open ? same(open, site, head) : row === 0 && head === 0}
            x={x - 2}
            y={y - 2}
            side={grid.pitch - 1}
            onHover={onHover}
          />
        );
      })}
    </fieldset>
  ));
});

/** Every head of every layer as a small picture on one canvas, under a grid of buttons. */
export function ModelGrid({ shown }: { readonly shown: Shown }) {
  const open = useApp((state) => state.open);
  const hideSinks = useApp((state) => state.hideSinks.model);
  const mergeWords = useApp((state) => state.mergeWords);
  const ratio = usePixelRatio();
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const [hovered, hover] = useState<Hover | null>(null);
  const { result, model, scores } = shown;
  const patched = useMemo(() => patchedOf({ result }), [result]);
  const over = useApp((state) => state.own.heads.drawn === "image");
  const least = patched && over ? LEAST_OVER : undefined;
  const grid = useMemo(() => (size ? gridOf(model, size.width, size.height - 8, least) : null), [model, size, least]);
  const cell = grid?.cell;
  const reading = useMemo<Reading | null>(
    () =>
      cell === undefined
        ? null
        : {
            shown: { origin: "live", model, result, scores: null },
            size: Math.round(cell * ratio),
            hideSinks,
            mergeWords,
          },
    [model, result, cell, ratio, hideSinks, mergeWords],
  );

  useEffect(() => {
    if (!open) return;
    const button = frame.current?.querySelector<HTMLElement>(`[data-head="${open.site}.${open.head}"]`);
    if (frame.current?.contains(document.activeElement)) button?.focus();
    button?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [open]);

  return (
    <div className="grid-frame" ref={frame}>
      {grid && reading && (
        <div
          className="grid"
          style={{ width: LABELS + grid.columns * grid.pitch, height: TOP + grid.rows * grid.pitch }}
        >
          {patched && over ? (
            <PatchThumbnails shown={shown} of={patched} grid={grid} scores={scores} />
          ) : (
            <Thumbnails grid={grid} reading={reading} scores={scores} />
          )}
          <GridLabels sites={model.sites} grid={grid} />
          <Cells shown={shown} grid={grid} onHover={hover} />
        </div>
      )}
      {hovered && <HeadTooltip shown={shown} at={hovered} />}
    </div>
  );
}

const GridLabels = memo(function GridLabels({
  sites,
  grid,
}: {
  readonly sites: Shown["model"]["sites"];
  readonly grid: Grid;
}) {
  const step = grid.pitch < 28 ? 2 : 1;
  return (
    <div className="grid-labels" aria-hidden="true">
      <span style={{ left: 0, top: 0 }}>layer</span>
      {Array.from({ length: grid.columns }, (_, head) =>
        head % step === 0 ? (
          <span
            key={`column ${head.toString()}`}
            style={{ left: LABELS + head * grid.pitch, top: 0, width: grid.cell, textAlign: "center" }}
          >
            {head}
          </span>
        ) : null,
      )}
      {sites.map(({ index, layer, kind }, row) => (
        <span
          key={index}
          style={{ left: 0, top: TOP + row * grid.pitch + grid.cell / 2 - 8, width: 23, textAlign: "right" }}
        >
          {kind === "cross" ? `×${layer}` : layer}
        </span>
      ))}
    </div>
  );
});

function HeadTooltip({ shown, at }: { readonly shown: Shown; readonly at: HeadRef & { x: number; y: number } }) {
  const scores = scoresOf(shown.scores, at.site, at.head);
  const found = scores ? charactersOf(scores) : [];
  return (
    <Tooltip x={at.x + 8} y={at.y}>
      <b>Head {headName(shown, at.site, at.head)}</b>
      {scores &&
        (found.length > 0
          ? found.map(({ id, label, score }) => (
              <div key={id}>
                {label} {score(scores)?.toFixed(2)}
              </div>
            ))
          : " no simple pattern")}
    </Tooltip>
  );
}
