import { useEffect, useMemo, useRef, useState } from "react";
import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { unitAt } from "../../store/units";
import { placesFor } from "../attribution/bars";
import { CommonFields } from "../attribution/Fields";
import { costOf } from "../attribution/picture";
import { ShadeScale } from "../attribution/TokenValues";
import { Segmented } from "../shared/controls";
import { usePalette, useSize } from "../shared/environment";
import { fixed } from "../shared/explained";
import { canExplain, useExplain, useExplanation, useOptions, useUnits } from "../shared/explaining";
import { MethodForm } from "../shared/MethodForm";
import { useNoun } from "../shared/noun";
import { PatchTiles } from "../shared/PatchTiles";
import { MethodProgress, NoTarget, WaitingForModel } from "../shared/Progress";
import { type Patched, patchedOf } from "../shared/patches";
import { SceneCanvas } from "../shared/SceneCanvas";
import { TokenButtons } from "../shared/TokenButtons";
import { ViewHeader, ViewTools } from "../shared/ViewFrame";
import { barsLayout, barsMarks, unitAtX } from "./bars";
import type { OcclusionPicture } from "./figure";
import { ENDS, tilesOf } from "./over";
import { lacking, OFF_MANIFOLD, pictureOf, TOKENS, WINDOWS } from "./picture";
import { type Region, regionText } from "./regions";

const SIZES = [2, 3, 5];

/** How many neighbours go together, how far apart, and what stands in their place. */
function Controls({ shown }: { readonly shown: Shown }) {
  const model = useApp((state) => state.model);
  const { window, stride } = useOptions(WINDOWS);
  const { setMethodOption } = useActions();
  const size = Number(window);
  const sizes = [...new Set([...SIZES, size])].sort((a, b) => a - b);
  const { removal: way } = useOptions(TOKENS);
  const own = useOptions(WINDOWS).removal;
  // One way for both: what is chosen for the tokens holds for the windows.
  useEffect(() => {
    if (way !== undefined && own !== undefined && own !== way) void setMethodOption(WINDOWS, "removal", way);
  }, [way, own, setMethodOption]);
  const resize = (to: number): void => {
    if (Number(stride) > to) void setMethodOption(WINDOWS, "stride", 1);
    void setMethodOption(WINDOWS, "window", to);
  };
  return (
    <div className="explain-controls">
      <div className="field">
        <span className="control-label" aria-hidden="true">
          Window
        </span>
        <Segmented
          label="Window"
          value={`${size}`}
          options={sizes.map((each) => ({ value: `${each}`, label: `${each}` }))}
          onChange={(value) => resize(Number(value))}
        />
      </div>
      <MethodForm method={WINDOWS} shown={shown} only={["stride"]} />
      <MethodForm method={TOKENS} shown={shown} only={["removal"]} lacking={{ removal: lacking(model) }} />
      <CommonFields shown={shown} seeded={false} />
    </div>
  );
}

function Bars({ picture }: { readonly picture: OcclusionPicture }) {
  const { units, values, up, down, pinned } = picture;
  const palette = usePalette();
  const token = useApp((state) => state.hovered);
  const { hover } = useActions();
  const frame = useRef<HTMLDivElement>(null);
  const width = useSize(frame)?.width ?? 0;
  const hovered = token === null ? -1 : unitAt(units, token.index);
  const layout = useMemo(() => barsLayout(Math.max(200, width), units, values), [width, units, values]);
  const marks = useMemo(
    () => barsMarks(layout, { units, values, up, down, pinned, hovered: hovered < 0 ? null : hovered }, palette),
    [layout, units, values, up, down, pinned, hovered, palette],
  );
  const places = placesFor(values);
  useEffect(() => {
    const element = frame.current;
    if (!element || pinned === null) return;
    const x = layout.left + pinned * layout.cell;
    if (x < element.scrollLeft || x + layout.cell > element.scrollLeft + element.clientWidth)
      element.scrollLeft = x - element.clientWidth / 2;
  }, [pinned, layout]);
  return (
    <div
      className="removal-bars"
      ref={frame}
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const at = unitAtX(layout, units.length, event.clientX - box.left + event.currentTarget.scrollLeft);
        hover(at === null ? null : { side: "query", index: units[at]!.from });
      }}
      onPointerLeave={() => hover(null)}
    >
      <SceneCanvas
        marks={marks}
        width={layout.width}
        height={layout.height}
        label={`Bars of ${units.length} units: what each one's removal changes. Table holds the numbers.`}
      >
        <TokenButtons
          units={units}
          left={layout.left}
          top={0}
          cell={layout.cell}
          height={layout.height}
          say={(i) => (units[i]!.special ? ", left alone" : `: ${fixed(values[i]!, true, places)}`)}
        />
      </SceneCanvas>
    </div>
  );
}

/** What the target loses without each patch, over the image. */
function OverImage({ picture, of }: { readonly picture: OcclusionPicture; readonly of: Patched }) {
  const tiles = useMemo(() => tilesOf(picture, of), [picture, of]);
  return <PatchTiles of={of} tiles={tiles} about={picture.subtitle} />;
}

const MOST = 40;

