import { useActions, useApp } from "../store/react";
import type { State } from "../store/state";
import { viewOf } from "../views";
import { Kbd } from "../views/shared/controls";
import { icons } from "../views/shared/icons";
import { amount, megabytes, timeLeft } from "./format";
import { useRate } from "./rate";

/** What just happened, in a few words. */
function resting(state: State): string {
  const { failure, shown, model, view, stale, text } = state;
  const readsImages = model?.family === "vision";
  if (failure) return failure.message;
  if (!shown && readsImages) return "Ready. Give an image.";
  if (!shown) return model && text.trim() === "" ? "Ready. Type a text." : "";
  if (stale) return readsImages ? "The image has changed" : "The text has changed";
  if (shown.origin === "example") return "Example, computed in advance";
  return viewOf(view).status(state, shown);
}

/** Progress with its cancel, then time, memory, and the promise about the text. */
export function StatusLine() {
  const loading = useApp((state) => state.loading);
  const running = useApp((state) => state.running);
  const rest = useApp(resting);
  const ms = useApp((state) => (state.shown?.origin === "live" && !state.model?.trace ? state.shown.result.ms : null));
  const readsImages = useApp(({ model, shown }) => model?.family === "vision" || (model?.trace && shown?.result.seen));
  const memory = useApp((state) => state.memory);
  const { cancel } = useActions();
  const progress = loading ?? running;
  const { speed, secondsLeft } = useRate(progress);
  const share = progress?.total ? progress.done / progress.total : null;
  const unknown = share === null || (progress === running && progress?.total === 1);
  return (
    <footer className="status">
      <div className="status-now" data-running={(running && !loading) || undefined}>
        {progress ? (
          <>
            <span role="status">
              {progress.label}
              {progress === loading && amount(progress) !== "" && `: ${amount(progress)}`}
            </span>
            <span
              className="progress"
              role="progressbar"
              aria-label={progress.label}
              aria-valuenow={share === null ? undefined : Math.round(share * 100)}
              data-unknown={unknown || undefined}
            >
              <i style={unknown ? undefined : { width: `${100 * share!}%` }} />
            </span>
            {secondsLeft !== null && <span className="quiet">{timeLeft(secondsLeft)}</span>}
            <button type="button" className="link" onClick={() => void cancel()}>
              Cancel
            </button>
            <Kbd>Esc</Kbd>
          </>
        ) : (
          <span role="status">{rest}</span>
        )}
      </div>
      <div className="status-facts">
        {loading && speed !== null && loading.unit === "bytes" && <span>{(speed / 1e6).toFixed(1)} MB/s</span>}
        {ms !== null && <span>forward pass {ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms</span>}
        {memory !== null && <span>memory {megabytes(memory)}</span>}
        <span className="private">
          {icons.lock}
          Runs on this device: your {readsImages ? "image" : "text"} stays here
        </span>
      </div>
    </footer>
  );
}
