import { useEffect } from "react";
import { Announcer } from "./shell/Announcer";
import { DropZone } from "./shell/DropZone";
import { EmbedDialog } from "./shell/EmbedDialog";
import { ErrorBoundary } from "./shell/ErrorBoundary";
import { FailureBanner, FailurePage } from "./shell/FailurePage";
import { Header } from "./shell/Header";
import { ImageField } from "./shell/ImageField";
import { Inspector } from "./shell/Inspector";
import { KeysDialog } from "./shell/KeysDialog";
import { useKeys } from "./shell/keys";
import { addressOf, useLink } from "./shell/link";
import { ModelPicker } from "./shell/ModelPicker";
import { Notices } from "./shell/Notices";
import { Rail, Tabs } from "./shell/Rail";
import { StatusLine } from "./shell/StatusLine";
import { TableDialog } from "./shell/TableDialog";
import { TargetSelector } from "./shell/TargetSelector";
import { TextField } from "./shell/TextField";
import { useActions, useApp, useWorkspace, WorkspaceContext } from "./store/react";
import type { Workspace } from "./store/store";
import { linkOf } from "./store/url";
import { viewOf, views } from "./views";
import { usePhone, useScheme } from "./views/shared/environment";

const dialogs = { models: ModelPicker, keys: KeysDialog, embed: EmbedDialog, table: TableDialog } as const;

/** While there is nothing to draw: why, and what comes. */
function Waiting({ viewer }: { readonly viewer: boolean }) {
  const model = useApp((state) => state.model);
  const loading = useApp((state) => state.loading);
  const running = useApp((state) => state.running);
  const { openDialog } = useActions();
  const view = useApp((state) => state.view);
  const title = <h1 className="sr-only">{viewOf(view).label}</h1>;
  if (running) return <div className="waiting">{title}</div>;
  return (
    <div className="waiting">
      {title}
      {model ? (
        <p>
          {model.family === "vision"
            ? "Choose, drop or paste an image to see its attention."
            : model.tokenizer
              ? "Type a text to see its attention."
              : "Type token ids to see their attention: this model came without a tokenizer."}
        </p>
      ) : loading ? (
        <p>{viewer ? "The attention is on its way." : "The model is on its way."}</p>
      ) : viewer ? (
        <p>Drop a trace here, a .safetensors file, to see its attention.</p>
      ) : (
        <>
          <p>No model is loaded.</p>
          <button type="button" className="button" data-primary onClick={() => openDialog("models")}>
            Choose a model
          </button>
        </>
      )}
    </div>
  );
}

function CurrentView({ viewer }: { readonly viewer: boolean }) {
  const view = useApp((state) => state.view);
  const shown = useApp((state) => state.shown);
  const failure = useApp((state) => state.failure);
  const model = useApp((state) => state.model);
  const entry = viewOf(view);
  if (failure && !(model && shown)) return <FailurePage failure={failure} />;
  return (
    <>
      {failure && <FailureBanner failure={failure} />}
      {shown ? <entry.View key={entry.id} shown={shown} /> : <Waiting viewer={viewer} />}
    </>
  );
}

/** In a frame: the view alone, and the way to the whole. */
function EmbedFooter() {
  const { store } = useWorkspace();
  useApp((state) => state);
  const { embed: _, ...link } = linkOf(store.getState());
  return (
    <footer className="embed-footer">
      <a href={addressOf(link)} target="_blank" rel="noreferrer">
        Open in Attention Explorer ↗
      </a>
    </footer>
  );
}

/** Views that need no model to run. */
const readable = new Set(["heads", "model", "neuron", "rollout", "attribution", "compare"]);

/** Under a trace that stands by itself: its name, and its other views. */
function ViewerFooter() {
  const name = useApp((state) => state.model?.name);
  const view = useApp((state) => state.view);
  const { setView } = useActions();
  return (
    <footer className="embed-footer">
      <nav aria-label="Views">
        {views
          .filter(({ id }) => readable.has(id))
          .map(({ id, label }) => (
            <button
              key={id}
              type="button"
              className="link"
              aria-current={id === view ? "page" : undefined}
              onClick={() => setView(id)}
            >
              {label}
            </button>
          ))}
      </nav>
      <span>{name}</span>
    </footer>
  );
}

function Page({ viewer }: { readonly viewer: boolean }) {
  const scheme = useScheme();
  const phone = usePhone();
  const embed = useApp((state) => state.embed);
  const dialog = useApp((state) => state.dialog);
  const view = useApp((state) => state.view);
  const readsImages = useApp((state) => state.model?.family === "vision");
  const imageOfTrace = useApp(({ model, shown }) => model?.trace === true && shown?.result.seen !== undefined);
  const image = readsImages || imageOfTrace;
  useKeys();
  useLink(!viewer); // a frame without an address of its own has none to write
  useEffect(() => {
    document.documentElement.dataset.theme = scheme;
  }, [scheme]);
  const Dialog = dialog && dialogs[dialog];
  return (
    <div className="app" data-embed={embed || undefined}>
      <button type="button" className="skip" onClick={() => document.getElementById("view")?.focus()}>
        Skip to the view
      </button>
      {!embed && <Header />}
      {!embed && (
        <section className="text-bar" aria-label={image ? "Image and target" : "Text and target"}>
          {image ? <ImageField /> : <TextField />}
          <div className="target-row">
            <TargetSelector />
            {phone && !image && <EditText />}
          </div>
        </section>
      )}
      <div className="body">
        {!embed && !phone && <Rail />}
        <main id="view" className="view" tabIndex={-1}>
          <ErrorBoundary resetOn={view}>
            <CurrentView viewer={viewer} />
          </ErrorBoundary>
        </main>
        {!embed && (
          <ErrorBoundary resetOn={view}>
            <Inspector />
          </ErrorBoundary>
        )}
      </div>
      {viewer ? <ViewerFooter /> : embed ? <EmbedFooter /> : phone ? <Tabs /> : <StatusLine />}
      {Dialog && <Dialog />}
      <Notices />
      <DropZone />
      <Announcer />
    </div>
  );
}

function EditText() {
  const editing = useApp((state) => state.editing);
  const { setEditing } = useActions();
  return (
    <button type="button" className="link" onClick={() => setEditing(!editing)}>
      {editing ? "Done" : "Edit text"}
    </button>
  );
}

/** `viewer`: a trace by itself, with no engine and no address. */
export function App({ workspace, viewer = false }: { readonly workspace: Workspace; readonly viewer?: boolean }) {
  return (
    <WorkspaceContext value={workspace}>
      <ErrorBoundary>
        <Page viewer={viewer} />
      </ErrorBoundary>
    </WorkspaceContext>
  );
}
