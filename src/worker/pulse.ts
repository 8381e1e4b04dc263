/** What the page asks of a worker while its runtime starts, and the answers. */
export const PING = "ping";
const PONG = "pong";
const UP = "runtime is up";

/** Silence of so many seconds is longer than anything takes that a worker does meanwhile, such as reading a large graph. */
const SILENT = 30;

type Ends = Pick<Worker, "postMessage" | "addEventListener" | "removeEventListener">;

/**
 * Resolves when a worker that answered falls silent before its runtime is up; never otherwise. Firefox can lose the wake-up of a
 * worker that waits for one of its own, as threads of the runtime are, and nothing else would tell.
 *
 * Seconds are counted by the page: those in which it sleeps count for nobody.
 */
export function hang(worker: Ends, second = 1000): { readonly hung: Promise<void>; readonly end: () => void } {
  let silent: number | null = null; // until the first answer its code is on its way
  let end = (): void => undefined;
  const hung = new Promise<void>((resolve) => {
    const hear = ({ data }: MessageEvent<unknown>): void => {
      if (data === PONG) silent = 0;
      if (data === UP) end();
    };
    const timer = setInterval(() => {
      if (silent !== null && silent++ >= SILENT) {
        end();
        resolve();
      } else worker.postMessage(PING);
    }, second);
    end = () => {
      clearInterval(timer);
      worker.removeEventListener("message", hear as EventListener);
    };
    worker.addEventListener("message", hear as EventListener);
    worker.postMessage(PING);
  });
  return { hung, end: () => end() };
}

/** Has this worker answer; to be called before anything else listens. */
export function answerPings(): void {
  addEventListener("message", (event) => {
    if (event.data !== PING) return;
    event.stopImmediatePropagation();
    postMessage(PONG);
  });
}

/** Tells the page that from now on silence means work. */
export const tellUp = (): void => postMessage(UP);
