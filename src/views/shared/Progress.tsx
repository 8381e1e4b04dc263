import type { Explanation } from "../../store/explanation";
import { useActions, useApp } from "../../store/react";

/** How far a method is, with its cancel; nothing once it is done. */
export function MethodProgress({ explanation, label }: { readonly explanation: Explanation; readonly label: string }) {
  const { explain, stopExplaining } = useActions();
  const { method, status } = explanation;
  if (status === "done") return null;
  if (status === "failed" || status === "stopped")
    return (
      <div className="method-progress" role={status === "failed" ? "alert" : "status"}>
        <span>{status === "stopped" ? `${label} was stopped.` : explanation.failure.message}</span>
        <button type="button" className="link" onClick={() => void explain([method], true)}>
          {status === "stopped" ? "Run it" : "Try again"}
        </button>
      </div>
    );
  const { done, total } = status === "running" ? explanation : { done: 0, total: 0 };
  const share = total > 0 ? done / total : null;
  return (
    <div className="method-progress">
      <span role="status">
        {status === "waiting" ? `${label} waits for its turn` : label}
        {total > 0 && `: ${done} of ${total} passes`}
      </span>
      <span
        className="progress"
        role="progressbar"
        aria-label={label}
        aria-valuenow={share === null ? undefined : Math.round(share * 100)}
        data-unknown={share === null || undefined}
      >
        <i style={share === null ? undefined : { width: `${100 * share}%` }} />
      </span>
      <button type="button" className="link" onClick={() => void stopExplaining(method)}>
        Cancel
      </button>
    </div>
  );
}

/** Why a view that explains has nothing to draw: it needs a model that answers. */
export function WaitingForModel({ what }: { readonly what: string }) {
  return (
    <div className="waiting">
      <p>{what} needs the model, which is on its way. Heads and Model show the example meanwhile.</p>
    </div>
  );
}

/** The same where there is no answer at all: a model of features, or a trace, which has no model that could be asked. */
export function NoTarget() {
  const trace = useApp((state) => state.model?.trace === true);
  const name = useApp((state) => state.model?.name);
  const opens = useApp((state) => (state.catalog?.models.length ?? 0) > 0);
  const { openDialog } = useActions();
  if (!trace)
    return (
      <div className="waiting">
        <p>
          This model gives features and no answer, so there is nothing to explain. Heads and Model show its attention.
        </p>
      </div>
    );
  return (
    <div className="waiting">
      <p>
        This needs a model that runs, and {name} is a trace: its attention is here, its weights aren't.
        {opens
          ? " Open the model itself, as a folder with its ONNX file or by its id on the hub, to ask it here."
          : " Open the model in Attention Explorer to ask it."}{" "}
        What needs no model works on the trace: Heads, Model, Neuron, Rollout, and Attribution and Compare by attention
        and by values that came with it.
      </p>
      {opens && (
        <button type="button" className="button" data-primary onClick={() => openDialog("models")}>
          Choose a model
        </button>
      )}
    </div>
  );
}
