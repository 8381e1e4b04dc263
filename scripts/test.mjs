// `npm test`: everything that must hold, with one last line `N passed, N failed`.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBrowser } from "./browser.mjs";
import { ensureBuild } from "./build.mjs";
import { ensurePackages, requireNode } from "./packages.mjs";
import { findPython } from "./python.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
requireNode();
ensurePackages(root);
mkdirSync(".cache", { recursive: true });

const rows = [];
const bin = (path) => [process.execPath, join("node_modules", path)];

/** Commands that are under way: what one prints is shown as it comes, what several print when each is done. */
let running = 0;

/** Runs a command, shows what it prints, and gives its status and the end of its output. */
async function run([command, ...args], env = {}) {
  const title = `\n> ${[command === process.execPath ? "node" : command, ...args].join(" ")}\n`;
  running++;
  await new Promise(setImmediate); // until all that run together have begun
  const alone = running === 1;
  if (alone) process.stdout.write(title);
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const kept = [];
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ])
      from.on("data", (chunk) => {
        if (alone) to.write(chunk);
        else kept.push(chunk);
        if (from === child.stdout) output = (output + chunk).slice(-4000);
      });
    const end = (result) => {
      running--;
      if (!alone) process.stdout.write(title + Buffer.concat(kept));
      resolve(result);
    };
    child.on("error", (error) => end({ status: 1, output: error.message }));
    child.on("close", (status) => end({ status: status ?? 1, output }));
  });
}

/** A step that passes or fails as a whole. */
async function step(name, command) {
  const { status } = await run(command);
  rows.push({ name, passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 });
  return status === 0;
}

/** A step that counts for itself. One that fails without a failed test, or counts none, has failed nevertheless. */
async function counted(name, command, count, env) {
  const { status, output } = await run(command, env);
  const { passed, failed, skipped = 0 } = count(output) ?? { passed: 0, failed: 0 };
  const broken = (status !== 0 && failed === 0) || passed + failed === 0;
  rows.push({ name, passed, failed: failed + (broken ? 1 : 0), skipped });
}

const lastLine = (output) => {
  const found = [...output.matchAll(/^(\d+) passed, (\d+) failed/gm)].at(-1);
  return found && { passed: Number(found[1]), failed: Number(found[2]) };
};
const report = (file, read) => () => (existsSync(file) ? read(JSON.parse(readFileSync(file, "utf8"))) : null);

await Promise.all([
  step("types", [...bin("typescript/bin/tsc"), "-p", "tsconfig.json"]),
  step("types of the pure layers", [...bin("typescript/bin/tsc"), "-p", "tsconfig.pure.json"]),
  step("lint, format, layers", [...bin("@biomejs/biome/bin/biome"), "check", "--error-on-warnings"]),
]);

const unit = ".cache/unit.json";
rmSync(unit, { force: true });
await counted(
  "unit tests",
  [...bin("vitest/vitest.mjs"), "run", "--reporter=dot", "--reporter=json", `--outputFile.json=${unit}`],
  report(unit, (r) => ({
    passed: r.numPassedTests,
    failed: r.numFailedTests,
    skipped: r.numPendingTests + r.numTodoTests,
  })),
);

const python = findPython();
if (python) await counted("training", ["npm", "run", "--silent", "test:training"], lastLine);
else console.log("\nNo Python 3.10 or newer: the tests of models/training and notebook are left out.");

const built = ensureBuild(root);
rows.push({ name: "build", passed: built ? 1 : 0, failed: built ? 0 : 1 });

const fixtures = "e2e/fixtures/conformance";
const models = readdirSync(fixtures, { withFileTypes: true })
  .filter((e) => e.isDirectory())
  .map((e) => join(fixtures, e.name));
const command = [...bin("tsx/dist/cli.mjs"), "src/cli/conformance.ts"];
const conformance = [...command, ...models, "--expect-refusal", "t5"];
// Of the project's folders, one holds the attributions that metrics are computed from.
const metrics = [...command, join(fixtures, "bert-seqcls"), "--only", "metrics"];
// Methods and metrics are the same code over the same passes, which is what a browser can do differently.
const passes = ["--only", "tokens,forward,gradient,lrp", "--runtime", "wasm"];

const browser = await ensureBrowser();
const env = { CHROMIUM: browser ?? "" };
await Promise.all([
  counted("conformance", [...conformance, "--only", "tokens,forward,gradient,lrp,methods"], lastLine),
  counted("metrics", metrics, lastLine),
  ...(browser ? [counted("conformance in the browser", [...conformance, ...passes], lastLine, env)] : []),
]);
if (browser) {
  console.log(`\nBrowser: ${browser}`);
  const e2e = ".cache/e2e.json";
  rmSync(e2e, { force: true });
  if (built)
    await counted(
      "end to end",
      [...bin("@playwright/test/cli.js"), "test"],
      report(e2e, ({ stats }) => ({
        passed: stats.expected,
        failed: stats.unexpected + stats.flaky,
        skipped: stats.skipped,
      })),
      { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: e2e },
    );
  if (built && python) await counted("notebook", ["npm", "run", "--silent", "test:notebook"], lastLine, env);
} else {
  console.error("\nNo browser: install Chrome or Chromium, or name one in CHROMIUM; the end-to-end tests need it.");
  rows.push({ name: "browser", passed: 0, failed: 1 });
}

const sum = (key) => rows.reduce((total, row) => total + (row[key] ?? 0), 0);
console.log();
for (const { name, passed, failed, skipped } of rows)
  console.log(
    `${failed ? "✗" : "✓"} ${name.padEnd(28)} ${passed} passed${failed ? `, ${failed} failed` : ""}${skipped ? `, ${skipped} skipped` : ""}`,
  );
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
