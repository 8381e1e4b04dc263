// `npm run test:training`: a short run of the training recipes, in a Python environment of its own under `.cache/`.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const training = join(root, "models/training");
const requirements = readFileSync(join(training, "requirements.txt"), "utf8");
const torch = requirements.match(/^torch==\S+$/m)?.[0];
if (!torch) throw new Error("no torch==... in models/training/requirements.txt");

const python = ["python3", "python"].find((name) => {
  const { status, stdout } = spawnSync(name, ["-c", "import sys; print(*sys.version_info[:2])"], { encoding: "utf8" });
  const [major, minor] = (stdout ?? "").split(" ").map(Number);
  return status === 0 && major === 3 && minor >= 10;
});
if (!python) {
  console.error("No Python 3.10 or newer: the recipes of models/training can't be tested.");
  process.exit(1);
}

/** Runs a command in view; stops all of it where the command fails. */
function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: "inherit", ...options });
  if (status === 0) return;
  console.error(error?.message ?? `${[command, ...args].join(" ")}: status ${status}`);
  process.exit(status || 1);
}

// One environment for one list of packages: a change of the list makes another.
const cache = join(root, ".cache");
const folder = `training-${createHash("sha256").update(requirements).digest("hex").slice(0, 12)}`;
const environment = join(cache, folder);
const inside = join(environment, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const done = join(environment, "installed");
if (!existsSync(done)) {
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache))
    if (name.startsWith("training-")) rmSync(join(cache, name), { recursive: true, force: true });
  console.log("Installing the packages of models/training (once)...");
  const started = performance.now();
  run(python, ["-m", "venv", environment]);
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  run(inside, [...install, torch]); // first, and pinned after, so that no other package chooses another build of it
  run(inside, [...install, "-r", join(training, "requirements.txt")]);
  run(inside, ["-c", "open(__import__('sys').argv[1], 'w').close()", done]);
  console.log(`Installed in ${Math.round((performance.now() - started) / 1000)} s.`);
}
const { status } = spawnSync(inside, ["test_short.py"], {
  cwd: training,
  stdio: "inherit",
  env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONWARNINGS: "ignore", PYTHONIOENCODING: "utf-8" },
});
process.exitCode = status ?? 1;
