import type { Workspace } from "../store/store";
import { schemeOf } from "../views/shared/environment";
import { palettes } from "../views/shared/palette";
import type { Explainer } from "../worker/protocol";
import { answerEmbedder } from "./frame";

/** Where a link names them (`origins=https://a.example,https://b.example`), only these may speak. */
function originsOf(hash: string): readonly string[] | null {
  const named = new URLSearchParams(hash.replace(/^#/, "")).get("origins");
  return named === null ? null : named.split(",").map((each) => each.trim());
}

/** Answers the page that embeds this one. Call it in a frame only. */
export function startEmbedding(workspace: Workspace, explainer: Explainer): () => void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  return answerEmbedder({
    workspace,
    explainer,
    origins: originsOf(location.hash),
    page: window,
    look: () => ({
      palette: palettes[schemeOf(workspace.store.getState().theme, dark.matches)],
      width: Math.round(document.querySelector(".view")?.clientWidth ?? 1000),
    }),
    onHeight(tell) {
      const view = () => document.querySelector(".view");
      let last = 0;
      // The page fills its frame, so it asks for what doesn't fit, and never for less than it has.
      const measure = () => {
        const { scrollHeight = 0, clientHeight = 0 } = view() ?? {};
        const height = window.innerHeight + Math.max(0, scrollHeight - clientHeight);
        if (height === last || height === 0) return;
        last = height;
        tell(height);
      };
      const observer = new ResizeObserver(measure);
      observer.observe(document.body);
      const end = workspace.store.subscribe(() => requestAnimationFrame(measure));
      measure();
      return () => {
        observer.disconnect();
        end();
      };
    },
  });
}
