import { type KeyboardEvent, useMemo, useState } from "react";
import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { useUnits } from "../shared/explaining";
import { markedUnits, plausibilityIn } from "./judged";

/** So many chips fill a few lines; more are shown when asked for. */
const MOST = 120;

/** Tokens that a person marks as those that ought to count. The arrow keys walk them, and one is in the order of tabs. */
function MarkChips({ shown }: { readonly shown: Shown }) {
  const units = useUnits(shown);
  const unit = useApp((state) => state.unit);
  const own = useApp((state) => state.own);
  const marked = useMemo(() => new Set(markedUnits({ own, unit }, shown)), [own, unit, shown]);
  const { mark, hover } = useActions();
  const [all, showAll] = useState(false);
  const [at, go] = useState(0);
  const list = units.map((each, i) => ({ ...each, i })).filter(({ special }) => !special);
  const some = all || list.length <= MOST + 10 ? list : list.slice(0, MOST);
  const walk = (event: KeyboardEvent<HTMLFieldSetElement>) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = event.currentTarget.querySelectorAll<HTMLElement>("[data-unit]");
    const next = Math.min(buttons.length - 1, Math.max(0, at + by));
    go(next);
    buttons[next]?.focus();
  };
  return (
    <fieldset className="mark-chips" aria-label="What ought to count" onKeyDown={walk}>
      {some.map(({ i, from, to, mark: sign, label }, place) => (
        <button
          key={from}
          type="button"
          className="token tok"
          data-unit={i}
          tabIndex={place === Math.min(at, some.length - 1) ? 0 : -1}
          aria-pressed={marked.has(i)}
          aria-label={`${sign}${label}, position ${from}`}
          onPointerEnter={() => hover({ side: "query", index: from })}
          onPointerLeave={() => hover(null)}
          onClick={() => {
            go(place);
            mark(Array.from({ length: to - from }, (_, t) => from + t));
          }}
        >
          {sign}
          {label}
        </button>
      ))}
      {some.length < list.length && (
        <button type="button" className="link" onClick={() => showAll(true)}>
          {list.length - some.length} more
        </button>
      )}
    </fieldset>
  );
}

const three = (value: number | null): string => (value === null ? "–" : value.toFixed(2));

/** Plausibility: how well each method agrees with what a person marked. */
export function Marks({ shown }: { readonly shown: Shown }) {
  const unit = useApp((state) => state.unit);
  const methods = useApp((state) => state.methods);
  const explanations = useApp((state) => state.explanations);
  const own = useApp((state) => state.own);
  const model = useApp((state) => state.model);
  const units = useUnits(shown);
  const { clearMarks } = useActions();
  const found = useMemo(
    () => plausibilityIn({ unit, model, methods, explanations, own }, shown),
    [unit, model, methods, explanations, own, shown],
  );
  const marked = markedUnits({ own, unit }, shown);
  const players = units.filter(({ special }) => !special).length;
  return (
    <section className="compare-part wide" aria-labelledby="plausible">
      <h2 id="plausible">
        Does it name what you would name? <span>mark the {unit}s that ought to count</span>
      </h2>
      <MarkChips shown={shown} />
      {marked.length > 0 && (
        <p className="note">
          {marked.length} of {players} {unit}s marked.{" "}
          <button type="button" className="link" onClick={clearMarks}>
            Clear
          </button>
        </p>
      )}
      {found && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by the keyboard */}
          <section className="table-frame" aria-label="Agreement with what is marked" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Method</th>
                  <th scope="col" title="Area under precision over recall, by the largest values first">
                    AUPRC
                  </th>
                  <th scope="col" title="Of as many first units as are marked">
                    F1
                  </th>
                  <th scope="col" title="Units that are both first and marked, over those that are either">
                    IoU
                  </th>
                </tr>
              </thead>
              <tbody>
                {found.methods.map(({ method, auprc, f1, iou }) => (
                  <tr key={method}>
                    <th scope="row">{methods.find(({ id }) => id === method)?.label ?? method}</th>
                    <td>{three(auprc)}</td>
                    <td>{three(f1)}</td>
                    <td>{three(iou)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          <p className="note">
            AUPRC of {unit}s in any order is about {(marked.length / players).toFixed(2)}. It says whether the reasons
            convince you, not whether they are the model's.
          </p>
        </>
      )}
    </section>
  );
}
