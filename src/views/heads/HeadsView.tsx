import { useMemo } from "react";
import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { ShadeScale } from "../attribution/TokenValues";
import { Segmented } from "../shared/controls";
import { DrawnAs } from "../shared/DrawnAs";
import { patchedOf } from "../shared/patches";
import { ViewHeader, ViewTools } from "../shared/ViewFrame";
import { notDrawnSentence } from "./draw";
import { HeadsControls } from "./HeadsControls";
import { HeadsPlot } from "./HeadsPlot";
import { filterLabel } from "./names";
import { OverImage, useReader } from "./OverImage";
import { type Picture, usePicture } from "./on-screen";
import { besideWords } from "./over";

const WIDTHS = [0.05, 0.25, 0.5, 1];

/** Lines at their true widths. */
export const WidthLegend = () => (
  <span className="width-legend">
    Width = weight
    {WIDTHS.map((weight) => (
      <span key={weight}>
        <i style={{ height: 8 * weight, opacity: weight < 0.2 ? 0.4 : 1 }} />
        {Math.round(100 * weight)}%
      </span>
    ))}
  </span>
);

/** What lies beside the image; by itself, since it follows the cursor. */
function Beside({ picture }: { readonly picture: Picture }) {
  const reader = useReader(picture);
  return reader && besideWords(picture, reader);
}

/** One layer, any of its heads: lines from each token to those it attends to. */
export function HeadsView({ shown }: { readonly shown: Shown }) {
  const { picture, waiting } = usePicture();
  const curved = useApp((state) => state.curved);
  const stale = useApp((state) => state.stale);
  const filter = useApp((state) => state.pairFilter);
  const drawn = useApp((state) => state.own.heads.drawn);
  const patched = useMemo(() => picture && patchedOf(picture.shown), [picture]);
  const { setCurved } = useActions();
  const over = patched !== null && drawn === "image";
  return (
    <>
      <ViewHeader
        title="Heads"
        subtitle={
          over
            ? "Where one token looks, laid over the image, head by head."
            : "Each line runs from a token to one it attends to. Hover a token to follow it, click to pin it."
        }
        tools={
          <>
            {patched && <DrawnAs otherwise="Lines" />}
            {!over && (
              <Segmented
                label="Lines"
                value={curved ? "curved" : "straight"}
                options={[
                  { value: "curved", label: "Curved" },
                  { value: "straight", label: "Straight" },
                ]}
                onChange={(value) => setCurved(value === "curved")}
              />
            )}
            <ViewTools />
          </>
        }
      >
        <HeadsControls shown={shown} />
      </ViewHeader>
      <div className="heads-plot fade" data-stale={stale || undefined} aria-busy={stale || waiting}>
        {picture && (over ? <OverImage picture={picture} of={patched} /> : <HeadsPlot picture={picture} />)}
      </div>
      <footer className="view-legend">
        {over ? (
          <ShadeScale signed={false} words={["0", "most of each map"]} />
        ) : (
          <>
            <WidthLegend />
            <span className="legend-colour">Colour = head, never weight</span>
          </>
        )}
        <span className="legend-rest" data-testid="not-drawn">
          {picture &&
            (over ? (
              <Beside picture={picture} />
            ) : (
              notDrawnSentence(picture.notDrawn, picture.plan, filterLabel(filter))
            ))}
        </span>
      </footer>
    </>
  );
}
