import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const read = (file) => JSON.parse(readFileSync(file, "utf8"));

/** Whether every package that the lock file asks for on any machine is there in its version. */
function complete(root) {
  const installed = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installed)) return false;
  const there = read(installed).packages;
  return Object.entries(read(join(root, "package-lock.json")).packages).every(
    ([path, { version, optional, link, devOptional }]) =>
      path === "" || optional || devOptional || link || there[path]?.version === version,
  );
}

/** npm as it was called, or as it is on the path. */
function npm(root, ...args) {
  const own = process.env.npm_execpath;
  const [command, before] = own?.endsWith(".js") ? [process.execPath, [own]] : ["npm", []];
  return spawnSync(command, [...before, ...args], {
    cwd: root,
    stdio: "inherit",
    shell: command === "npm" && process.platform === "win32",
  });
}

/** Installs the packages where they lack or are of other versions. Asks nothing of the network otherwise. */
export function ensurePackages(root) {
  if (complete(root)) return;
  console.log("Installing packages (once)...");
  for (const command of ["ci", "install"])
    if (npm(root, command, "--no-audit", "--no-fund", "--ignore-scripts").status === 0) return;
  console.error("The packages could not be installed. Is there a network? Then try again.");
  process.exit(1);
}

/** Says so and stops where Node is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Node ${process.versions.node} is too old: 20.19 or newer is needed (https://nodejs.org).`);
  process.exit(1);
}
