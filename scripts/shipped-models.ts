import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Plugin } from "vite";

interface Row {
  readonly id: string;
}
interface ShippedFile {
  readonly path: string;
  readonly bytes: number;
}

/** The models that `index.json` names, each with the files in its folder, so that the page knows what it can ask for. */
function listModels(root: string): readonly (Row & { readonly files: readonly ShippedFile[] })[] {
  const index = join(root, "index.json");
  if (!existsSync(index)) return [];
  const rows = JSON.parse(readFileSync(index, "utf8")) as readonly Row[];
  return rows.map((row) => {
    const folder = join(root, row.id);
    if (!existsSync(folder)) throw new Error(`no such folder: models/${row.id}, which models/index.json names`);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({ path: relative(folder, file).split(sep).join("/"), bytes: statSync(file).size }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    return { ...row, files };
  });
}

/** Serves `models/` to the page: its index with the list of files, and the folders that the index names. */
export function shippedModels(root: string): Plugin {
  return {
    name: "shipped-models",
    configureServer(server) {
      server.middlewares.use("/models/", (request, response, next) => {
        const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname).slice(1);
        const models = listModels(root);
        if (path === "index.json") {
          response.setHeader("Content-Type", "application/json");
          response.end(JSON.stringify(models));
          return;
        }
        const file = models
          .flatMap((m) => m.files.map((f) => ({ ...f, path: `${m.id}/${f.path}` })))
          .find((f) => f.path === path);
        if (!file) return next();
        response.setHeader("Content-Length", file.bytes);
        createReadStream(join(root, file.path)).pipe(response);
      });
    },
    generateBundle() {
      const models = listModels(root);
      this.emitFile({ type: "asset", fileName: "models/index.json", source: JSON.stringify(models) });
      for (const { id, files } of models)
        for (const { path } of files)
          this.emitFile({
            type: "asset",
            fileName: `models/${id}/${path}`,
            source: readFileSync(join(root, id, path)),
          });
    },
  };
}
