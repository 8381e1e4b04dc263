import { fileURLToPath } from "node:url";
import type { ConformanceOptions, Row } from "../explain/conformance";
import type { Device } from "../worker/protocol";
import type {} from "./browser/check-folder";
import { type Gpu, openPage } from "./browser/open-page";
import { folderOf } from "./folder";

/** Something that fixture folders can be checked with. */
export interface Checker {
  /** What it runs on, in words. */
  readonly about: string;
  check(path: string, options: ConformanceOptions, onRow: (row: Row) => void): Promise<void>;
  close(): Promise<void>;
}

/** The engine in a page of a real Chromium, with the sessions that the app's worker makes. */
export async function openBrowserRuntime(device: Device, gpu: Gpu): Promise<Checker> {
  const script = fileURLToPath(new URL("browser/check-folder.ts", import.meta.url));
  const { page, about, serve, close } = await openPage(script, device === "webgpu" ? gpu : null);
  let report: (row: Row) => void = () => {};
  await page.exposeFunction("reportRow", (row: Row) => report(row));
  const crashed = new Promise<never>((_, reject) => {
    page.on("crash", () => reject(new Error("the page crashed: it ran out of memory, most likely")));
  });
  crashed.catch(() => undefined); // told by the check that it happens to
  return {
    about,
    close,
    async check(path, options, onRow) {
      report = onRow;
      const { name, files } = folderOf(path);
      const request = { folder: { name, files, url: await serve(path) }, device, options };
      await Promise.race([page.evaluate((r) => window.checkFolder(r), request), crashed]);
    },
  };
}
