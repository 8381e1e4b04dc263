import { useEffect, useMemo } from "react";
import { useActions, useApp } from "../../store/react";
import { initialSlices } from "../../store/slices";
import type { Shown } from "../../store/state";
import { CommonFields, isSampled } from "../attribution/Fields";
import { ShadeScale } from "../attribution/TokenValues";
import { canExplain, isAnswered, useExplain, useUnits } from "../shared/explaining";
import { type Noun, useNoun } from "../shared/noun";
import { WaitingForModel } from "../shared/Progress";
import { patchedOf } from "../shared/patches";
import { nameOf } from "../shared/target";
import { ViewHeader, ViewTools } from "../shared/ViewFrame";
import { Agreements } from "./Agreements";
import { CompareMaps } from "./CompareMaps";
import { CompareMatrix } from "./CompareMatrix";
import { Examples } from "./Examples";
import { Faithful } from "./Faithful";
import { Guide } from "./Guide";
import { isText } from "./judged";
import { Marks } from "./Marks";
import { MethodMenu } from "./MethodMenu";
import { Numbers } from "./Numbers";
import { Paraphrases } from "./Paraphrases";
import {
  agreement,
  byCost,
  chosen,
  comparisonOf,
  disagreements,
  measured,
  playersOf,
  resultsIn,
  rowsOf,
  summary,
} from "./picture";

/** What the comparison is made from; it is made anew where one of these changes. */
function useKnown() {
  const unit = useApp((state) => state.unit);
  const seed = useApp((state) => state.seed);
  const model = useApp((state) => state.model);
  const methods = useApp((state) => state.methods);
  const explanations = useApp((state) => state.explanations);
  const methodOptions = useApp((state) => state.methodOptions);
  const measures = useApp((state) => state.measures);
  const measuring = useApp((state) => state.measuring);
  const picked = useApp((state) => state.own.compare.methods);
  const leftOut = useApp((state) => state.own.compare.leftOut);
  const attribution = useApp((state) => state.own.attribution);
  const heads = useApp((state) => state.own.heads);
  const neuron = useApp((state) => state.own.neuron);
  const rollout = useApp((state) => state.own.rollout);
  return useMemo(
    () => ({
      ...{ unit, seed, model, methods, explanations, methodOptions, measures, measuring },
      own: { heads, neuron, rollout, attribution, compare: { ...initialSlices.compare, methods: picked, leftOut } },
    }),
    [
      unit,
      seed,
      model,
      methods,
      explanations,
      methodOptions,
      measures,
      measuring,
      picked,
      leftOut,
      attribution,
      neuron,
      rollout,
      heads,
    ],
  );
}

