import { useActions } from "../../store/react";
import type { MethodRow } from "./rows";

/** Where a row stands while it has no result. */
export function Standing({ row }: { readonly row: MethodRow }) {
  const { explain } = useActions();
  if (row.state === "failed")
    return (
      <span className="row-told" data-failed title={row.told ?? undefined}>
        {row.told === "stopped" ? "Stopped." : row.told}{" "}
        <button type="button" className="link" onClick={() => void explain([row.id], true)}>
          {row.told === "stopped" ? "Run it" : "Try again"}
        </button>
      </span>
    );
  const { done, total } = row.progress ?? { done: 0, total: 0 };
  return (
    <span className="row-told">
      {row.state === "waiting" ? "waits" : total > 0 ? `${done} of ${total} passes` : "runs"}
      {row.state === "running" && (
        <span className="progress" aria-hidden="true" data-unknown={total === 0 || undefined}>
          <i style={total > 0 ? { width: `${(100 * done) / total}%` } : undefined} />
        </span>
      )}
    </span>
  );
}
