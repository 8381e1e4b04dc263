import { useMemo, useRef, useState } from "react";
import { useApp } from "../../store/react";
import { usePalette, useSize } from "../shared/environment";
import { pValue, rhoValue } from "../shared/explained";
import { uiWidth } from "../shared/marks";
import type { Noun } from "../shared/noun";
import { SceneCanvas } from "../shared/SceneCanvas";
import { Tooltip } from "../shared/Tooltip";
import { type Agreement, rhoAt, rhoLayout, rhoMarks } from "./rho";

/** How much methods rank alike: ρ below the diagonal, p above. */
export function Agreements({
  agreement,
  n,
  ids,
  noun,
}: {
  readonly agreement: Agreement;
  readonly n: number;
  readonly ids: readonly string[];
  readonly noun: Noun;
}) {
  const palette = usePalette();
  const frame = useRef<HTMLElement>(null);
  const width = useSize(frame)?.width ?? 0;
  const lit = useApp((state) => state.own.compare.lit);
  const [over, setOver] = useState<{ pair: [number, number]; x: number; y: number } | null>(null);
  const { labels, rho, p } = agreement;
  const left = labels.reduce((most, label) => Math.max(most, uiWidth(label, 12)), 0) + 12;
  const layout = useMemo(() => rhoLayout(width, labels.length, left), [width, labels.length, left]);
  const at = lit === null ? -1 : ids.indexOf(lit);
  const marks = useMemo(
    () => rhoMarks(layout, agreement, palette, at < 0 ? null : at),
    [layout, agreement, palette, at],
  );
  return (
    <section className="compare-part" aria-labelledby="alike">
      <h2 id="alike">
        Do they rank {noun.many} alike? <span>Spearman ρ below, p above, n = {n}; dashed: p ≥ .05</span>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by the keyboard */}
      <section ref={frame} className="scrolls" aria-label="Rank correlations" tabIndex={0}>
        {/* The table of this view holds every number; the cursor only reads one pair at a time. */}
        <div
          onPointerMove={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            const pair = rhoAt(layout, labels.length, event.clientX - box.left, event.clientY - box.top);
            setOver(pair && { pair, x: event.clientX + 14, y: event.clientY + 14 });
          }}
          onPointerLeave={() => setOver(null)}
        >
          <SceneCanvas
            marks={marks}
            width={layout.width}
            height={layout.height}
            label={`Spearman correlations of ${labels.length} methods: ${labels
              .flatMap((label, i) =>
                labels.slice(0, i).map((other, j) => `${label} and ${other} ${rhoValue(rho[i]![j]!)}`),
              )
              .join(", ")}`}
          />
        </div>
      </section>
      {over && (
        <Tooltip x={over.x} y={over.y}>
          {labels[over.pair[0]]} and {labels[over.pair[1]]}: ρ <b>{rhoValue(rho[over.pair[0]]![over.pair[1]]!)}</b>, p{" "}
          {pValue(p[over.pair[0]]![over.pair[1]]!)}, n = {n}
        </Tooltip>
      )}
    </section>
  );
}
