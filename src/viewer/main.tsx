import "./fonts.css";
import "../styles/index.css";
import { createRoot } from "react-dom/client";
import { App } from "../App";
import { FROM_PARENT, readEmbedded, readSent } from "../embed/embedded";
import { createWorkspace } from "../store/store";
import { createTraceClient } from "../worker/trace-client";
import { followGround } from "./ground";

const explainer = createTraceClient();
const workspace = createWorkspace(explainer, {
  catalog: async () => ({ models: [] }),
  examples: async () => [],
});
const { actions, store } = workspace;

declare global {
  interface Window {
    /** The first message with something embedded, of the page around this one. */
    readonly sent: Promise<unknown>;
  }
}

/** The JSON where no trace lies in the page. */
const NOTHING = "null";

/** Milliseconds after which a person is told that nothing has come. */
const LATE = 20_000;

/** What the page around sends, however long that takes. */
async function sent(): Promise<unknown> {
  const late = setTimeout(
    () =>
      actions.notify(
        "The attention that belongs here hasn't come. It lies beside this frame: the HTML of a notebook's cell has to be kept whole.",
      ),
    LATE,
  );
  const data = await window.sent;
  clearTimeout(late);
  return data;
}

/** Shows the trace that lies in the page or that the page around sends, else waits for one to be dropped. */
async function start(): Promise<void> {
  const here = document.getElementById("embedded")?.textContent || NOTHING;
  if (here !== NOTHING)
    store.setState({ loading: { label: "Reading the trace", done: 0, total: null, unit: "bytes" } });
  const embedded = here === FROM_PARENT ? await readSent(await sent()) : await readEmbedded(here);
  await actions.start(embedded ? `#${embedded.link}` : location.hash);
  if (!embedded) return;
  if (!new URLSearchParams(embedded.link).has("theme"))
    followGround((dark) => actions.setTheme(dark ? "dark" : "light"));
  for (const note of embedded.notes) actions.notify(note);
  await actions.open({
    kind: "trace",
    name: "trace",
    from: { bytes: embedded.bytes },
  });
}

store.setState({ embed: true });
start().catch((error) => {
  store.setState({ loading: null });
  actions.fail(error);
});
createRoot(document.getElementById("root")!).render(<App workspace={workspace} viewer />);
