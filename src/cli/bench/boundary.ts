import type { Worker } from "@playwright/test";
import { AppPage, nameOf, type Size } from "./app";
import type { Bench, Result } from "./bench";

/** Pixels between two thumbnails. */
const gap = 4;

interface Posted {
  readonly heads: number;
  readonly bytes: number;
  /** The worker has it still. */
  readonly copied: boolean;
}

/** Takes note of every attention that a worker posts from now on. */
const watch = (worker: Worker): Promise<void> =>
  worker.evaluate(() => {
    const post = self.postMessage.bind(self) as (...message: unknown[]) => void;
    const posted: { heads: number; bytes: number; copied: boolean }[] = [];
    Object.assign(self, {
      posted,
      postMessage(...message: unknown[]) {
        const { value } = message[0] as { value?: { value?: { heads?: number[]; data?: Uint16Array } } };
        const { heads, data } = value?.value ?? {};
        const bytes = data?.buffer.byteLength ?? 0;
        post(...message);
        if (heads && data) posted.push({ heads: heads.length, bytes, copied: data.buffer.byteLength > 0 });
      },
    });
  });

const readPosted = (worker: Worker): Promise<Posted[]> =>
  worker.evaluate(() => (self as unknown as { posted: Posted[] }).posted);

/** What the worker posts while a layer is drawn as lines, and then every head as a thumbnail. */
export async function posts(bench: Bench, size: Size): Promise<Result[]> {
  const app = await bench.app();
  await app.ship(await bench.model(size.id));
  const all = Array.from({ length: size.heads }, (_, head) => head);
  const opened = await AppPage.open(bench.page.page.context().browser()!, app, size, all);
  const worker = opened.worker();
  await watch(worker);
  await opened.run(1);
  const inHeads = size.heads * size.tokens ** 2;
  await opened.toModel();
  const pitch = await opened.page.locator(".cell").evaluateAll(([a, b]) => {
    return (b as HTMLElement).offsetLeft - (a as HTMLElement).offsetLeft;
  });
  const inModel = size.layers * size.heads * Math.min(size.tokens, pitch - gap) ** 2;
  const posted = await readPosted(worker);
  await opened.close();
  const bytes = posted.reduce((sum, each) => sum + each.bytes, 0);
  const heads = posted.reduce((sum, each) => sum + each.heads, 0);
  const drawn = 2 * (inHeads + inModel);
  const MiB = (n: number) => (n / 2 ** 20).toFixed(1);
  return [
    {
      what: `attention over the worker boundary / float16 size of what is drawn, ${nameOf(size)}`,
      measured: bytes / drawn,
      limit: 1,
      unit: "×",
      note: `${MiB(bytes)} / ${MiB(drawn)} MiB: ${size.heads} heads as lines, all as thumbnails; ${heads} heads posted`,
    },
    {
      what: `of ${posted.length} attention buffers, those copied and not transferred`,
      measured: posted.filter(({ copied }) => copied).length,
      limit: 0,
      unit: "copies",
      note: nameOf(size),
    },
  ];
}
