import { useRef } from "react";
import { useActions, useApp } from "../store/react";
import type { State } from "../store/state";
import { viewOf } from "../views";
import { TIGHT, useMedia, usePhone } from "../views/shared/environment";
import { icons } from "../views/shared/icons";
import { LeaveOutControls } from "../views/shared/LeaveOut";
import { FailurePanel } from "./FailurePage";
import { LoadingPanel } from "./LoadingPanel";

const enlarged = (state: State): boolean => viewOf(state.view).enlarged?.(state) ?? false;

function Content() {
  const view = useApp((state) => state.view);
  const shown = useApp((state) => state.shown);
  const failure = useApp((state) => state.failure);
  const model = useApp((state) => state.model);
  const exploring = useApp(enlarged);
  const entry = viewOf(view);
  if (failure && !model) return <FailurePanel failure={failure} />;
  if (!model && !exploring) return <LoadingPanel />;
  return shown ? <entry.Inspector shown={shown} /> : null;
}

/** On a phone the switches of a view are in the sheet. */
function LeaveOut() {
  const view = useApp((state) => state.view);
  const shown = useApp((state) => state.shown);
  return shown ? <LeaveOutControls shown={shown} view={view} of={viewOf(view).leavesOut} /> : null;
}

/** One line of the sheet: of what is pinned or open. */
function Summary() {
  const { Summary } = viewOf(useApp((state) => state.view));
  const shown = useApp((state) => state.shown);
  return shown ? <Summary shown={shown} /> : null;
}

/** Beside the view: what is pinned, the head that is open, or how far the model is. On a phone, a sheet. */
export function Inspector() {
  const shown = useApp((state) => state.inspector);
  const sheet = useApp((state) => state.sheet);
  const wide = useApp((state) => enlarged(state) && !(state.failure && !state.model));
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
