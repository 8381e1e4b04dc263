import { useMemo, useRef } from "react";
import { useActions, useApp } from "../../store/react";
import { usePalette, useSize } from "../shared/environment";
import type { Noun } from "../shared/noun";
import { SceneCanvas } from "../shared/SceneCanvas";
import { type Point, scatterMarks } from "./scatter";

const HEIGHT = 262;

/** Faithfulness over time, as measured here. */
export function Faithful({
  points,
  random,
  texts,
  target,
  noun,
}: {
  readonly points: readonly Point[];
  readonly random: number | null;
  readonly texts: number;
  readonly target: string;
  readonly noun: Noun;
}) {
  const palette = usePalette();
  const frame = useRef<HTMLDivElement>(null);
  const width = useSize(frame)?.width ?? 0;
  const lit = useApp((state) => state.own.compare.lit);
  const measuring = useApp((state) => state.measuring);
  const { measure } = useActions();
  const ids = useApp((state) => state.own.compare.methods);
  const marks = useMemo(
    () =>
      points.length > 0 && width > 0
        ? scatterMarks(points, random, { width, height: HEIGHT }, palette, lit, noun.many)
        : [],
    [points, random, width, palette, lit, noun.many],
  );
  return (
    <section className="compare-part" aria-labelledby="faithful">
      <h2 id="faithful">
        Is it right, and what does it cost?{" "}
        <span>
          comprehensiveness over time
          {texts > 0 &&
            `, ${texts > 1 ? "median and range of " : ""}${texts} ${texts === 1 ? noun.whole : noun.wholes} here`}
        </span>
      </h2>
      <p className="small">how far the probability of {target} falls when a method's first 1, 3 and 5 go</p>
      <div ref={frame}>
        {points.length > 0 ? (
          <SceneCanvas
            marks={marks}
            width={width}
            height={HEIGHT}
            label={points
              .map(
                ({ label, faithfulness, ms }) =>
                  `${label}: comprehensiveness ${faithfulness.median.toFixed(2)}, ${Math.round(ms.median)} ms`,
              )
              .join("; ")}
          />
        ) : measuring?.status === "failed" ? (
          <p className="note">{measuring.failure.message}</p>
        ) : measuring?.status === "running" ? (
          <p className="note" role="status">
            Measuring: {measuring.done} of {measuring.total || "some"} passes
          </p>
        ) : (
          <p className="note">
            Measured once every method above is done.{" "}
            <button type="button" className="link" onClick={() => void measure(ids)}>
              Measure now
            </button>
          </p>
        )}
      </div>
    </section>
  );
}
