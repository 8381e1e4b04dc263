import { createRoot } from "react-dom/client";
import { App } from "./App";
import { followTheme } from "./shell/theme";
import { assetsAt } from "./store/assets";
import { createWorkspace } from "./store/store";
import { createClient } from "./worker/client";

const explainer = createClient();
const workspace = createWorkspace(explainer, assetsAt(import.meta.env.BASE_URL));
const framed = window.parent !== window;
// In a frame the theme is the embedder's, and what it asks for isn't the visitor's choice.
if (!framed) followTheme(workspace);
const started = workspace.actions.start(location.hash);

createRoot(document.getElementById("root")!).render(<App workspace={workspace} />);

void import("./offline/register").then(({ startOffline }) => startOffline(workspace, started));
if (framed) void import("./embed/start").then(({ startEmbedding }) => startEmbedding(workspace, explainer));
