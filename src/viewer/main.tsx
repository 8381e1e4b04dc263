import "./fonts.css";
import "../styles/index.css";
import { createRoot } from "react-dom/client";
import { App } from "../App";
import { readEmbedded } from "../embed/embedded";
import { createWorkspace } from "../store/store";
import { createTraceClient } from "../worker/trace-client";
import { followGround } from "./ground";

const explainer = createTraceClient();
const workspace = createWorkspace(explainer, {
  catalog: async () => ({ models: [] }),
  examples: async () => [],
});
const { actions, store } = workspace;

/** Shows the trace that lies in the page, else waits for one to be dropped. */
async function start(): Promise<void> {
  const embedded = await readEmbedded(document.getElementById("embedded")?.textContent || "null");
  await actions.start(embedded ? `#${embedded.link}` : location.hash);
  if (!embedded) return;
  if (!new URLSearchParams(embedded.link).has("theme"))
    followGround((dark) => actions.setTheme(dark ? "dark" : "light"));
  for (const note of embedded.notes) actions.notify(note);
  await actions.open({
    kind: "trace",
    name: "trace",
    from: { file: new Blob([embedded.bytes as Uint8Array<ArrayBuffer>]) },
  });
}

store.setState({ embed: true });
start().catch((error) => actions.fail(error));
createRoot(document.getElementById("root")!).render(<App workspace={workspace} viewer />);
