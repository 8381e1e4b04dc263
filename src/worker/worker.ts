import type { WarmUp } from "./early";
import { askShipped } from "./loading/ahead";
import { answerPings } from "./pulse";
import { watchHeaps } from "./runtime/heap";
import { warmUp } from "./runtime/warm";

// The runtime and the model are on their way before the rest of the worker is. What comes meanwhile waits for it, in order.
answerPings();
watchHeaps();
const waiting: unknown[] = [];
let begun = false;

function begin(): void {
  if (begun) return;
  begun = true;
  import("./serve").then(
    () => {
      removeEventListener("message", keep);
      for (const data of waiting) dispatchEvent(new MessageEvent("message", { data }));
    },
    (error: unknown) =>
      setTimeout(() => {
        throw error; // for the page to hear
      }),
  );
}

function keep({ data }: MessageEvent<WarmUp | undefined>): void {
  if (!data?.warm) {
    waiting.push(data);
    begin();
    return;
  }
  void warmUp(data.warm).then(begin);
  // Told by the load, which asks again for what isn't there.
  if (data.shipped) askShipped(data.shipped.base, data.shipped.id).catch(() => undefined);
}

addEventListener("message", keep);
