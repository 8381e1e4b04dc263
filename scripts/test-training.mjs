// `npm run test:training`: a short run of the training recipes, in a Python environment of its own under `.cache/`.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureEnvironment, pythonSettings } from "./python.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const python = ensureEnvironment(root, "the recipes of models/training");
const { status } = spawnSync(python, ["test_short.py"], {
  cwd: join(root, "models/training"),
  stdio: "inherit",
  env: { ...process.env, ...pythonSettings },
});
process.exitCode = status ?? 1;
