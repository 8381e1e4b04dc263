import { useEffect, useLayoutEffect, useRef } from "react";
import { useActions, useApp, useWorkspace } from "../../store/react";
import type { HeadScores } from "../../worker/protocol";
import { useFonts, usePalette, usePixelRatio } from "../shared/environment";
import { paint } from "../shared/paint";
import { enlarge } from "./enlarge";
import {
  badgeMarks,
  badgeOf,
  cellAt,
  type Grid,
  LABELS,
  pixelsOf,
  type Reading,
  requestFor,
  TOP,
  weightsOf,
} from "./grid";

/** Sites that are asked for at a time: the worker has something to do while one is drawn, and is soon free for others. */
const AHEAD = 3;

/** Pictures of one site's heads side by side, in the pixels of the screen. */
interface Strip {
  readonly image: ImageData;
  readonly x: number;
  readonly y: number;
}

/** Every head as a small picture, on one canvas. A site is drawn as soon as its attention is here, and only then. */
export function Thumbnails({
  grid,
  reading,
  scores,
}: {
  readonly grid: Grid;
  readonly reading: Reading;
  readonly scores: readonly HeadScores[] | null;
}) {
  const { attention } = useWorkspace();
  const { fail } = useActions();
  const off = useApp((state) => state.badgesOff);
  const readsAll = useApp((state) => state.readsAll);
  const open = useApp((state) => state.open);
  /** Only heads that are opened are read: the trace is large and far away. */
  const sparing = reading.shown.model.far !== undefined && !readsAll;
  const palette = usePalette();
  const ratio = usePixelRatio();
  const fonts = useFonts();
  const canvas = useRef<HTMLCanvasElement>(null);
  const strips = useRef<{ key: string; of: Reading; made: Map<number, Strip> } | null>(null);
  const draw = useRef<(row: number) => void>(() => undefined);

  useLayoutEffect(() => {
    if (!canvas.current) return;
    const { sites } = reading.shown.model;
    const key = [grid.pitch, palette.scheme, ratio].join();
    if (strips.current?.of !== reading || strips.current.key !== key)
      strips.current = { key, of: reading, made: new Map() };
    const { made } = strips.current;
    const context = canvas.current.getContext("2d")!;
    const width = Math.round((LABELS + grid.columns * grid.pitch) * ratio);
    const height = Math.round((TOP + grid.rows * grid.pitch) * ratio);
    if (canvas.current.width !== width) canvas.current.width = width;
    if (canvas.current.height !== height) canvas.current.height = height;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);

    const stripOf = (row: number): Strip | null => {
      const { index: site, heads, kind } = sites[row]!;
      const side = Math.round(grid.cell * ratio);
      const place = (head: number): number => Math.round(cellAt(grid, row, head).x * ratio);
      const image = new ImageData(place(heads - 1) + side - place(0), side);
      const to = new Uint32Array(image.data.buffer);
      for (let head = 0; head < heads; head++) {
        const read = weightsOf(attention, reading, site, head);
        if (!read && sparing) continue;
        if (!read) return null;
        const words = new Uint32Array(pixelsOf(read, palette, kind === "decoder").buffer);
        enlarge({ rows: read.rows, columns: read.columns, words }, side, to, place(head) - place(0), image.width);
      }
      return { image, x: place(0), y: Math.round(cellAt(grid, row, 0).y * ratio) };
    };
    /** The places of heads that weren't read. */
    const outline = (row: number): void => {
      const { index: site, heads } = sites[row]!;
      context.strokeStyle = palette.line;
      for (let head = 0; head < heads; head++) {
        const { x, y } = cellAt(grid, row, head);
        if (!weightsOf(attention, reading, site, head))
          context.strokeRect(x + 0.5, y + 0.5, grid.cell - 1, grid.cell - 1);
      }
    };
    draw.current = (row) => {
      const strip = made.get(row) ?? stripOf(row);
      if (!strip) return;
      if (!sparing) made.set(row, strip);
      context.putImageData(strip.image, strip.x, strip.y);
      if (sparing) outline(row);
      const { index: site, heads } = sites[row]!;
      for (let head = 0; fonts && head < heads; head++) {
        const badge = badgeOf(scores, off, site, head);
        if (badge) paint(context, badgeMarks(grid, row, head, badge.badge, palette));
      }
    };
    for (let row = 0; row < sites.length; row++) draw.current(row);
  }, [attention, grid, reading, palette, ratio, scores, off, fonts, sparing]);

  useEffect(() => {
    const { sites } = reading.shown.model;
    let here = true;
    if (sparing) {
      const row = sites.findIndex(({ index }) => index === open?.site);
      if (open && row >= 0)
        attention.fetch({ ...requestFor(reading, open.site), heads: [open.head] }).then(
          () => here && draw.current(row),
          (error) => here && fail(error),
        );
      return () => {
        here = false;
      };
    }
    let next = 0;
    const read = async () => {
      while (here && next < sites.length) {
        const row = next++;
        const { index, heads } = sites[row]!;
        const request = { ...requestFor(reading, index), heads: Array.from({ length: heads }, (_, i) => i) };
        if (request.heads.every((head) => attention.peek(request, head))) continue; // drawn already
        await attention.fetch(request);
        if (here) draw.current(row);
      }
    };
    for (let i = 0; i < AHEAD; i++)
      read().catch((error) => {
        if (here) fail(error);
        here = false;
      });
    return () => {
      here = false;
    };
  }, [attention, fail, reading, sparing, open]);

  return <canvas ref={canvas} className="grid-canvas" role="img" aria-label="Thumbnails of all heads" />;
}
