// `npm start`: installs what lacks, builds what is stale, serves the app to this machine and opens it.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ensureBuild } from "./build.mjs";
import { ensurePackages, requireNode } from "./packages.mjs";
import { serve } from "./serve.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
requireNode();
ensurePackages(root);
console.log("Building where something changed...");
if (!ensureBuild(root)) {
  console.error("The app could not be built; the message above says where.");
  process.exit(1);
}
const { url } = await serve(`${root}dist`, Number(process.env.PORT ?? 4173));
console.log(`\nAttention Explorer is at ${url}\nStop it with Ctrl+C.`);

const noDisplay = process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
if (!process.env.CI && !noDisplay && !process.argv.includes("--no-open")) {
  const opener = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] }[process.platform] ?? ["xdg-open"];
  const [command, ...args] = [...opener, url];
  spawn(command, args, { stdio: "ignore", detached: true })
    .on("error", () => console.log("Open that address in a browser."))
    .unref();
}
