// Writes the views without the engine as one HTML file that works anywhere: `dist/viewer.html`, and beside the Python
// package, which puts traces into it.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const places = ["dist/viewer.html", "notebook/attention_explorer/viewer.html"].map((path) => join(root, path));

/** The views' code and styles, each in one piece. */
async function bundle() {
  const result = await build({
    root,
    configFile: false,
    logLevel: "warn",
    plugins: [react()],
    define: { "process.env.NODE_ENV": JSON.stringify("production"), "import.meta.env.BASE_URL": '"./"' },
    build: {
      target: "es2022",
      write: false,
      cssCodeSplit: false,
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      lib: { entry: join(root, "src/viewer/main.tsx"), formats: ["iife"], name: "viewer", fileName: "viewer" },
    },
  });
  const { output } = Array.isArray(result) ? result[0] : result;
  const code = output.find((part) => part.type === "chunk");
  const style = output.find((part) => part.type === "asset" && part.fileName.endsWith(".css"));
  const more = output.filter((part) => part !== code && part !== style).map((part) => part.fileName);
  if (!code || !style || more.length > 0)
    throw new Error(`not one piece of each: ${more.join(", ") || "one is missing"}`);
  return { code: code.code, style: String(style.source) };
}

const packed = (text) => gzipSync(text, { level: 9 }).toString("base64");

const { code, style } = await bundle();
const page = readFileSync(join(root, "src/viewer/page.html"), "utf8")
  .replace("%style%", () => packed(style))
  .replace("%code%", () => packed(code));
mkdirSync(join(root, "dist"), { recursive: true });
writeFileSync(places[0], page);
copyFileSync(places[0], places[1]);
console.log(`viewer.html: ${Math.round(page.length / 1000)} kB`);