/** Windows by what their removal changes. */
function Regions({ picture }: { readonly picture: OcclusionPicture }) {
  const { regions, units, window } = picture;
  const [all, showAll] = useState(false);
  const { hover, pin } = useActions();
  const hovered = useApp((state) => state.hovered);
  const explanation = useExplanation(WINDOWS);
  const places = placesFor(regions.map(({ value }) => value));
  const most = Math.abs(regions[0]?.value ?? 0);
  const lit = hovered === null ? -1 : unitAt(units, hovered.index);
  const shown = all ? regions : regions.slice(0, MOST);
  const row = (region: Region) => {
    const first = units[region.units[0]!]!;
    const token = { side: "query", index: first.from } as const;
    const text = regionText(region, units);
    const says = fixed(region.value, true, places);
    return (
      <li key={region.units.join()}>
        <button
          type="button"
          className="region"
          data-lit={region.units.includes(lit) || undefined}
          aria-label={`${text}, from position ${first.from}: ${says}`}
          onPointerEnter={() => hover(token)}
          onPointerLeave={() => hover(null)}
          onFocus={(event) => event.target.matches(":focus-visible") && hover(token)}
          onBlur={() => hover(null)}
          onClick={() => pin(token)}
        >
          <span className="tok">{text}</span>
          <span className="room" aria-hidden="true">
            <i
              data-against={region.value < 0 || undefined}
              style={{ width: most > 0 ? `${(100 * Math.abs(region.value)) / most}%` : 0 }}
            />
          </span>
          <span className="value">{says}</span>
        </button>
      </li>
    );
  };
  return (
    <section className="regions" aria-label="Windows by their change">
      <div className="section-title">
        <h2>Neighbours together, windows of {window}</h2>
        <span>{explanation?.status === "done" ? `${regions.length} windows, most change first` : "on their way"}</span>
      </div>
      <ol>{shown.map(row)}</ol>
      {shown.length < regions.length && (
        <button type="button" className="link" onClick={() => showAll(true)}>
          {regions.length - shown.length} more
        </button>
      )}
    </section>
  );
}

/** The picture as it is, or the last of this text while the next is on its way. */
function usePicture(shown: Shown): { picture: OcclusionPicture | null; old: boolean } {
  const unit = useApp((state) => state.unit);
  const pinned = useApp((state) => state.pinned);
  const model = useApp((state) => state.model);
  const explanations = useApp((state) => state.explanations);
  const methodOptions = useApp((state) => state.methodOptions);
  const picture = useMemo(
    () => pictureOf({ unit, pinned, model, explanations, methodOptions }, shown),
    [unit, pinned, model, explanations, methodOptions, shown],
  );
  const last = useRef<{ picture: OcclusionPicture; of: unknown } | null>(null);
  const of = `${shown.result.trace} ${unit}`;
  if (picture) last.current = { picture, of };
  else if (last.current?.of !== of) last.current = null;
  return { picture: picture ?? last.current?.picture ?? null, old: picture === null };
}

/** What each token, and each window of them, is worth to the answer: by taking it away. */
export function OcclusionView({ shown }: { readonly shown: Shown }) {
  const stale = useApp((state) => state.stale);
  const units = useUnits(shown);
  const { window } = useOptions(WINDOWS);
  const tokens = useExplanation(TOKENS);
  const windows = useExplanation(WINDOWS);
  const players = units.filter(({ special }) => !special).length;
  useExplain(Number(window) <= players || players === 0 ? [TOKENS, WINDOWS] : [TOKENS]);
  const { picture, old } = usePicture(shown);
  const patched = useMemo(() => patchedOf(shown), [shown]);
  const noun = useNoun(shown);
  if (!canExplain(shown))
    return (
      <>
        <ViewHeader title="Occlusion" subtitle={`What the answer loses without a ${noun.one}.`} tools={<ViewTools />} />
        <WaitingForModel what="Occlusion" />
      </>
    );
  const running = [tokens, windows].find((each) => each && each.status !== "done" && each.status !== "waiting");
  const settled = !running && tokens !== undefined && tokens.status !== "waiting" && windows?.status !== "waiting";
  return (
    <>
      <ViewHeader
        title="Occlusion"
        subtitle={picture?.subtitle ?? `What the answer loses without a ${noun.one}, and without neighbours together.`}
        tools={<ViewTools />}
      >
        <Controls shown={shown} />
      </ViewHeader>
      {shown.result.candidates.length === 0 ? (
        <NoTarget />
      ) : (
        <>
          {running && (
            <MethodProgress
              explanation={running}
              label={running.method === TOKENS ? "One at a time" : `Windows of ${window}`}
            />
          )}
          <div
            className="occlusion fade"
            data-image={patched !== null || undefined}
            data-stale={stale || (old && picture !== null) || undefined}
            aria-busy={stale || !settled}
          >
            {picture && (
              <>
                {patched ? <OverImage picture={picture} of={patched} /> : <Bars picture={picture} />}
                <Regions picture={picture} />
              </>
            )}
          </div>
          <footer className="view-legend wrapping">
            {patched && <ShadeScale signed words={ENDS} />}
            <span>{OFF_MANIFOLD}</span>
            <span className="legend-rest" data-testid="cost">
              {[tokens, windows].flatMap((each) => (each?.status === "done" ? [costOf(each.result)] : [])).join("; ")}
            </span>
          </footer>
        </>
      )}
    </>
  );
}
