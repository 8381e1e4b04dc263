import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** `npx vite --config e2e/gallery/vite.config.ts` draws the app over made-up attention. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [react()],
  server: { port: 5199, fs: { allow: [fileURLToPath(new URL("../..", import.meta.url))] } },
});
