import type { State, TokenRef } from "../store/state";
import { views } from "../views";
import { ExplainerError } from "../worker/protocol";
import { type Handling, handle } from "./handle";
import { APP, type Reply, type Request, type Result, type Selection, VERSION } from "./messages";
import { BadMessage, isMeant, readMessage } from "./read-message";

/** Requests that are under way at once; more are refused. */
const MOST_AT_ONCE = 16;

type Body<T> = T extends unknown ? Omit<T, "app" | "version"> : never;

export interface FrameOptions extends Handling {
  /** Origins that may speak; without any, whoever embeds the page may. */
  readonly origins: readonly string[] | null;
  readonly page: Window;
  /** How tall the page's content would like to be; called back when that changes. Returns what ends it. */
  onHeight(tell: (height: number) => void): () => void;
}

/**
 * Answers the window that embeds this page, and no other. Its first good message settles its origin: only then it is told
 * what the visitor looks at. Returns what ends it.
 */
export function answerEmbedder(options: FrameOptions): () => void {
  const { page, workspace, origins } = options;
  const { store } = workspace;
  const embedder = page.parent;
  const running = new Map<string, AbortController>();
  let origin: string | null = null;
  let counted = 0;

  /** To an origin that can't be named (a sandboxed or local page), and before it is known, to whoever embeds. */
  const post = (body: Body<Reply>, to: string | null = origin, transfer: Transferable[] = []): void =>
    embedder.postMessage(
      { app: APP, version: VERSION, ...body },
      { targetOrigin: to && to !== "null" ? to : "*", transfer },
    );
  const unasked = (): string => `explorer-${++counted}`;
  const refusal = (of: string | null, code: string, message: string): Body<Reply> => ({
    type: "error",
    id: of ?? unasked(),
    of,
    code,
    message,
  });

  async function serve(request: Exclude<Request, { type: "cancel" }>): Promise<void> {
    const { id } = request;
    const stop = new AbortController();
    running.set(id, stop);
    try {
      const answer = await handle(
        request,
        options,
        ({ done, total, label }) => post({ type: "progress", id, of: id, done, total, label }),
        stop.signal,
      );
      const data = "attention" in answer ? (answer.attention as Result["attention"])?.data : undefined;
      post({ ...answer, id, of: id } as Body<Reply>, origin, data ? [data.buffer as ArrayBuffer] : []);
    } catch (error) {
      const { code, message } =
        error instanceof ExplainerError
          ? error.failure
          : { code: "internal", message: error instanceof Error ? error.message : String(error) };
      post(refusal(id, code, message));
    } finally {
      running.delete(id);
    }
  }

  function take(request: Request): void {
    const { id } = request;
    if (request.type === "cancel") {
      const stopped = running.get(request.of);
      stopped?.abort();
      post({ type: "result", id, of: id, stopped: stopped !== undefined });
    } else if (running.has(id)) post(refusal(id, "bad-input", `id in use: ${id}`));
    else if (running.size >= MOST_AT_ONCE)
      post(refusal(id, "bad-input", `too many requests: ${running.size} are under way`));
    else void serve(request);
  }

  const hear = (event: MessageEvent): void => {
    if (event.source !== embedder || !isMeant(event.data)) return;
    if (origins && !origins.includes(event.origin)) {
      post(refusal(null, "origin", `origin not allowed: ${event.origin}`), event.origin);
      return;
    }
    try {
      const request = readMessage(event.data);
      origin = event.origin;
      take(request);
    } catch (error) {
      if (!(error instanceof BadMessage)) throw error;
      post(refusal(error.of, "bad-message", error.message), event.origin);
    }
  };

  let last = "";
  const select = (state: State): void => {
    if (origin === null) return;
    const selection = selectionOf(state);
    const now = JSON.stringify(selection);
    if (now === last) return;
    last = now;
    post({ type: "selection", id: unasked(), ...selection });
  };

  page.addEventListener("message", hear);
  const unsubscribe = store.subscribe(select);
  const height = options.onHeight((value) => post({ type: "size", id: unasked(), height: value }));
  post({
    type: "ready",
    id: unasked(),
    capabilities: {
      views: views.map(({ id }) => id),
      methods: store.getState().methods.map(({ id }) => id),
      formats: ["svg", "png", "csv"],
      models: true,
    },
  });
  return () => {
    page.removeEventListener("message", hear);
    unsubscribe();
    height();
    for (const stop of running.values()) stop.abort();
  };
}

function selectionOf({
  shown,
  view,
  site,
  heads,
  pinned,
  hovered,
}: State): Omit<Selection, "app" | "version" | "id" | "type"> {
  const tokenOf = (ref: TokenRef | null) =>
    ref && { index: ref.index, token: shown?.result.encoding.tokens[ref.index] ?? "" };
  const layer = shown?.model.sites.find(({ index }) => index === site)?.layer ?? 0;
  return { view, layer, heads, pinned: tokenOf(pinned), hovered: tokenOf(hovered) };
}
