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
      const measure = () => {
        const around = document.querySelector(".embed-footer")?.clientHeight ?? 0;
        const height = Math.ceil((view()?.scrollHeight ?? 0) + around);
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
