import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const quiet = { stdio: "ignore", timeout: 60_000 };
const runs = (command, ...args) => spawnSync(command, args, quiet).status === 0;

/** Where a Chromium or Chrome may be, the one that is asked for first. */
function* places() {
  if (process.env.CHROMIUM) yield process.env.CHROMIUM;
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"];
  const separator = process.platform === "win32" ? ";" : ":";
  for (const name of names)
    for (const folder of (process.env.PATH ?? "").split(separator))
      yield join(folder, process.platform === "win32" ? `${name}.exe` : name);
  for (const app of ["Google Chrome", "Chromium", "Microsoft Edge"])
    yield `/Applications/${app}.app/Contents/MacOS/${app}`;
  for (const folder of [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA])
    if (folder) {
      yield join(folder, "Google/Chrome/Application/chrome.exe");
      yield join(folder, "Microsoft/Edge/Application/msedge.exe");
    }
}

async function playwrights() {
  const { chromium } = await import("playwright-core");
  const path = chromium.executablePath();
  return existsSync(path) ? path : null;
}

/** The path of a Chromium that starts, or null. Windows' don't answer to --version, so there it only has to exist. */
export async function findBrowser() {
  for (const place of places())
    if (existsSync(place) && (process.platform === "win32" || runs(place, "--version"))) return place;
  return playwrights();
}

/** Installs one where there is none: Playwright's own, else Debian's package. */
async function install() {
  console.log("No Chromium or Chrome is there: fetching Playwright's...");
  const cli = join(root, "node_modules/playwright/cli.js");
  const withLibraries = process.getuid?.() === 0 ? ["--with-deps"] : [];
  spawnSync(process.execPath, [cli, "install", ...withLibraries, "chromium"], { stdio: "inherit", timeout: 600_000 });
  const own = await playwrights();
  if (own && runs(own, "--version")) return own;
  if (!existsSync("/usr/bin/apt-get")) return null;
  const before = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  console.log("Trying Debian's package...");
  const apt = (...args) => {
    const [command, ...all] = [...before, "apt-get", ...args];
    return spawnSync(command, all, { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  };
  apt("update");
  apt("install", "-y", "--no-install-recommends", "chromium");
  return findBrowser();
}

/** The path of a Chromium, installed where there was none; null where that isn't possible. */
export const ensureBrowser = async () => (await findBrowser()) ?? (await install());

/** Flags for tests: nothing is asked of the network that a test didn't ask for. */
export const browserFlags = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** WebGPU on this machine's GPU, also where there is no display; Chromium doesn't offer it on every Linux by itself. */
export const hardwareGpuFlags = [
  "--ignore-gpu-blocklist",
  "--enable-unsafe-webgpu",
  ...(process.platform === "linux"
    ? ["--enable-features=Vulkan", "--use-vulkan=native", "--use-angle=vulkan", "--disable-vulkan-surface"]
    : []),
];

/** WebGPU on the CPU, so that its results can be tested on any machine. */
export const softwareGpuFlags = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
];
