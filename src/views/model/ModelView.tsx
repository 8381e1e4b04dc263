import { useMemo } from "react";
import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { ShadeScale } from "../attribution/TokenValues";
import { ReaderLine } from "../heads/OverImage";
import { tokensOf } from "../heads/on-screen";
import { readerWords } from "../heads/over";
import { characters, countCharacters } from "../shared/characters";
import { DrawnAs } from "../shared/DrawnAs";
import { usePalette, usePhone } from "../shared/environment";
import { LeaveOutControls } from "../shared/LeaveOut";
import { megabytes } from "../shared/megabytes";
import { attentionColour, type Palette } from "../shared/palette";
import { patchedOf } from "../shared/patches";
import { ViewHeader, ViewTools } from "../shared/ViewFrame";
import { ModelGrid } from "./ModelGrid";
import { useModelReader } from "./PatchThumbnails";

const STEPS = 21;

/** The scale of attention as a CSS gradient. */
const gradient = (palette: Palette): string =>
  `linear-gradient(90deg, ${Array.from({ length: STEPS }, (_, i) => attentionColour(palette, i / (STEPS - 1))).join(", ")})`;

export function AttentionScale() {
  const palette = usePalette();
  return (
    <div className="scale">
      <i style={{ background: gradient(palette) }} aria-hidden="true" />
      <span>0</span>
      <span>attention weight</span>
      <span>1</span>
    </div>
  );
}

/** Of a trace that is large and far away, nothing is read that isn't looked at. */
function Far({ bytes }: { readonly bytes: number }) {
  const all = useApp((state) => state.readsAll);
  const { readAll } = useActions();
  return (
    <p className="measuring">
      {all
        ? "Heads are drawn as they come. What they do isn't measured: that would read the trace once more."
        : "A head of this trace is read when you open it."}
      {!all && (
        <>
          {" "}
          <button type="button" className="link" onClick={readAll}>
            Read all, {megabytes(bytes)}
          </button>
        </>
      )}
    </p>
  );
}

/** Switches for the badges of each character that this model has. */
function Badges({ shown }: { readonly shown: Shown }) {
  const off = useApp((state) => state.badgesOff);
  const { toggleBadge } = useActions();
  if (shown.model.far) return <Far bytes={shown.model.far} />;
  if (!shown.scores) return <p className="measuring">Measuring what each head does…</p>;
  const counts = countCharacters(shown.scores);
  const found = characters.filter(({ id }) => counts.has(id));
  if (found.length === 0) return <p className="measuring">No head reaches the threshold of a known pattern.</p>;
  return (
    <ul className="badges" aria-label="Badges">
      {found.map(({ id, badge, label, meaning, threshold }) => (
        <li key={id}>
          <button
            type="button"
            className="badge-filter"
            aria-pressed={!off.includes(id)}
            title={`A head that ${meaning}: measured ${threshold} or more`}
            onClick={() => toggleBadge(id)}
          >
            <i className="badge tok" aria-hidden="true">
              {badge}
            </i>
            {label}
            <span>{counts.get(id)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Whose attention it is; by itself, since it follows the cursor. */
function Reading({ shown }: { readonly shown: Shown }) {
  const reader = useModelReader(shown);
  return reader && <ReaderLine words={readerWords(reader)} />;
}

/** Every layer and head at once; one opens large beside the grid. */
export function ModelView({ shown }: { readonly shown: Shown }) {
  const hideSinks = useApp((state) => state.hideSinks.model);
  const phone = usePhone();
  const stale = useApp((state) => state.stale);
  const patched = useMemo(() => patchedOf(shown), [shown]);
  const drawn = useApp((state) => state.own.heads.drawn);
  const over = patched !== null && drawn === "image";
  const rescaled = hideSinks ? " Sinks are left out, rows rescaled." : "";
  return (
    <>
      <ViewHeader
        title="Model"
        subtitle={
          over
            ? `Every head at once: where one token looks, over the image.${rescaled}`
            : `Every head at once. Rows are queries, columns keys.${rescaled}`
        }
        tools={
          <>
            {patched && <DrawnAs otherwise="Matrices" />}
            <ViewTools />
            {!over && <AttentionScale />}
          </>
        }
      >
        <div className="model-controls">
          <Badges shown={shown} />
          {!phone && <LeaveOutControls shown={shown} view="model" of={["words", "sinks"]} />}
        </div>
      </ViewHeader>
      <div className="model-grid fade" data-over={over || undefined} data-stale={stale || undefined} aria-busy={stale}>
        {over && <Reading shown={shown} />}
        <ModelGrid shown={shown} />
      </div>
      {over && (
        <footer className="view-legend">
          <ShadeScale signed={false} words={["0", "most of each map"]} />
        </footer>
      )}
      {tokensOf(shown) > 46 && <p className="sr-only">Thumbnails show the largest weight of each block of tokens.</p>}
    </>
  );
}
