import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "react";
import { useActions, useApp, useWorkspace } from "../../store/react";
import type { HeadRef, Shown } from "../../store/state";
import { headName } from "../heads/names";
import { charactersOf, scoresOf } from "../shared/characters";
import { useFonts, usePalette, usePixelRatio, useSize } from "../shared/environment";
import { paint, pictureCanvas } from "../shared/paint";
import { Tooltip } from "../shared/Tooltip";
import {
  badgeMarks,
  badgeOf,
  cellAt,
  type Grid,
  gridOf,
  LABELS,
  type Reading,
  requestFor,
  TOP,
  thumbnailMark,
  weightsOf,
} from "./grid";

/** Reads the thumbnails of every site, one after the other; calls back as each arrives. */
function useThumbnails(reading: Reading | null): number {
  const { attention } = useWorkspace();
  const { fail } = useActions();
  const [count, arrived] = useReducer((before: number) => before + 1, 0);
  useEffect(() => {
    if (!reading) return;
    let here = true;
    const read = async () => {
      for (const { index, heads } of reading.shown.model.sites) {
        if (!here) return;
        await attention.fetch({ ...requestFor(reading, index), heads: Array.from({ length: heads }, (_, i) => i) });
        if (here) arrived();
      }
    };
    read().catch((error) => here && fail(error));
    return () => {
      here = false;
    };
  }, [attention, fail, reading]);
  return count;
}

const same = (a: HeadRef | null, site: number, head: number): boolean => a?.site === site && a.head === head;

/** Every head of every layer as a small picture on one canvas, under a grid of buttons. */
export function ModelGrid({ shown }: { readonly shown: Shown }) {
  const { attention } = useWorkspace();
  const { openHead } = useActions();
  const open = useApp((state) => state.open);
  const off = useApp((state) => state.badgesOff);
  const hideSinks = useApp((state) => state.hideSinks.model);
  const mergeWords = useApp((state) => state.mergeWords);
  const palette = usePalette();
  const ratio = usePixelRatio();
  const fonts = useFonts();
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame);
  const [hovered, hover] = useState<(HeadRef & { x: number; y: number }) | null>(null);
  const grid = useMemo(() => (size ? gridOf(shown, size.width, size.height - 8) : null), [shown, size]);
  const cell = grid?.cell;
  const { result, model, scores } = shown;
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
  const count = useThumbnails(reading);
  const thumbnails = useRef<{ of: unknown; scheme: string; made: Map<string, OffscreenCanvas> } | null>(null);

  useLayoutEffect(() => {
    if (!canvas.current || !grid || !reading || count < 0) return;
    if (thumbnails.current?.of !== reading || thumbnails.current.scheme !== palette.scheme)
      thumbnails.current = { of: reading, scheme: palette.scheme, made: new Map() };
    const { made } = thumbnails.current;
    const context = canvas.current.getContext("2d")!;
    canvas.current.width = Math.round((LABELS + grid.columns * grid.pitch) * ratio);
    canvas.current.height = Math.round((TOP + grid.rows * grid.pitch) * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.imageSmoothingEnabled = false;
    for (const [row, { index: site, heads, kind }] of model.sites.entries())
      for (let head = 0; head < heads; head++) {
        const key = `${site}.${head}`;
        let thumbnail = made.get(key);
        if (!thumbnail) {
          const read = weightsOf(attention, reading, site, head);
          if (!read) continue;
          thumbnail = pictureCanvas(thumbnailMark(grid, row, head, read, palette, kind === "decoder"));
          made.set(key, thumbnail);
        }
        const { x, y } = cellAt(grid, row, head);
        drawCrisp(context, thumbnail, x, y, grid.cell, ratio);
        const badge = fonts ? badgeOf(scores, off, site, head) : null;
        if (badge) paint(context, badgeMarks(grid, row, head, badge.badge, palette));
      }
  }, [attention, grid, reading, count, palette, ratio, model, scores, off, fonts]);

  useEffect(() => {
    if (!open) return;
    const button = frame.current?.querySelector<HTMLElement>(`[data-head="${open.site}.${open.head}"]`);
    if (frame.current?.contains(document.activeElement)) button?.focus();
    button?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [open]);

  return (
    <div className="grid-frame" ref={frame}>
      {grid && (
        <div
          className="grid"
          style={{ width: LABELS + grid.columns * grid.pitch, height: TOP + grid.rows * grid.pitch }}
        >
          <canvas ref={canvas} className="grid-canvas" role="img" aria-label="Thumbnails of all heads" />
          <GridLabels shown={shown} grid={grid} />
          {model.sites.map(({ index: site, heads, layer }, row) => (
            <fieldset key={site} aria-label={`Layer ${layer}`}>
              {Array.from({ length: heads }, (_, head) => {
                const { x, y } = cellAt(grid, row, head);
                const of = scoresOf(scores, site, head);
                const found = of ? charactersOf(of).map(({ label }) => label) : [];
                const name = headName(shown, site, head);
                return (
                  <button
                    key={name}
                    type="button"
                    className="cell"
                    data-head={`${site}.${head}`}
                    data-open={same(open, site, head) || undefined}
                    aria-pressed={same(open, site, head)}
                    aria-label={[`Head ${name}`, ...found].join(", ")}
                    tabIndex={(open ? same(open, site, head) : row === 0 && head === 0) ? 0 : -1}
                    style={{ left: x - 2, top: y - 2, width: grid.pitch - 1, height: grid.pitch - 1 }}
                    onClick={() => openHead({ site, head })}
                    onPointerEnter={(event) => {
                      const box = event.currentTarget.getBoundingClientRect();
                      hover({ site, head, x: box.right, y: box.top });
                    }}
                    onPointerLeave={() => hover(null)}
                  />
                );
              })}
            </fieldset>
          ))}
        </div>
      )}
      {hovered && <HeadTooltip shown={shown} at={hovered} />}
    </div>
  );
}

function GridLabels({ shown, grid }: { readonly shown: Shown; readonly grid: Grid }) {
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
      {shown.model.sites.map(({ index, layer, kind }, row) => (
        <span
          key={index}
          style={{ left: 0, top: TOP + row * grid.pitch + grid.cell / 2 - 8, width: 23, textAlign: "right" }}
        >
          {kind === "cross" ? `×${layer}` : layer}
        </span>
      ))}
    </div>
  );
}

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

/** Whole multiples are drawn as they are; else each pixel is enlarged first, so that all look equally wide. */
function drawCrisp(
  context: CanvasRenderingContext2D,
  from: OffscreenCanvas,
  x: number,
  y: number,
  cell: number,
  ratio: number,
): void {
  const pixels = cell * ratio;
  if (from.width >= pixels || Number.isInteger(pixels / from.width)) {
    context.imageSmoothingEnabled = false;
    context.drawImage(from, x, y, cell, cell);
    return;
  }
  const times = Math.ceil(pixels / from.width) * 2;
  const large = new OffscreenCanvas(from.width * times, from.height * times);
  const inner = large.getContext("2d")!;
  inner.imageSmoothingEnabled = false;
  inner.drawImage(from, 0, 0, large.width, large.height);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(large, x, y, cell, cell);
}
