import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** What the tests of the recipes and of the notebook package run with, together, so that PyTorch is there once. */
const lists = ["models/training/requirements.txt", "notebook/requirements.txt"];

/** Settings that keep a checkout as it was, and its output readable. */
export const pythonSettings = {
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONWARNINGS: "ignore",
  PYTHONIOENCODING: "utf-8",
};

/** The command of a Python 3.10 or newer, or null. */
export function findPython() {
  const fits = (name) => {
    const { status, stdout } = spawnSync(name, ["-c", "import sys; print(*sys.version_info[:2])"], {
      encoding: "utf8",
    });
    const [major, minor] = (stdout ?? "").split(" ").map(Number);
    return status === 0 && major === 3 && minor >= 10;
  };
  return ["python3", "python"].find(fits) ?? null;
}

/** Runs a command in view; stops all of it where the command fails. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (status === 0) return;
  console.error(error?.message ?? `${[command, ...args].join(" ")}: status ${status}`);
  process.exit(status || 1);
}

/**
 * The Python of an environment of this project's own under `.cache/`, which is made the first time and whenever the lists of
 * packages change. Says so and stops where there is no Python to make it with.
 *
 * @param {string} root
 * @param {string} what it is needed for, for the message
 */
export function ensureEnvironment(root, what) {
  const python = findPython();
  if (!python) {
    console.error(`No Python 3.10 or newer: ${what} can't be tested.`);
    process.exit(1);
  }
  const requirements = lists.map((list) => readFileSync(join(root, list), "utf8")).join("\n");
  const torch = requirements.match(/^torch==\S+$/m)?.[0];
  if (!torch) throw new Error(`no torch==... in ${lists[0]}`);
  const cache = join(root, ".cache");
  const folder = `python-${createHash("sha256").update(requirements).digest("hex").slice(0, 12)}`;
  const environment = join(cache, folder);
  const inside = join(environment, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const done = join(environment, "installed");
  if (existsSync(done)) return inside;
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache))
    if (/^(python|training)-/.test(name)) rmSync(join(cache, name), { recursive: true, force: true });
  console.log("Installing Python packages (once)...");
  const started = performance.now();
  run(python, ["-m", "venv", environment]);
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  run(inside, [...install, torch]); // first, and pinned after, so that no other package chooses another build of it
  run(inside, [...install, ...lists.flatMap((list) => ["-r", join(root, list)])]);
  run(inside, ["-c", "open(__import__('sys').argv[1], 'w').close()", done]);
  console.log(`Installed in ${Math.round((performance.now() - started) / 1000)} s.`);
  return inside;
}
