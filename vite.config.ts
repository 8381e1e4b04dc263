import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, type Plugin } from "vite";
import { defineConfig } from "vitest/config";
// With these a page may share memory between threads. `require-corp` and not `credentialless`: nothing here comes from
// elsewhere without CORS, and Safari has only this one. The last lets isolated pages embed this one.
import isolationHeaders from "./scripts/headers.json" with { type: "json" };
import { offline } from "./scripts/offline.ts";
import { shippedModels } from "./scripts/shipped-models.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const transformers = here("node_modules/@xenova/transformers/src/");

/** Of the hub package only the file access is taken, from its sources: the package as a whole brings its own runtime. */
const hubAccess = {
  "@xenova/transformers/env": `${transformers}env.js`,
  "@xenova/transformers/hub": `${transformers}utils/hub.js`,
  "@xenova/transformers/metadata": `${transformers}utils/model_registry/get_file_metadata.js`,
};

/** Of ONNX Runtime the builds are taken that fetch their two files by address. */
export const resolve = {
  alias: hubAccess,
  conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions],
};

/** Those sources also read from disk under Node, and tell by empty modules that they are in a browser. */
export function withoutDisk(): Plugin {
  const empty = "\0no-disk";
  return {
    name: "without-disk",
    enforce: "pre",
    resolveId: (id, importer) => (id.startsWith("node:") && importer?.startsWith(transformers) ? empty : null),
    load: (id) => (id === empty ? "export default {}" : null),
  };
}

/** All that the page needs, and nothing by default. */
const policy = (styles: readonly string[]): string[] => [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob: data:",
  `style-src 'self' ${styles.map((hash) => `'sha256-${hash}'`).join(" ")}`,
  "font-src 'self' data:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** The built page's policy. Downloads happen in the worker, which a page's policy doesn't bind. */
const contentPolicy = (): Plugin => ({
  name: "content-policy",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler(html) {
      const styles = [...html.matchAll(/<style>([^<]*)<\/style>/g)].map(([, style]) =>
        createHash("sha256").update(style!).digest("base64"),
      );
      const content = policy(styles).join("; ");
      return [{ tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content }, injectTo: "head-prepend" }];
    },
  },
});

/** What the page will ask for in any case, so that it needn't find out first: fonts, its script, the example. */
const preloads = (): Plugin => ({
  name: "preloads",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle = {} }) => {
      const link = (href: string, attrs: Record<string, string>) => ({
        tag: "link",
        attrs: { ...attrs, crossorigin: true, href: `./${href}` },
        injectTo: "head" as const,
      });
      const files = Object.values(bundle);
      const script = files.filter((file) => file.type === "chunk" && file.facadeModuleId === here("src/main.tsx"));
      const fonts = files.filter(({ fileName }) => /-latin-wght-normal-[^/]*\.woff2$/.test(fileName));
      return [
        ...script.map(({ fileName }) => link(fileName, { rel: "modulepreload" })),
        ...fonts.map(({ fileName }) => link(fileName, { rel: "preload", as: "font", type: "font/woff2" })),
        ...["models/index.json", "example.json", "example.bin"].map((name) =>
          link(name, { rel: "preload", as: "fetch" }),
        ),
      ];
    },
  },
});

export default defineConfig({
  base: "./",
  plugins: [
    withoutDisk(),
    react(),
    contentPolicy(),
    preloads(),
    shippedModels(here("models")),
    offline(here("src/offline/service-worker.ts"), here("public")),
  ],
  resolve,
  worker: { format: "es", plugins: () => [withoutDisk()] },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { headers: isolationHeaders, watch: { ignored: ["**/models/training/**"] } },
  preview: { headers: isolationHeaders },
  optimizeDeps: { exclude: ["onnxruntime-web", "@xenova/transformers"] },
  test: {
    include: ["src/**/*.test.{ts,tsx}", "scripts/**/*.test.ts", "e2e/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/.cache/**"],
    server: { deps: { inline: [/@xenova\/transformers/] } },
  },
});
