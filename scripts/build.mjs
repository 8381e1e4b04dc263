import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What the build is made of. */
const sources = [
  "src",
  "public",
  "models",
  "scripts",
  "index.html",
  "vite.config.ts",
  "tsconfig.json",
  "package-lock.json",
];

function* filesUnder(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isFile()) yield `${path} ${stat.size} ${stat.mtimeMs}`;
  else if (!path.endsWith(join("models", "training")))
    for (const name of readdirSync(path).sort()) yield* filesUnder(join(path, name));
}

/** A name for the state of everything that the build is made of. */
function stateOf(root) {
  const hash = createHash("sha256");
  for (const source of sources) for (const line of filesUnder(join(root, source))) hash.update(`${line}\n`);
  return hash.digest("hex");
}

/** Builds the app into `dist/` where it is older than its sources. Returns whether it is there. */
export function ensureBuild(root) {
  const stamp = join(root, ".cache/build");
  const state = stateOf(root);
  const built = existsSync(join(root, "dist/index.html")) && existsSync(stamp) && readFileSync(stamp, "utf8") === state;
  if (built) return true;
  const steps = [
    [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"],
    [join(root, "scripts/viewer.mjs")],
  ];
  for (const step of steps)
    if (spawnSync(process.execPath, step, { cwd: root, stdio: "inherit" }).status !== 0) return false;
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, state);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(ensureBuild(process.cwd()) ? 0 : 1);
