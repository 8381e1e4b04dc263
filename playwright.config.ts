import { createServer } from "node:net";
import { defineConfig } from "@playwright/test";
import { browserFlags, findBrowser, softwareGpuFlags } from "./scripts/browser.mjs";

/** A port that is free now. */
const freePort = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(String(typeof address === "object" && address ? address.port : 0)));
    });
  });

// Chosen once: the processes that run the tests read this file too, and inherit these.
process.env.APP_PORT ??= await freePort();
process.env.WORKER_PAGE_PORT ??= await freePort();
process.env.CHROMIUM ??= (await findBrowser()) ?? "";

const app = `http://127.0.0.1:${process.env.APP_PORT}/`;
const workerPage = `http://127.0.0.1:${process.env.WORKER_PAGE_PORT}/`;
const launchOptions = { executablePath: process.env.CHROMIUM, args: browserFlags };
/** No name is resolved: what a page asks of anyone but this machine fails. */
const cutOff = {
  ...launchOptions,
  args: [...browserFlags, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"],
};
const withGpu = { ...launchOptions, args: [...browserFlags, ...softwareGpuFlags] };

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  snapshotPathTemplate: "e2e/screens/{arg}{ext}",
  timeout: 300_000,
  expect: { timeout: 90_000 }, // starting a runtime takes a busy machine its time
  forbidOnly: Boolean(process.env.CI),
  workers: 2,
  reporter: [["list"], ["json", { outputFile: ".cache/e2e.json" }]],
  use: { trace: "retain-on-failure" },
  projects: [
    { name: "worker", testMatch: /worker\.spec\.ts/, use: { baseURL: workerPage, launchOptions } },
    { name: "webgpu", testMatch: /webgpu\.spec\.ts/, use: { baseURL: workerPage, launchOptions: withGpu } },
    {
      name: "app",
      testIgnore: [/(worker|webgpu)\.spec\.ts/, "notebook/**"],
      // What goes through a service worker is out of a test's hands; only the stories about it let it in.
      use: { baseURL: app, launchOptions: cutOff, viewport: { width: 1440, height: 900 }, serviceWorkers: "block" },
    },
  ],
  webServer: [
    {
      command: `node scripts/build.mjs && node scripts/serve.mjs dist ${process.env.APP_PORT}`,
      url: app,
      timeout: 180_000,
    },
    {
      command: `node node_modules/vite/bin/vite.js build --logLevel warn -c e2e/worker-page/vite.config.ts && node scripts/serve.mjs .cache/worker-page ${process.env.WORKER_PAGE_PORT}`,
      url: workerPage,
      timeout: 180_000,
    },
  ],
});
