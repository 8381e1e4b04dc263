import { useState } from "react";
import { paraphrasingOf } from "../../store/actions/paraphrases";
import { useActions, useApp } from "../../store/react";
import { linesOf } from "../../store/slices/compare";
import type { Shown } from "../../store/state";
import { rhoValue } from "../shared/explained";
import { passesText } from "./estimate";
import { paraphrasePasses } from "./judged";
import { chosen } from "./picture";

const share = (value: number | null): string => (value === null ? "–" : value.toFixed(2));

/** One paraphrase a line, as they are typed; what others change takes its place. */
function ParaphraseField() {
  const paraphrases = useApp((state) => state.own.compare.paraphrases);
  const { change } = useActions();
  const [typed, type] = useState(paraphrases.join("\n"));
  const own = linesOf(typed).join("\n") === paraphrases.join("\n");
  return (
    <textarea
      className="paraphrase-lines"
      aria-label="Paraphrases, one a line"
      rows={3}
      value={own ? typed : paraphrases.join("\n")}
      placeholder="Say the same in other words, one text a line."
      spellCheck={false}
      onChange={(event) => {
        type(event.target.value);
        change("compare", { paraphrases: linesOf(event.target.value) });
      }}
    />
  );
}

/** What the model says of each paraphrase, and which of them count. */
function Answers({ shown }: { readonly shown: Shown }) {
  const paraphrasing = useApp((state) => state.paraphrasing);
  if (paraphrasing?.status !== "done") return null;
  const { paraphrases, result } = paraphrasing;
  const [best] = shown.result.candidates;
  return (
    <ol className="paraphrase-answers">
      {paraphrases.map((text, i) => {
        const { label, probability, samePrediction } = result.answers[i]!;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line may come twice
          <li key={i} data-out={!samePrediction || undefined}>
            <span className="tok">{text}</span>{" "}
            <span>
              {label.trim()} {probability.toFixed(2)}
              {samePrediction ? "" : `: not ${best?.label.trim() ?? "the same"}, so it is left out`}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** How far each method says the same of words that the text and a paraphrase share. */
function ConsistencyTable() {
  const paraphrasing = useApp((state) => state.paraphrasing);
  const methods = useApp((state) => state.methods);
  if (paraphrasing?.status !== "done") return null;
  const { result, paraphrases } = paraphrasing;
  const label = (id: string): string => methods.find((method) => method.id === id)?.label ?? id;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by the keyboard */}
      <section className="table-frame" aria-label="Consistency of each method" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Method</th>
              <th scope="col" title="Mean Spearman correlation over the words that the texts share">
                ρ
              </th>
              <th scope="col" title="Mean share of the first three words that the texts share">
                top 3 in common
              </th>
              {paraphrases.map((text, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line may come twice
                <th key={i} scope="col" title={text}>
                  ρ of {i + 1}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {result.methods.map(({ method, rho, overlap, paraphrases: each }) => (
              <tr key={method}>
                <th scope="row">{label(method)}</th>
                <td>{rhoValue(rho)}</td>
                <td>{share(overlap)}</td>
                {each.map(({ samePrediction, rho: own }, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a line may come twice
                  <td key={i}>{samePrediction ? rhoValue(own) : ""}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {result.failures.map(({ method, message }) => (
        <p key={method} className="note wrong">
          {label(method)}: {message}
        </p>
      ))}
      <p className="note">
        By words, each aligned with its equal in the other text; {result.passes.forward} forward,{" "}
        {result.passes.backward} backward passes.
      </p>
    </>
  );
}

/** Consistency: whether methods say the same of texts that mean the same. */
export function Paraphrases({ shown }: { readonly shown: Shown }) {
  const state = useApp((all) => all);
  const { compareParaphrases, stopExplaining } = useActions();
  const { paraphrasing, own } = state;
  const { paraphrases } = own.compare;
  const ids = chosen(state).map(({ id }) => id);
  const fresh = paraphrasing?.of === paraphrasingOf(state, ids, paraphrases);
  const running = paraphrasing?.status === "running";
  const busy = Object.values(state.explanations).some(({ status }) => status === "waiting" || status === "running");
  const passes = paraphrasePasses(state, shown, paraphrases.length);
  return (
    <section className="compare-part wide" aria-labelledby="consistent">
      <h2 id="consistent">
        Does it say the same of a paraphrase? <span>Spearman ρ over the words that both texts have</span>
      </h2>
      <ParaphraseField />
      <p className="paraphrase-run">
        {running ? (
          <>
            <span role="status">
              Explaining paraphrases: {paraphrasing.done} of {paraphrasing.total || "some"} steps
            </span>{" "}
            <button type="button" className="link" onClick={() => void stopExplaining()}>
              Cancel
            </button>
          </>
        ) : (
          <>
            <button
              type="button"
              className="button"
              disabled={paraphrases.length === 0 || busy || (fresh && paraphrasing?.status === "done")}
              onClick={() => void compareParaphrases(ids)}
            >
              Explain {paraphrases.length === 1 ? "the paraphrase" : `${paraphrases.length || "the"} paraphrases`}
            </button>{" "}
            {paraphrases.length > 0 && !fresh && (
              <span>{busy ? "once every method above is done" : passesText(passes)}</span>
            )}
          </>
        )}
      </p>
      {paraphrasing?.status === "failed" && fresh && <p className="note wrong">{paraphrasing.failure.message}</p>}
      {paraphrasing?.status === "done" && (
        <div className="fade" data-stale={!fresh || undefined}>
          <Answers shown={shown} />
          <ConsistencyTable />
        </div>
      )}
    </section>
  );
}
