import { useActions, useApp, useWorkspace } from "../store/react";
import { Section } from "../views/heads/HeadsInspector";
import { icons } from "../views/shared/icons";
import type { Failure } from "../worker/protocol";
import { type Remedy, report, tell } from "./failures";
import { megabytes } from "./format";

interface Option {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly run: () => void;
}

/** What a remedy says and does. */
function useRemedies(failure: Failure): (remedy: Remedy) => Option | null {
  const { store } = useWorkspace();
  const { retry, open, openDialog, setEditing, closeFailure, notify, showExample } = useActions();
  const catalog = useApp((state) => state.catalog);
  const examples = useApp((state) => state.examples);
  const models = catalog?.models ?? [];
  const smallest = models.filter(({ bytes }) => bytes !== null).sort((a, b) => a.bytes! - b.bytes!)[0];
  const source = useApp((state) => state.source);
  const options: Record<Remedy, () => Option | null> = {
    retry: () => ({
      title: "Try again",
      text: "Often enough: servers and connections come back.",
      button: "Try again",
      run: () => void retry(store.getState().device),
    }),
    wasm: () => ({
      title: "Run on the processor",
      text: "WebAssembly runs every operator, more slowly than a graphics device.",
      button: "Use WASM",
      run: () => void retry("wasm"),
    }),
    webgpu: () => ({
      title: "Run on the graphics device",
      text: "It has memory of its own, where this browser gives access to it.",
      button: "Use WebGPU",
      run: () => void retry("webgpu"),
    }),
    choose: () => ({
      title: "Open another model",
      text:
        models.length > 0
          ? `${models.length === 1 ? "One ships" : `${models.length} ship`} with this page and need no network.`
          : "By its name on the hub, or from your computer.",
      button: "Choose a model",
      run: () => openDialog("models"),
    }),
    smaller: () =>
      smallest && !(source?.kind === "shipped" && source.id === smallest.id)
        ? {
            title: "Use a smaller model",
            text: `${smallest.name}, ${smallest.bytes === null ? "small" : megabytes(smallest.bytes)}.`,
            button: `Open ${smallest.name}`,
            run: () => void open({ kind: "shipped", id: smallest.id }),
          }
        : null,
    pick: () => ({
      title: "Pick the files",
      text: "From your computer: the whole folder, or drop it anywhere on this page.",
      button: "Choose files",
      run: () => openDialog("models"),
    }),
    edit: () => ({
      title: "Change the text",
      text: "It runs again as you type.",
      button: "Edit text",
      run: () => {
        closeFailure();
        setEditing(true);
      },
    }),
    reload: () => ({
      title: "Load the page again",
      text: "Your text and view are in the address, so they come back.",
      button: "Reload",
      run: () => location.reload(),
    }),
    example: () =>
      examples.length > 0
        ? {
            title: "Explore the example",
            text: "It was computed in advance and needs no model.",
            button: "Show the example",
            run: () => {
              closeFailure();
              showExample(0);
            },
          }
        : null,
    report: () => ({
      title: "Ask for it",
      text: "The report holds what stopped and on what. It holds neither weights nor your text.",
      button: "Copy report",
      run: () => {
        navigator.clipboard.writeText(report(failure, store.getState(), navigator.userAgent)).then(
          () => notify("Report copied."),
          () => notify(report(failure, store.getState(), navigator.userAgent)),
        );
      },
    }),
  };
  return (remedy) => options[remedy]();
}

/** A whole page for what stops everything: what stopped, what to do, best first. */
export function FailurePage({ failure }: { readonly failure: Failure }) {
  const asked = useApp((state) => state);
  const remedyOf = useRemedies(failure);
  const told = tell(failure, asked);
  const withExample: readonly Remedy[] = asked.model ? told.remedies : [...told.remedies, "example"];
  const options = withExample.flatMap((remedy) => {
    const option = remedyOf(remedy);
    return option ? [{ remedy, ...option }] : [];
  });
  return (
    <div className="failure" role="alert">
      <h1>{told.title}</h1>
      <p>{told.text}</p>
      <p className="failure-message tok">{failure.message}</p>
      <h2>What you can do</h2>
      <ol>
        {options.map(({ remedy, title, text, button, run }, i) => (
          <li key={remedy}>
            <span className="number">{i + 1}</span>
            <div>
              <h3>{title}</h3>
              <p>{text}</p>
            </div>
            <button type="button" className="button" data-primary={i === 0 || undefined} onClick={run}>
              {button}
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** Beside it: what still works, and where it happened. */
export function FailurePanel({ failure }: { readonly failure: Failure }) {
  const examples = useApp((state) => state.examples);
  const models = useApp((state) => state.catalog?.models ?? null);
  const nodes = failure.nodes ?? (failure.node?.name ? [failure.node.name] : []);
  const works = [
    ...(models && models.length > 0 ? ["Models that ship with this page"] : []),
    "Models from your computer",
    ...(examples.length > 0 ? ["The example, in Heads and Model"] : []),
  ];
  return (
    <>
      <Section title="What still works">
        <ul className="works">
          {works.map((what) => (
            <li key={what}>
              {icons.check}
              {what}
            </li>
          ))}
          <li data-blocked>
            {icons.blocked}
            This model
          </li>
        </ul>
      </Section>
      {nodes.length > 0 && (
        <Section title="Where it happens" aside={`${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}`}>
          <ul className="nodes tok">
            {nodes.slice(0, 20).map((node) => (
              <li key={node}>{node}</li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

/** Over a view that still shows the last result: what stopped, and the first thing to do. */
export function FailureBanner({ failure }: { readonly failure: Failure }) {
  const asked = useApp((state) => state);
  const remedyOf = useRemedies(failure);
  const { closeFailure } = useActions();
  const told = tell(failure, asked);
  const options = told.remedies.slice(0, 2).flatMap((remedy) => remedyOf(remedy) ?? []);
  return (
    <div className="banner" role="alert">
      <div>
        <b>{told.title}</b>
        <span>{failure.message}</span>
      </div>
      {options.map(({ button, run }) => (
        <button key={button} type="button" className="button" onClick={run}>
          {button}
        </button>
      ))}
      <button type="button" className="ghost icon" aria-label="Close" onClick={closeFailure}>
        {icons.close}
      </button>
    </div>
  );
}
