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

/** Shows the trace that lies in the page or that the page around sends, else waits for one to be dropped. */
async function start(): Promise<void> {
  const here = document.getElementById("embedded")?.textContent || "null";
  const embedded = here === FROM_PARENT ? await readSent(await window.sent) : await readEmbedded(here);
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
start().catch((error) => actions.fail(error));
createRoot(document.getElementById("root")!).render(<App workspace={workspace} viewer />);
