import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildApp } from "./bench/app";
import type { Bench, Result } from "./bench/bench";
import { type ModelId, type WrittenModel, writeModel } from "./bench/models";
import { onGpu, rows } from "./bench/rows";
import { passes, table } from "./bench/table";
import { openPage } from "./browser/open-page";

const usage = `npm run bench -- [--only ${Object.keys(rows).join(",")}] [--runtime wasm|webgpu] [--hardware] [--rounds N] [--json FILE] [--markdown FILE]`;

/** Makes something when it is first asked for. */
function once<T>(make: () => Promise<T>) {
  let made: Promise<T> | undefined;
  return {
    get: () => {
      made ??= make();
      return made;
    },
    made: async () => made,
  };
}

/** Measures the budgets in Chromium, side by side; exits with 1 where one is exceeded. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      runtime: { type: "string", default: "wasm" },
      hardware: { type: "boolean", default: false },
      rounds: { type: "string", default: "9" },
      json: { type: "string" },
      markdown: { type: "string" },
    },
  });
  const device = values.runtime;
  if (device !== "wasm" && device !== "webgpu") throw new Error(`unknown runtime: ${device}; ${usage}`);
  if (values.hardware && device === "wasm") throw new Error(`--hardware goes with --runtime webgpu; ${usage}`);
  const there = device === "webgpu" ? onGpu : Object.keys(rows);
  const only = values.only?.split(",") ?? there;
  for (const name of only) if (!there.includes(name)) throw new Error(`no such row on ${device}: ${name}; ${usage}`);
  const folder = mkdtempSync(join(tmpdir(), "attention-explorer-models-"));
  const results: Result[] = [];
  const app = once(buildApp);
  try {
    const script = fileURLToPath(new URL("bench/page/page.ts", import.meta.url));
    const page = await openPage(script, device === "wasm" ? null : values.hardware ? "hardware" : "emulated");
    try {
      console.error(page.about);
      const written = new Map<ModelId, WrittenModel & { readonly url: string }>();
      const model = async (id: ModelId) => {
        const known = written.get(id);
        if (known) return known;
        console.error(`writing ${id}...`);
        const made = { ...writeModel(folder, id), url: await page.serve(join(folder, id)) };
        written.set(id, made);
        return made;
      };
      const place = device === "wasm" ? "wasm-two" : device;
      const bench: Bench = { page, place, rounds: Number(values.rounds), model, app: app.get };
      for (const name of only) {
        console.error(`measuring ${name}...`);
        const found = await rows[name]!(bench);
        console.error(table(found)); // a row that fails later doesn't take these along
        results.push(...found);
      }
    } finally {
      await page.close();
      await (await app.made())?.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(table(results));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  if (values.markdown) writeFileSync(values.markdown, `${table(results)}\n`);
  process.exitCode = results.every(passes) ? 0 : 1;
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
