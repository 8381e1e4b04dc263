import { useEffect, useState } from "react";
import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { spell, type Unit } from "../../store/units";
import type { Without, WithoutRequest } from "../../worker/protocol";
import { PinnedToken, useReadUnit } from "../attribution/AttributionInspector";
import { placesFor } from "../attribution/bars";
import { Section } from "../heads/HeadsInspector";
import { Kbd } from "../shared/controls";
import { fixed, strongest } from "../shared/explained";
import { canExplain, useExplanation, useMethod, useOptions, useUnits, valuesOf } from "../shared/explaining";
import { PatchNote, TwoLines } from "../shared/MethodNotes";
import { useNoun } from "../shared/noun";
import { nameOf, probabilityOf, scaleOf } from "../shared/target";
import { standIn, TOKENS, takenAway } from "./picture";

type Answer = { readonly of: string; readonly answer: Without } | { readonly of: string; readonly wrong: string };

/** What the model says without the pinned unit, once it has been asked. */
function useWithout(shown: Shown, unit: number | null, removal: WithoutRequest["removal"]): Answer | null {
  const { answerWithout } = useActions();
  const kind = useApp((state) => state.unit);
  const [answer, set] = useState<Answer | null>(null);
  const of = JSON.stringify([shown.result.trace, shown.result.target, kind, unit, removal]);
  const live = canExplain(shown);
  useEffect(() => {
    if (unit === null || !live) return;
    let here = true;
    answerWithout([unit], removal).then(
      (answer) => here && set({ of, answer }),
      (error: Error) => here && set({ of, wrong: error.message }),
    );
    return () => {
      here = false;
    };
  }, [answerWithout, unit, removal, of, live]);
  return answer?.of === of ? answer : null;
}

const AROUND = 5;

/** The text about the unit, with what stands in its place. */
function Hole({
  units,
  at,
  token,
}: {
  readonly units: readonly Unit[];
  readonly at: number;
  readonly token: string | null;
}) {
  const from = Math.max(0, at - AROUND);
  const to = Math.min(units.length, at + AROUND + 1);
  const said = (some: readonly Unit[]) => some.map(({ label, mark }) => (mark ? label : ` ${label}`)).join("");
  return (
    <p className="hole tok">
      {from > 0 && "…"}
      {said(units.slice(from, at))}{" "}
      {token === null ? <del>{units[at]!.label}</del> : <span className="stand-in">{token}</span>}
      {said(units.slice(at + 1, to))}
      {to < units.length && " …"}
    </p>
  );
}

function WithoutIt({
  shown,
  units,
  at,
}: {
  readonly shown: Shown;
  readonly units: readonly Unit[];
  readonly at: number;
}) {
  const model = useApp((state) => state.model);
  const { removal } = useOptions(TOKENS);
  const way = `${removal ?? "auto"}` as WithoutRequest["removal"];
  const found = useWithout(shown, units[at]!.special ? null : at, way);
  if (units[at]!.special)
    return <p className="note">Special tokens are read by the model and left alone: they are no part of the input.</p>;
  if (found && "wrong" in found) return <p className="note">{found.wrong}</p>;
  const { target } = shown.result;
  const name = nameOf(shown, target.index);
  const before = probabilityOf(shown, target.index);
  const after = found?.answer.candidates.find(({ index }) => index === target.index)?.probability;
  const top = found?.answer.candidates[0];
  const change = found ? found.answer.after - found.answer.before : null;
  return (
    <>
      {shown.result.encoding.patches ? (
        <p className="note">
          With {units[at]!.label} {takenAway(model, way)}:
        </p>
      ) : (
        <Hole
          units={units}
          at={at}
          token={found ? found.answer.token && spell(found.answer.token).label : standIn(model, way)}
        />
      )}
      {found ? (
        <dl className="three-numbers">
          <div>
            <dt>{name}</dt>
            <dd>{after?.toFixed(2) ?? "–"}</dd>
          </div>
          <div>
            <dt>was</dt>
            <dd className="quiet">{before?.toFixed(2) ?? "–"}</dd>
          </div>
          <div>
            <dt>{`${scaleOf(target)}${target.against === undefined ? "" : " gap"}`}</dt>
            <dd className="quiet">{fixed(change!, true)}</dd>
          </div>
        </dl>
      ) : (
        <p className="note">Asking the model…</p>
      )}
      {top && top.index !== target.index && (
        <p className="note">
          Without it the model says <b>{shown.model.labels === null ? spell(top.label).label : top.label}</b>,{" "}
          {top.probability.toFixed(2)}.
        </p>
      )}
    </>
  );
}

/** What is pinned: what the model says without it. */
export function OcclusionInspector({ shown }: { readonly shown: Shown }) {
  const units = useUnits(shown);
  const { unit } = useReadUnit(units);
  const noun = useNoun(shown);
  const pinned = useApp((state) => state.pinned);
  const values = valuesOf(useExplanation(TOKENS));
  const method = useMethod(TOKENS);
  const order = values && strongest(values, units);
  const rank = order && unit !== null ? order.indexOf(unit) + 1 : 0;
  return (
    <>
      <PinnedToken
        units={units}
        hint={`Hover a ${noun.one} to read it here. Click it to see what the model says without it.`}
      />
      {values && unit !== null && (
        <Section title="Its removal" aside={rank > 0 ? `${rank} of ${order!.length} by size` : ""}>
          <p className="large-number" data-side={values[unit]! < 0 ? "against" : "for"}>
            {fixed(-values[unit]!, true, placesFor(values))}
          </p>
        </Section>
      )}
      {pinned !== null && unit !== null && (
        <Section title="Without it">
          <WithoutIt shown={shown} units={units} at={unit} />
        </Section>
      )}
      <Section title="How to read it">
        <div className="method-notes">
          <PatchNote />
          {method && <TwoLines method={method} />}
          <p className="note">
            It misses {noun.many} that can stand in for each other: take neighbours away together to check.
          </p>
        </div>
      </Section>
      <p className="inspector-keys">
        <Kbd>P</Kbd> pin <Kbd>Esc</Kbd> unpin <Kbd>I</Kbd> hide panel
      </p>
    </>
  );
}

export function OcclusionSummary({ shown }: { readonly shown: Shown }) {
  const units = useUnits(shown);
  const { unit } = useReadUnit(units);
  const noun = useNoun(shown);
  const values = valuesOf(useExplanation(TOKENS));
  if (!values || unit === null)
    return <p className="small">Tap a {noun.one} to see what the answer loses without it.</p>;
  return (
    <p className="sheet-line">
      <span className="tok pill" data-pinned>
        {units[unit]!.label}
      </span>
      <span>taken away changes the target by</span>
      <span className="sheet-top tok">{fixed(-values[unit]!, true, placesFor(values))}</span>
    </p>
  );
}
