// `npm run test:notebook`: the Python package, its example notebook, and JupyterLab as a person drives it. The Python environment
// is this project's own, under `.cache/`. Ends with `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ensureBrowser } from "./browser.mjs";
import { ensureBuild } from "./build.mjs";
import { ensurePackages, requireNode } from "./packages.mjs";
import { ensureEnvironment, pythonSettings } from "./python.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
requireNode();
ensurePackages(root);
const python = ensureEnvironment(root, "the package of notebook/");
if (!ensureBuild(root)) process.exit(1);

let passed = 0;
let failed = 0;

/** Runs a command, and counts what its report tells; one that fails, or tells of no test, has failed nevertheless. */
function counted([command, ...args], report, count, env = {}) {
  rmSync(report, { force: true });
  const all = { ...process.env, ...pythonSettings, PYTHONPATH: "notebook", ...env };
  const { status } = spawnSync(command, args, { stdio: "inherit", env: all });
  const found = existsSync(report) ? count(readFileSync(report, "utf8")) : { passed: 0, failed: 0 };
  const broken = (status !== 0 && found.failed === 0) || found.passed + found.failed === 0;
  passed += found.passed;
  failed += found.failed + (broken ? 1 : 0);
}

const junit = ".cache/notebook.xml";
counted(
  [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", `--junitxml=${junit}`, "notebook/tests"],
  junit,
  (xml) => {
    const of = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
    // The environment has all that they need, so none may be skipped.
    const bad = of("failures") + of("errors") + of("skipped");
    return { passed: of("tests") - bad, failed: bad };
  },
);

const browser = await ensureBrowser();
if (browser) {
  const json = ".cache/notebook.json";
  const playwright = [process.execPath, "node_modules/@playwright/test/cli.js", "test", "-c", "e2e/notebook"];
  const count = (text) => {
    const { stats } = JSON.parse(text);
    return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped };
  };
  counted(playwright, json, count, { CHROMIUM: browser, NOTEBOOK_PYTHON: python });
} else {
  console.error("No browser: JupyterLab can't be driven. Install Chrome or Chromium, or name one in CHROMIUM.");
  failed += 1;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
