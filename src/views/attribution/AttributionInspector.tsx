import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { type Unit, unitAt } from "../../store/units";
import { Section } from "../heads/HeadsInspector";
import { Kbd } from "../shared/controls";
import { fixed, strongest } from "../shared/explained";
import { useExplanation, useUnits, valuesOf } from "../shared/explaining";
import { icons } from "../shared/icons";
import { MethodNotes } from "../shared/MethodNotes";
import { useNoun } from "../shared/noun";
import { placesFor } from "./bars";
import { chosenMethod, costOf, fitOf, gapOf, optionsText } from "./picture";

/** The token that is pinned, or read while none is. */
export function useReadUnit(units: readonly Unit[]): { unit: number | null; pinned: boolean } {
  const pinned = useApp((state) => state.pinned);
  const hovered = useApp((state) => state.hovered);
  const token = pinned ?? hovered;
  const unit = token === null ? -1 : unitAt(units, token.index);
  return { unit: unit < 0 ? null : unit, pinned: pinned !== null };
}

/** Its name, and how to let go of it. */
export function PinnedToken({ units, hint }: { readonly units: readonly Unit[]; readonly hint: string }) {
  const { unit: at, pinned } = useReadUnit(units);
  const token = useApp((state) => state.pinned);
  const { pin } = useActions();
  const unit = at === null ? null : units[at]!;
  return (
    <section className="inspector-section">
      <p className="small">
        {unit ? `${pinned ? "Pinned token" : "Token"}, position ${unit.from}` : "No token pinned"}
      </p>
      {unit ? (
        <div className="pinned-token">
          <span className="tok pill" data-pinned={pinned || undefined}>
            {unit.mark}
            {unit.label}
          </span>
          {pinned && (
            <button type="button" className="ghost icon" aria-label="Unpin" onClick={() => pin(token)}>
              {icons.close}
            </button>
          )}
        </div>
      ) : (
        <p className="note">{hint}</p>
      )}
    </section>
  );
}

const ordinal = (n: number): string => {
  const last = n % 100;
  const ending = last > 10 && last < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${ending}`;
};

/** What is pinned counts so much; then all about the method, and what it cost here. */
export function AttributionInspector({ shown }: { readonly shown: Shown }) {
  const method = useApp(chosenMethod);
  const explanation = useExplanation(method?.id ?? "");
  const units = useUnits(shown);
  const { unit } = useReadUnit(units);
  const noun = useNoun(shown);
  const values = valuesOf(explanation);
  if (!method) return null;
  const order = values && strongest(values, units);
  const rank = order && unit !== null ? order.indexOf(unit) + 1 : 0;
  const result = explanation?.status === "done" ? explanation.result : null;
  const gap = result && gapOf(result);
  return (
    <>
      <PinnedToken units={units} hint={`Hover a ${noun.one} to read it here. Click it, or press P, to keep it.`} />
      {values && unit !== null && (
        <Section title="It counts" aside={rank > 0 ? `${ordinal(rank)} of ${order!.length} by size` : "not ranked"}>
          <p className="large-number" data-side={!method.signed ? undefined : values[unit]! < 0 ? "against" : "for"}>
            {fixed(values[unit]!, method.signed, placesFor(values))}
          </p>
        </Section>
      )}
      <Section title={method.label}>
        <MethodNotes method={method} />
      </Section>
      {result && (
        <Section title="As it ran here">
          <p className="note">
            {costOf(result)}
            {Object.keys(result.options).length > 0 && `; ${optionsText(method, result.options)}`}.
          </p>
          {gap && <p className="note">{gap.text}</p>}
          {result.details?.surrogate && <p className="note">{fitOf(result.details.surrogate)}</p>}
        </Section>
      )}
      <p className="inspector-keys">
        <Kbd>P</Kbd> pin <Kbd>Esc</Kbd> unpin <Kbd>I</Kbd> hide panel
      </p>
    </>
  );
}

/** The sheet of a phone while it is folded: the pinned token's value, or what to do. */
export function AttributionSummary({ shown }: { readonly shown: Shown }) {
  const method = useApp(chosenMethod);
  const values = valuesOf(useExplanation(method?.id ?? ""));
  const units = useUnits(shown);
  const { unit } = useReadUnit(units);
  const noun = useNoun(shown);
  if (!method || !values || unit === null) return <p className="small">Tap a {noun.one} to read what it counts.</p>;
  return (
    <p className="sheet-line">
      <span className="tok pill" data-pinned>
        {units[unit]!.label}
      </span>
      <span>by {method.label}</span>
      <span className="sheet-top tok">{fixed(values[unit]!, method.signed, placesFor(values))}</span>
    </p>
  );
}
