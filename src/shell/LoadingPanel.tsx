import type { CatalogModel } from "../store/catalog";
import { useActions, useApp } from "../store/react";
import { Section } from "../views/heads/HeadsInspector";
import type { Progress } from "../worker/protocol";
import { megabytes, tenths, timeLeft } from "./format";
import { useRate } from "./rate";

function smaller(models: readonly CatalogModel[], total: number | null, id: string | null): CatalogModel | undefined {
  return models
    .filter((model) => model.id !== id && model.bytes !== null && total !== null && model.bytes < total * 0.6)
    .sort((a, b) => a.bytes! - b.bytes!)[0];
}

const partAmount = ({ done, total }: { done: number; total: number | null }): string => {
  if (total === null) return done > 0 ? megabytes(done) : "next";
  if (done >= total) return `${tenths(total)}, done`;
  return done === 0 ? `${tenths(total)}, next` : `${(done / 1e6).toFixed(1)} of ${tenths(total)}`;
};

function OnItsWay({ loading }: { readonly loading: Progress }) {
  const { secondsLeft } = useRate(loading);
  const models = useApp((state) => state.catalog?.models ?? null);
  const source = useApp((state) => state.next ?? state.source);
  const { open } = useActions();
  const { done, total, unit, parts, label } = loading;
  const large = total !== null && total >= 1e9 ? 1e9 : 1e6;
  const less = smaller(models ?? [], total, source?.kind === "shipped" ? source.id : null);
  return (
    <section className="inspector-section on-its-way">
      <h2>The model is on its way</h2>
      {unit === "bytes" && (done > 0 || total !== null) ? (
        <p className="amount">
          <b>{(done / large).toFixed(large === 1e9 ? 2 : 1)}</b>
          <span>
            {total !== null && "of "}
            {total !== null ? tenths(total) : "MB"}
          </span>
          <span className="left">{timeLeft(secondsLeft)}</span>
        </p>
      ) : (
        <p className="note">{label}</p>
      )}
      <span className="progress" aria-hidden="true" data-unknown={total === null || undefined}>
        <i style={total === null ? undefined : { width: `${(100 * done) / total}%` }} />
      </span>
      {parts && parts.length > 0 && (
        <ul className="parts">
          {parts.map((part) => (
            <li key={part.label}>
              <span>{part.label}</span>
              <span>{partAmount(part)}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="note">
        {source?.kind === "files" || source?.kind === "trace"
          ? "Read from your computer; nothing is uploaded."
          : "Downloaded once, then kept in this browser. Your text is never uploaded."}
      </p>
      {less && (
        <button type="button" className="link" onClick={() => void open({ kind: "shipped", id: less.id })}>
          Use a smaller model, {megabytes(less.bytes!)}
        </button>
      )}
    </section>
  );
}

/** Beside the example while a model loads: how far it is, and what can be explored meanwhile. */
export function LoadingPanel() {
  const loading = useApp((state) => state.loading);
  const examples = useApp((state) => state.examples);
  const shown = useApp((state) => state.shown);
  const source = useApp((state) => state.next ?? state.source);
  const { showExample, retry, openDialog } = useActions();
  return (
    <>
      {loading ? (
        <OnItsWay loading={loading} />
      ) : (
        <section className="inspector-section on-its-way">
          <h2>No model is loaded</h2>
          <p className="note">The example can be explored. Your own text needs a model.</p>
          <div className="actions">
            {source && (
              <button type="button" className="button" onClick={() => void retry()}>
                Load it again
              </button>
            )}
            <button type="button" className="button" onClick={() => openDialog("models")}>
              Choose a model
            </button>
          </div>
        </section>
      )}
      {examples.length > 0 && (
        <Section title="Explore now" aside="computed in advance">
          <ul className="examples">
            {examples.map(({ text, shown: of }, i) => (
              <li key={of.result.trace}>
                <button type="button" aria-pressed={of === shown} onClick={() => showExample(i)}>
                  {text}
                </button>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
