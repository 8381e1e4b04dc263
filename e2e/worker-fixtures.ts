import { readFileSync } from "node:fs";
import { test as base, expect, type Page } from "@playwright/test";
import { fromHalf } from "../src/tensor/half";
import type {
  Device,
  Failure,
  Input,
  LoadedModel,
  ModelSource,
  PickedFile,
  Progress,
  RunResult,
} from "../src/worker/protocol";
import type {} from "./worker-page/page";

/** How a call ended, as it comes out of the page. */
export type Ended<T> = { readonly value: T } | { readonly failure: Failure };

/** The worker as the page has it. */
export class WorkerTester {
  constructor(readonly page: Page) {}

  async open(hub?: string): Promise<void> {
    await this.page.goto(hub ? `./?hub=${encodeURIComponent(hub)}` : "./");
    await this.page.waitForFunction(() => "page" in window);
  }

  load(source: ModelSource, device: Device | "auto" = "wasm"): Promise<Ended<LoadedModel>> {
    return this.page.evaluate(
      async ([from, on]) => {
        const { explainer, progress } = window.page;
        progress.length = 0;
        try {
          return { value: await explainer.load(from, on, (report) => progress.push(report)) };
        } catch (error) {
          return { failure: (error as unknown as { failure: Failure }).failure };
        }
      },
      [source, device] as const,
    );
  }

  /** Gives files as if they had been picked, under the paths that are their keys. */
  async loadFiles(files: Record<string, string | Buffer>, file?: string): Promise<Ended<LoadedModel>> {
    const paths = Object.keys(files);
    await this.page.setInputFiles(
      "#files",
      paths.map((path) => {
        const content = files[path]!;
        return {
          name: path.split("/").at(-1)!,
          mimeType: "application/octet-stream",
          buffer: typeof content === "string" ? readFileSync(content) : content,
        };
      }),
    );
    return this.page.evaluate(
      async ([named, wanted]) => {
        const { explainer, progress } = window.page;
        progress.length = 0;
        const given = document.querySelector<HTMLInputElement>("#files")!.files!;
        const picked: PickedFile[] = named.map((path, i) => ({ path, file: given[i]! }));
        try {
          const source = { kind: "files" as const, files: picked, ...(wanted === null ? {} : { file: wanted }) };
          return { value: await explainer.load(source, "wasm", (report) => progress.push(report)) };
        } catch (error) {
          return { failure: (error as unknown as { failure: Failure }).failure };
        }
      },
      [paths, file ?? null] as const,
    );
  }

  run(input: Input): Promise<Ended<RunResult>> {
    return this.page.evaluate(async (given) => {
      try {
        return { value: await window.page.explainer.run(given, null) };
      } catch (error) {
        return { failure: (error as unknown as { failure: Failure }).failure };
      }
    }, input);
  }

  /** All heads of one site on a text: [heads * rows * columns]. */
  async attention(trace: number, site: number): Promise<Float32Array> {
    const bits = await this.page.evaluate(
      async ([of, at]) => Array.from((await window.page.explainer.attention(of, at, [])).data),
      [trace, site] as const,
    );
    return fromHalf(Uint16Array.from(bits));
  }

  progress(): Promise<Progress[]> {
    return this.page.evaluate(() => window.page.progress);
  }
}

/** The value of a call that must succeed. */
export function value<T>(ended: Ended<T>): T {
  if ("failure" in ended) throw new Error(`${ended.failure.code}: ${ended.failure.message}`);
  return ended.value;
}

/** The failure of a call that must fail. */
export function failure<T>(ended: Ended<T>): Failure {
  if ("value" in ended) throw new Error("it succeeded");
  return ended.failure;
}

export const test = base.extend<{ worker: WorkerTester }>({
  worker: async ({ page }, use) => {
    await use(new WorkerTester(page));
  },
});
export { expect };
