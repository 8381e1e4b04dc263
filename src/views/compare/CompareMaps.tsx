import { useMemo, useRef } from "react";
import { useActions, useApp } from "../../store/react";
import type { Unit } from "../../store/units";
import { useSize } from "../shared/environment";
import { PatchPicture } from "../shared/PatchPicture";
import type { Patched } from "../shared/patches";
import { captionOf } from "./layout";
import { mapWidth, rowMap } from "./maps";
import { type ComparedRows, grouped, type MethodRow } from "./rows";
import { Standing } from "./Standing";

/** One method over the image. */
function MethodMap({
  row,
  units,
  of,
  top,
  target,
  width,
}: {
  readonly row: MethodRow;
  readonly units: readonly Unit[];
  readonly of: Patched;
  readonly top: readonly number[];
  readonly target: string | null;
  readonly width: number;
}) {
  const { change, setView } = useActions();
  const lit = useApp((state) => state.own.compare.lit === row.id);
  const { values, signed } = row;
  // Rows are made anew with every partial result of any method; a map only with its own values.
  // biome-ignore lint/correctness/useExhaustiveDependencies: of a row its values and sign count
  const map = useMemo(() => rowMap(row, units, of), [values, signed, units, of]);
  const light = (id: string | null): void => change("compare", { lit: id });
  return (
    <li
      style={{ width }}
      data-lit={lit || undefined}
      onPointerEnter={() => light(row.id)}
      onPointerLeave={() => light(null)}
    >
      <button
        type="button"
        className="map-name"
        title={`${row.label}: open in Attribution`}
        aria-label={`${row.label}: ${row.state === "failed" ? (row.told ?? "failed") : row.state}. Open in Attribution`}
        onFocus={() => light(row.id)}
        onBlur={() => light(null)}
        onClick={() => {
          change("attribution", { method: row.id as never });
          setView("attribution");
        }}
      >
        {row.label}
      </button>
      <PatchPicture
        of={of}
        map={map}
        width={width}
        label={`What each patch counts${target === null ? "" : ` for ${target}`} by ${row.label}`}
      />
      <p className="map-under tok">
        {row.state === "done" ? (
          top.map((unit, n) => (
            <span key={unit} data-first={n === 0 || undefined}>
              {units[unit]!.label}{" "}
            </span>
          ))
        ) : (
          <Standing row={row} />
        )}
      </p>
    </li>
  );
}

/** Methods side by side over one image. The cursor reads the same patch in all of them. */
export function CompareMaps({ rows, units, tops, target, of }: ComparedRows & { readonly of: Patched }) {
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const width = size ? mapWidth(size.width) : 0;
  return (
    <div className="compare-maps" ref={frame}>
      {width > 0 &&
        grouped(rows).map((group) => (
          <section key={`${group.signed}`} aria-label={captionOf(group.signed, target)}>
            <p className="small">{captionOf(group.signed, target)}</p>
            <ul>
              {group.rows.map((row) => (
                <MethodMap key={row.id} {...{ row, units, of, target, width }} top={tops.get(row.id) ?? none} />
              ))}
            </ul>
          </section>
        ))}
      <p className="small">Under each map: the three patches with the highest values.</p>
    </div>
  );
}

const none: readonly number[] = [];
