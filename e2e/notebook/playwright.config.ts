import { defineConfig } from "@playwright/test";
import { browserFlags } from "../../scripts/browser.mjs";

/** JupyterLab, driven as a person does; `npm run test:notebook` starts it with the Python that has it. */
export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/notebook",
  timeout: 240_000,
  expect: { timeout: 90_000 },
  workers: 1,
  reporter: [["list"], ["json", { outputFile: "../../.cache/notebook.json" }]],
  use: {
    trace: "retain-on-failure",
    viewport: { width: 1280, height: 1000 },
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      args: [...browserFlags, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
    },
  },
});
