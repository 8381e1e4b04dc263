import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { patchName } from "../../image/patches";
import { useActions, useApp } from "../../store/react";
import type { Side } from "../../store/state";
import { usePalette } from "./environment";
import { figure } from "./explained";
import { heightFor, imageMark, overMarks, type Patched, type PatchMap, patchAt, patchOf } from "./patches";
import { SceneCanvas } from "./SceneCanvas";
import { Tooltip } from "./Tooltip";

const nothing = { pinned: null, hovered: null };

/**
 * The frame of a patch that is read. No canvas is painted anew under the cursor: many images may stand side by side, each
 * with values of hundreds of patches.
 */
function Frame({
  of: { seen, patches },
  patch,
  width,
  lit,
}: {
  readonly of: Patched;
  readonly patch: number;
  readonly width: number;
  readonly lit: "hover" | "pin";
}) {
  const scale = width / seen.width;
  const [tall, wide] = [patches.step[0] * scale, patches.step[1] * scale];
  return (
    <i
      data-lit={lit}
      style={{
        left: (patch % patches.columns) * wide,
        top: Math.floor(patch / patches.columns) * tall,
        width: wide,
        height: tall,
      }}
    />
  );
}

/**
 * The image that was run, with values laid over its patches. The cursor and the arrow keys go over them, a click or Enter
 * pins one; patches are tokens, so they light up everywhere else too.
 */
export function PatchPicture({
  of,
  map = null,
  width,
  label,
  side = "query",
}: {
  readonly of: Patched;
  readonly map?: PatchMap | null;
  readonly width: number;
  /** What is seen, for those who don't see it. */
  readonly label: string;
  /** The side of the view that a patch is pinned on. */
  readonly side?: Side;
}) {
  const { hover, pin } = useActions();
  const palette = usePalette();
  const pinned = useApp((state) => patchOf(of.patches, state.pinned?.index));
  const hovered = useApp((state) => patchOf(of.patches, state.hovered?.index));
  const [over, setOver] = useState<{ x: number; y: number } | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { rows, columns, first } = of.patches;
  const height = heightFor(of, width);
  const under = map ? "map" : "nothing";
  const image = useMemo(() => [imageMark(of, under, palette, width)], [of, under, palette, width]);
  const marks = useMemo(() => overMarks(of, map, nothing, palette, width), [of, map, palette, width]);
  const tokenOf = (patch: number) => ({ side, index: first + patch }) as const;
  const at = (event: PointerEvent | React.MouseEvent): number | null => {
    const box = frame.current?.getBoundingClientRect();
    return box ? patchAt(of, width, event.clientX - box.left, event.clientY - box.top) : null;
  };
  const says = (patch: number): string => {
    const name = patchName(Math.floor(patch / columns), patch % columns);
    return map ? `${name}: ${figure(map.values[patch]!, { signed: map.signed })}` : name;
  };
  const read = hovered ?? pinned;
  const move = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
    };
    const step = steps[event.key];
    if (step) {
      const from = read ?? 0;
      const row = Math.min(rows - 1, Math.max(0, Math.floor(from / columns) + (read === null ? 0 : step[0])));
      const column = Math.min(columns - 1, Math.max(0, (from % columns) + (read === null ? 0 : step[1])));
      hover(tokenOf(row * columns + column));
    } else if ((event.key === "Enter" || event.key === " ") && read !== null) pin(tokenOf(read));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={frame}
      className="patch-picture"
      role="slider"
      tabIndex={0}
      aria-label={`${label}; ${rows} by ${columns} patches. Arrow keys move over them, Enter pins one.`}
      aria-valuemin={0}
      aria-valuemax={rows * columns - 1}
      aria-valuenow={read ?? 0}
      aria-valuetext={read === null ? "no patch" : says(read)}
      style={{ width, height }}
      onPointerMove={(event) => {
        const patch = at(event);
        hover(patch === null ? null : tokenOf(patch));
        setOver(patch === null ? null : { x: event.clientX + 14, y: event.clientY + 14 });
      }}
      onPointerLeave={() => {
        hover(null);
        setOver(null);
      }}
      onClick={(event) => {
        const patch = at(event);
        if (patch !== null) pin(tokenOf(patch));
      }}
      onKeyDown={move}
    >
      <SceneCanvas marks={image} width={width} height={height} label={label} />
      <SceneCanvas marks={marks} width={width} height={height} />
      <div className="patch-frames" aria-hidden="true">
        {hovered !== null && hovered !== pinned && <Frame of={of} patch={hovered} width={width} lit="hover" />}
        {pinned !== null && <Frame of={of} patch={pinned} width={width} lit="pin" />}
      </div>
      {over && hovered !== null && (
        <Tooltip x={over.x} y={over.y}>
          <span className="tok">{says(hovered)}</span>
        </Tooltip>
      )}
    </div>
  );
}
