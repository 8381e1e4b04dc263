import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { shippedModels } from "../../scripts/shipped-models.ts";
import { resolve, withoutDisk } from "../../vite.config.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The worker as the app has it, on a page without views, with small models in place of the shipped ones. */
export default defineConfig({
  root: here("."),
  base: "./",
  plugins: [withoutDisk(), shippedModels(here("../fixtures/conformance"), [{ id: "bert-seqcls" }, { id: "gpt2" }])],
  resolve,
  worker: { format: "es", plugins: () => [withoutDisk()] },
  build: {
    outDir: here("../../.cache/worker-page"),
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 600,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
