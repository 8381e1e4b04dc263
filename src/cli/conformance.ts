import { writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { conformance, quantities, type Row } from "../explain/conformance";
import { type Checker, openBrowserRuntime } from "./browser-runtime";
import { folderOf } from "./folder";
import { createNodeSession } from "./session";

const usage = `npm run conformance -- DIR... [--only ${quantities.join(",")}] [--file NAME] [--runtime node|wasm|webgpu] [--hardware] [--expect-refusal NAME,...] [--json FILE]`;

/** Prints a row a comparison and the number that passed and failed; exits with 1 where one failed. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string" },
      file: { type: "string" },
      runtime: { type: "string", default: "node" },
      hardware: { type: "boolean", default: false },
      "expect-refusal": { type: "string" },
      json: { type: "string" },
    },
  });
  const only = values.only?.split(",") ?? quantities;
  const unknown = only.filter((q) => !quantities.includes(q));
  if (positionals.length === 0) throw new Error(`no folder; ${usage}`);
  const refused = new Set(values["expect-refusal"]?.split(",") ?? []);
  const rows: Row[] = [];
  const checker = await checkerOn(values.runtime, values.hardware);
  console.log(checker.about);
  try {
    for (const path of positionals) {
      const name = basename(resolve(path));
      // A quantity that this engine lacks is a failure of every folder, never passed over.
      for (const quantity of unknown)
        report(
          {
            model: name,
            file: "",
            quantity,
            error: null,
            limit: null,
            pass: false,
            note: "this engine has no such quantity",
          },
          rows,
        );
      const options = { only, refused: refused.has(name), ...(values.file ? { file: values.file } : {}) };
      await checker.check(path, options, (row) => report(row, rows));
    }
  } finally {
    await checker.close();
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  const failed = rows.filter((r) => !r.pass).length;
  console.log(`${rows.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || rows.length === 0 ? 1 : 0;
}

async function checkerOn(runtime: string, hardware: boolean): Promise<Checker> {
  if (hardware && runtime !== "webgpu") throw new Error(`--hardware goes with --runtime webgpu; ${usage}`);
  if (runtime === "wasm" || runtime === "webgpu")
    return openBrowserRuntime(runtime, hardware ? "hardware" : "emulated");
  if (runtime !== "node") throw new Error(`unknown runtime: ${runtime}; ${usage}`);
  return {
    about: `Node ${process.versions.node}`,
    check: async (path, options, onRow) => {
      await conformance(folderOf(path), createNodeSession, options, onRow);
    },
    close: async () => {},
  };
}

const number = (value: number | null): string => (value === null ? "-" : value === 0 ? "0" : value.toExponential(1));

function report(row: Row, rows: Row[]): void {
  rows.push(row);
  const place = `${row.model} ${row.file}`.padEnd(52);
  console.log(
    `${row.pass ? "pass" : "FAIL"}  ${place} ${row.quantity.padEnd(24)} ${number(row.error).padStart(8)} of ${number(row.limit)}${row.note ? `  ${row.note}` : ""}`,
  );
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