/** Tokens about which methods disagree most. */
function Disputed({
  known,
  shown,
  noun,
}: {
  readonly known: ReturnType<typeof useKnown>;
  readonly shown: Shown;
  readonly noun: Noun;
}) {
  const units = useUnits(shown);
  const { hover, pin } = useActions();
  const hovered = useApp((state) => state.hovered);
  const all = useMemo(() => disagreements(known), [known]);
  if (all.length === 0) return null;
  const place = (rank: number): string => `${Number.isInteger(rank) ? rank : rank.toFixed(1)}`;
  return (
    <section className="compare-part wide" aria-labelledby="disputed">
      <h2 id="disputed">
        Where do they disagree? <span>the place that methods give a {noun.one}, 1 is the first</span>
      </h2>
      <ul className="disputes">
        {all.map(({ unit, high, low }) => {
          const { from, to, mark, label } = units[unit]!;
          const token = { side: "query", index: from } as const;
          return (
            <li key={unit}>
              <button
                type="button"
                data-lit={(hovered !== null && hovered.index >= from && hovered.index < to) || undefined}
                onPointerEnter={() => hover(token)}
                onPointerLeave={() => hover(null)}
                onFocus={() => hover(token)}
                onBlur={() => hover(null)}
                onClick={() => pin(token)}
              >
                <b className="tok">
                  {mark}
                  {label}
                </b>
                <span>
                  {place(high.rank)} by {high.method}
                </span>
                <span>
                  {place(low.rank)} by {low.method}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Where there is no answer to ask for: what can't be measured, and why. */
function Unasked() {
  const trace = useApp((state) => state.model?.trace === true);
  return (
    <section className="compare-part" aria-labelledby="faithful">
      <h2 id="faithful">Is it right?</h2>
      <p className="note">
        How faithful a method is, is measured by asking the model again with tokens taken away.{" "}
        {trace
          ? "This is a trace: its model isn't here. Open the model to measure it, and to compare methods that need it."
          : "This model gives features and no answer that could fall."}
      </p>
    </section>
  );
}

/** Methods held against each other on one text and target. */
export function CompareView({ shown }: { readonly shown: Shown }) {
  const known = useKnown();
  const stale = useApp((state) => state.stale);
  const units = useUnits(shown);
  const noun = useNoun(shown);
  const patched = useMemo(() => patchedOf(shown), [shown]);
  const { measure } = useActions();
  const players = playersOf(shown, known.unit);
  const order = useMemo(() => byCost(known, players), [known, players]);
  const answered = isAnswered(shown);
  useExplain(order, answered);
  const rows = useMemo(() => rowsOf(known), [known]);
  const results = useMemo(() => resultsIn(known), [known]);
  const settled = rows.every(({ state }) => state === "done" || state === "failed");
  const wanted = order.join();
  const live = canExplain(shown);
  useEffect(() => {
    if (live && answered && settled && results.length > 0) void measure(wanted.split(","));
  }, [measure, live, answered, settled, wanted, results]);
  const alike = useMemo(() => agreement(known), [known]);
  const faithful = useMemo(() => measured(known), [known]);
  const about = `Methods over the same ${noun.many}, side by side.`;
  if (!live)
    return (
      <>
        <ViewHeader title="Compare" subtitle={about} tools={<ViewTools />} />
        <WaitingForModel what="Compare" />
      </>
    );
  const name = answered ? nameOf(shown, shown.result.target.index) : null;
  const comparison = comparisonOf(results);
  const tops = new Map(comparison?.methods.map(({ method, top }) => [method, top]));
  const seeded = chosen(known).some(isSampled);
  const special = units.filter((unit) => unit.special).map(({ label }) => label);
  return (
    <>
      <ViewHeader title="Compare" subtitle={summary(known, units, noun)} tools={<ViewTools />}>
        <div className="explain-controls whole">
          <MethodMenu shown={shown} />
          <CommonFields shown={shown} seeded={seeded} />
        </div>
      </ViewHeader>
      <div className="compare fade" data-stale={stale || undefined} aria-busy={stale || !settled}>
        {patched ? (
          <CompareMaps rows={rows} units={units} tops={tops} target={name} of={patched} />
        ) : (
          <CompareMatrix rows={rows} units={units} tops={tops} target={name} />
        )}
        <p className="compare-legend">
          <ShadeScale signed />
          <ShadeScale signed={false} />
          <span>
            Each {patched ? "map" : "row"} has its own maximum. Dash: counts against.
            {special.length > 0 && ` ${[...new Set(special)].join(", ")} not ranked.`}
          </span>
        </p>
        <div className="compare-parts">
          {alike && (
            <Agreements
              agreement={alike}
              n={comparison?.units.length ?? 0}
              ids={results.map(({ method }) => method)}
              noun={noun}
            />
          )}
          {name !== null ? results.length > 0 && <Faithful {...faithful} target={name} noun={noun} /> : <Unasked />}
          <Disputed known={known} shown={shown} noun={noun} />
          <Numbers noun={noun} answered={answered} />
          {isText(shown) ? (
            <>
              <Marks shown={shown} />
              {answered && <Paraphrases shown={shown} />}
            </>
          ) : (
            <p className="note compare-part wide">
              What you would name yourself, and whether paraphrases agree, is asked of texts only: an image has neither
              here.
            </p>
          )}
          {answered && <Guide image={patched !== null} />}
          <Examples />
        </div>
      </div>
    </>
  );
}
