import type { Removal } from "../../explain/removal";
import { optionsFor } from "../../store/explanation";
import { measuresOf, settingOf } from "../../store/measured";
import { useApp } from "../../store/react";
import { duration, fixed, median, passesOf, rhoValue } from "../shared/explained";
import type { Noun } from "../shared/noun";
import { agreementOf, comparisonOf, resultsIn } from "./picture";

const two = (value: number | null | undefined): string =>
  value === null || value === undefined || Number.isNaN(value) ? "–" : value.toFixed(2).replace("-", "−");

/** A middle, and how far it spread where there is more than one. */
const spread = (numbers: readonly number[], write: (n: number) => string): string =>
  numbers.length === 0
    ? "–"
    : numbers.length === 1
      ? write(numbers[0]!)
      : `${write(median(numbers))} (${write(Math.min(...numbers))} to ${write(Math.max(...numbers))})`;

const known = (list: readonly (number | null)[]): number[] => list.filter((each) => each !== null);

/** What stands where something is taken away. */
const takenAs = (removal: Removal): string =>
  removal === "delete"
    ? "deleted"
    : removal === "mean"
      ? "covered with the mean colour"
      : removal === "blur"
        ? "blurred"
        : `replaced by the ${removal} token`;

/** Every number on each method: agreement, sparsity, cost, and where there is an answer faithfulness and completeness. */
export function Numbers({ noun, answered }: { readonly noun: Noun; readonly answered: boolean }) {
  const state = useApp((state) => state);
  const results = resultsIn(state);
  const comparison = comparisonOf(results);
  if (!comparison) return null;
  const all = results.map((_, i) => i);
  const faith = state.measuring?.status === "done" ? state.measuring.result : null;
  return (
    <section className="compare-part wide" aria-labelledby="numbers">
      <h2 id="numbers">
        In numbers <span>median and range over what was run in this session</span>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by the keyboard */}
      <section className="table-frame" aria-label="Numbers of each method" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Method</th>
              <th scope="col" title="Median Spearman correlation with the other methods">
                ρ
              </th>
              {answered && (
                <>
                  <th scope="col" title="How far the probability falls without its first 1, 3, 5: higher is better">
                    comprehensiveness
                  </th>
                  <th scope="col" title="How far it falls with only those left: lower is better">
                    sufficiency
                  </th>
                  <th scope="col" title={`The share of random orders that it beats on this ${noun.whole}`}>
                    beats random
                  </th>
                </>
              )}
              <th scope="col" title={`0: spread evenly over ${noun.many}; near 1: on few`}>
                Gini
              </th>
              <th scope="col" title="Of the magnitudes, in nats">
                entropy
              </th>
              {answered && (
                <th scope="col" title="What values sum to less what they should, over that">
                  gap
                </th>
              )}
              <th scope="col">passes</th>
              <th scope="col">time</th>
            </tr>
          </thead>
          <tbody>
            {results.map(({ method, cost }, i) => {
              const info = state.methods.find(({ id }) => id === method);
              const own = measuresOf(state, method, settingOf(state, optionsFor(state, method)));
              const ran = info?.family !== "given"; // else it was computed elsewhere, who knows at what cost
              const { gini, entropy, gap } = comparison.methods[i]!;
              const here = faith?.methods.find((each) => each.method === method);
              return (
                <tr key={method}>
                  <th scope="row">{info?.label ?? method}</th>
                  <td>{rhoValue(agreementOf(comparison, i, all))}</td>
                  {answered && (
                    <>
                      <td>{spread(known(own.map(({ comprehensiveness }) => comprehensiveness)), two)}</td>
                      <td>{spread(known(own.map(({ sufficiency }) => sufficiency)), two)}</td>
                      <td>
                        {here?.better.comprehensiveness == null
                          ? "–"
                          : `${Math.round(100 * here.better.comprehensiveness)}%`}
                      </td>
                    </>
                  )}
                  <td>{two(gini)}</td>
                  <td>{two(entropy)}</td>
                  {answered && <td>{gap === null ? "–" : `${fixed(100 * gap, false, 1)}%`}</td>}
                  <td>{ran ? passesOf(cost) : "–"}</td>
                  <td>
                    {!ran
                      ? "–"
                      : own.length > 0
                        ? spread(
                            own.map(({ ms }) => ms),
                            duration,
                          )
                        : duration(cost.ms)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {faith && (
        <p className="note">
          {faith.passes} forward passes to measure it; {noun.many} taken away are {takenAs(faith.removal)}; random
          removal, {faith.random.orders} orders: comprehensiveness {two(faith.random.mean.comprehensiveness)} ±{" "}
          {two(faith.random.spread.comprehensiveness)}, sufficiency {two(faith.random.mean.sufficiency)}.
        </p>
      )}
    </section>
  );
}
