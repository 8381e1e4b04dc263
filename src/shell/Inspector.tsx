import { useRef } from "react";
import { useActions, useApp } from "../store/react";
import { unitAt, unitsOf } from "../store/units";
import { views } from "../views";
import { linksOf, rowOf } from "../views/heads/draw";
import { headName } from "../views/heads/names";
import { column, usePicture } from "../views/heads/on-screen";
import { TIGHT, useMedia, usePhone } from "../views/shared/environment";
import { icons } from "../views/shared/icons";
import { LeaveOutControls } from "../views/shared/LeaveOut";
import { top } from "../views/shared/lines";
import { FailurePanel } from "./FailurePage";
import { LoadingPanel } from "./LoadingPanel";

function Content() {
  const view = useApp((state) => state.view);
  const shown = useApp((state) => state.shown);
  const failure = useApp((state) => state.failure);
  const model = useApp((state) => state.model);
  const open = useApp((state) => state.open);
  const entry = views.find(({ id }) => id === view)!;
  if (failure && !model) return <FailurePanel failure={failure} />;
  const exploring = view === "model" && open !== null;
  if (!model && !exploring) return <LoadingPanel />;
  return shown ? <entry.Inspector shown={shown} /> : null;
}

/** On a phone the switches of a view are in the sheet. */
function LeaveOut() {
  const view = useApp((state) => state.view);
  const shown = useApp((state) => state.shown);
  return shown ? <LeaveOutControls shown={shown} view={view} /> : null;
}

/** One line of the sheet: what the pinned token looks at most. */
function Summary() {
  const { picture } = usePicture();
  const pinned = useApp((state) => state.pinned ?? state.hovered);
  const view = useApp((state) => state.view);
  const shown = useApp((state) => state.shown);
  const open = useApp((state) => state.open);
  if (view === "model" && shown)
    return (
      <p className="small">{open ? `Head ${headName(shown, open.site, open.head)}` : "Tap a head to enlarge it."}</p>
    );
  if (!shown || !picture) return null;
  const row = rowOf(picture.plan, pinned);
  const units = unitsOf(shown.result.encoding, false);
  const unit = pinned && units[unitAt(units, pinned.index)];
  if (!row || !unit)
    return <p className="small">Tap a token, or drag along a column. Width = weight, colour = head.</p>;
  const other = column(picture.plan, row.side === "query" ? "key" : "query");
  return (
    <>
      <p className="sheet-line">
        <span className="tok pill" data-pinned>
          {unit.label}
        </span>
        <span>{row.side === "query" ? "looks at" : "is looked at by"}</span>
        <span className="tok sheet-top">
          {top(linksOf(picture.heads, row), 3)
            .map(({ index, value }) => `${other[index]!.label} ${value.toFixed(2).replace(/^0/, "")}`)
            .join("  ")}
        </span>
      </p>
      <p className="small">Drag along a column to read others. Width = weight, colour = head.</p>
    </>
  );
}

/** Beside the view: what is pinned, the head that is open, or how far the model is. On a phone, a sheet. */
export function Inspector() {
  const shown = useApp((state) => state.inspector);
  const sheet = useApp((state) => state.sheet);
  const wide = useApp(({ view, open, failure, model }) => view === "model" && open !== null && !(failure && !model));
  const phone = usePhone();
  const tight = useMedia(TIGHT);
  const { toggleSheet } = useActions();
  const start = useRef<number | null>(null);
  if (!phone)
    return (tight ? sheet : shown) ? (
      <aside className="inspector" aria-label="Inspector" data-wide={wide || undefined}>
        {tight && (
          <button type="button" className="ghost icon close-panel" aria-label="Hide panel" onClick={toggleSheet}>
            {icons.right}
          </button>
        )}
        <Content />
      </aside>
    ) : null;
  return (
    <aside className="sheet" aria-label="Inspector" data-open={sheet || undefined}>
      <button
        type="button"
        className="grip"
        aria-expanded={sheet}
        aria-label={sheet ? "Fold the sheet" : "Open the sheet"}
        onPointerDown={(event) => {
          start.current = event.clientY;
        }}
        onPointerUp={(event) => {
          const moved = start.current === null ? 0 : event.clientY - start.current;
          start.current = null;
          if ((moved > 24 && sheet) || (moved < -24 && !sheet)) toggleSheet();
        }}
        onClick={toggleSheet}
      >
        <i aria-hidden="true" />
      </button>
      <Summary />
      {sheet && (
        <div className="sheet-content">
          <LeaveOut />
          <Content />
        </div>
      )}
    </aside>
  );
}
