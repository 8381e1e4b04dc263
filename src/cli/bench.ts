import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildApp } from "./bench/app";
import type { Bench, Result } from "./bench/bench";
import { type ModelId, type WrittenModel, writeModel } from "./bench/models";
import { rows } from "./bench/rows";
import { passes, table } from "./bench/table";
import { openPage } from "./browser/open-page";

const usage = `npm run bench -- [--only ${Object.keys(rows).join(",")}] [--rounds N] [--json FILE] [--markdown FILE]`;

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
      rounds: { type: "string", default: "9" },
      json: { type: "string" },
      markdown: { type: "string" },
    },
  });
  const only = values.only?.split(",") ?? Object.keys(rows);
  for (const name of only) if (!rows[name]) throw new Error(`no such row: ${name}; ${usage}`);
  const folder = mkdtempSync(join(tmpdir(), "attention-explorer-models-"));
  const results: Result[] = [];
  const app = once(buildApp);
  try {
    const page = await openPage(fileURLToPath(new URL("bench/page/page.ts", import.meta.url)));
    try {
      const written = new Map<ModelId, WrittenModel & { readonly url: string }>();
      const model = async (id: ModelId) => {
        const known = written.get(id);
        if (known) return known;
        console.error(`writing ${id}...`);
        const made = { ...writeModel(folder, id), url: await page.serve(join(folder, id)) };
        written.set(id, made);
        return made;
      };
      const bench: Bench = { page, rounds: Number(values.rounds), model, app: app.get };
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
