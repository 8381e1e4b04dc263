import { createRoot } from "react-dom/client";
import { App } from "./App";
import { keepTheme, keptTheme } from "./shell/theme";
import { assetsAt } from "./store/assets";
import { createWorkspace } from "./store/store";
import { createClient } from "./worker/client";

const explainer = createClient();
const workspace = createWorkspace(explainer, assetsAt(import.meta.env.BASE_URL));
const theme = keptTheme();
if (theme) workspace.actions.setTheme(theme);
workspace.store.subscribe((state, before) => {
  if (state.theme !== before.theme) keepTheme(state.theme);
});
void workspace.actions.start(location.hash);

createRoot(document.getElementById("root")!).render(<App workspace={workspace} />);

if (window.parent !== window)
  void import("./embed/start").then(({ startEmbedding }) => startEmbedding(workspace, explainer));
