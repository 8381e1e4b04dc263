import { useEffect, useMemo, useReducer, useRef } from "react";
import { useActions, useApp, useWorkspace } from "../../store/react";
import type { Shown } from "../../store/state";
import type { HeadRows, HeadScores } from "../../worker/protocol";
import { planFor } from "../heads/on-screen";
import { type Reader, readerOf, readerWords } from "../heads/over";
import { usePalette } from "../shared/environment";
import type { Patched } from "../shared/patches";
import { SceneCanvas } from "../shared/SceneCanvas";
import { type Grid, LABELS, TOP } from "./grid";
import { imageMarks, mapMarks, mapsOf } from "./over";

/** Whose attention Model shows. */
export function useModelReader(shown: Shown): Reader | null {
  const pinned = useApp((state) => state.pinned);
  const hovered = useApp((state) => state.hovered);
  const hideSinks = useApp((state) => state.hideSinks.model);
  const site = shown.model.sites[0]?.index ?? 0;
  return readerOf(planFor(shown, site, { mergeWords: false, hideSinks, filter: "all" }), { pinned, hovered });
}

/** A token's attention in all heads; the last there was while another is on its way. */
function useRows(trace: number, reader: Reader | null): HeadRows | null {
  const { rows } = useWorkspace();
  const { fail } = useActions();
  const [, arrived] = useReducer((count: number) => count + 1, 0);
  const [token, side] = [reader?.token.index ?? -1, reader?.token.side ?? "query"];
  useEffect(() => {
    if (token < 0) return;
    let here = true;
    rows.fetch(trace, token, side).then(
      () => here && arrived(),
      (error) => here && fail(error),
    );
    return () => {
      here = false;
    };
  }, [rows, fail, trace, token, side]);
  const last = useRef<{ readonly trace: number; readonly rows: HeadRows } | null>(null);
  const now = token < 0 ? undefined : rows.peek(trace, token, side);
  if (now) last.current = { trace, rows: now };
  return last.current?.trace === trace ? last.current.rows : null;
}

/** Every head's attention of one token, over the image, on one canvas. */
export function PatchThumbnails({
  shown,
  of,
  grid,
  scores,
}: {
  readonly shown: Shown;
  readonly of: Patched;
  readonly grid: Grid;
  readonly scores: readonly HeadScores[] | null;
}) {
  const palette = usePalette();
  const hideSinks = useApp((state) => state.hideSinks.model);
  const off = useApp((state) => state.badgesOff);
  const reader = useModelReader(shown);
  const rows = useRows(shown.result.trace, reader);
  const maps = useMemo(() => rows && mapsOf(shown, of, rows, hideSinks), [shown, of, rows, hideSinks]);
  const images = useMemo(() => imageMarks(of, shown.model.sites, grid, palette), [of, shown, grid, palette]);
  const marks = useMemo(
    () => (maps ? mapMarks(of, maps, grid, palette, { scores, off, sites: shown.model.sites }) : []),
    [of, maps, grid, palette, scores, off, shown],
  );
  const size = { width: LABELS + grid.columns * grid.pitch, height: TOP + grid.rows * grid.pitch };
  return (
    <div className="grid-canvas layers">
      <SceneCanvas
        marks={images}
        {...size}
        label={`Thumbnails of all heads: ${reader ? readerWords(reader) : "nothing"}`}
      />
      <SceneCanvas marks={marks} {...size} />
    </div>
  );
}
