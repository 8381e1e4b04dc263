// All that is small and can't wait. The page's own script comes behind it, while the worker starts.
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./styles/index.css";
import { startEarly } from "./worker/early";

const link = new URLSearchParams(location.hash.slice(1));
const device = link.get("device");
// What was computed elsewhere is looked at without a runtime.
if (!link.has("trace")) {
  const model = link.get("model");
  const shipped = { base: new URL("models/", document.baseURI).href, id: model };
  startEarly(device === "wasm" || device === "webgpu" ? device : "auto", model?.includes("/") ? null : shipped);
}

void import("./main");
