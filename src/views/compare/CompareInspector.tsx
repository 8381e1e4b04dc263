import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { useReadUnit } from "../attribution/AttributionInspector";
import { placesFor } from "../attribution/bars";
import { costOf } from "../attribution/picture";
import { fixed } from "../shared/explained";
import { useUnits, valuesOf } from "../shared/explaining";
import { PATENT_NOTE, PatchNote, TwoLines } from "../shared/MethodNotes";
import { useNoun } from "../shared/noun";
import { chosen } from "./picture";

/** What each method means, beside the rows that they qualify. */
export function CompareInspector({ shown }: { readonly shown: Shown }) {
  const model = useApp((state) => state.model);
  const methods = useApp((state) => state.methods);
  const own = useApp((state) => state.own);
  const explanations = useApp((state) => state.explanations);
  const units = useUnits(shown);
  const { unit } = useReadUnit(units);
  const { change } = useActions();
  const listed = chosen({ model, methods, own });
  const here = [...listed.filter(({ signed }) => !signed), ...listed.filter(({ signed }) => signed)];
  return (
    <>
      <div className="section-title plain-words">
        <h2>In plain words</h2>
        {unit !== null && (
          <span>
            <b className="tok">{units[unit]!.label}</b>
          </span>
        )}
      </div>
      <PatchNote />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the panel scrolls, and holds nothing else for the keyboard */}
      <section aria-label="What each method says" tabIndex={0}>
        <ul className="notes-list">
          {here.map((method) => {
            const explanation = explanations[method.id];
            const values = valuesOf(explanation);
            return (
              <li
                key={method.id}
                data-lit={own.compare.lit === method.id || undefined}
                onPointerEnter={() => change("compare", { lit: method.id })}
                onPointerLeave={() => change("compare", { lit: null })}
              >
                <h3>
                  {method.label}
                  {values && unit !== null && <span>{fixed(values[unit]!, method.signed, placesFor(values))}</span>}
                </h3>
                <TwoLines method={method} />
                {explanation?.status === "done" && method.family !== "given" && (
                  <p className="small">{costOf(explanation.result)}</p>
                )}
                {explanation?.status === "failed" && <p className="small wrong">{explanation.failure.message}</p>}
                {method.family === "relevance" && <p className="small">{PATENT_NOTE}</p>}
              </li>
            );
          })}
        </ul>
      </section>
    </>
  );
}

export function CompareSummary({ shown }: { readonly shown: Shown }) {
  const units = useUnits(shown);
  const { unit } = useReadUnit(units);
  const noun = useNoun(shown);
  if (unit === null) return <p className="small">Tap a {noun.one} to read what each method says of it.</p>;
  return (
    <p className="sheet-line">
      <span className="tok pill" data-pinned>
        {units[unit]!.label}
      </span>
      <span>open the sheet for what each method says of it</span>
    </p>
  );
}
