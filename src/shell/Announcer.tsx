import { useApp } from "../store/react";
import type { State } from "../store/state";
import { spell } from "../store/units";
import { viewOf } from "../views";
import { probability } from "./format";

/** What changed, for people who don't see it. */
function sentence(state: State): string {
  const { shown, pinned, view, stale } = state;
  if (!shown || stale) return "";
  const { encoding, candidates, target } = shown.result;
  const best = candidates.find(({ index }) => index === target.index);
  const token = pinned && encoding.tokens[pinned.index];
  return [
    shown.origin === "example" ? "Example, computed in advance." : "Result ready.",
    ...(best ? [`${best.label.trim()} ${probability(best.probability)}.`] : []),
    viewOf(view).announce(state, shown),
    ...(token !== null && token !== undefined ? [`Pinned ${spell(token).label}, position ${pinned?.index}.`] : []),
  ].join(" ");
}

export function Announcer() {
  const words = useApp(sentence);
  return (
    <p className="sr-only" aria-live="polite">
      {words}
    </p>
  );
}
