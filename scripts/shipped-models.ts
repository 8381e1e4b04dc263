import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Plugin } from "vite";

interface Index {
  readonly models: readonly { readonly id: string }[];
}
interface ShippedFile {
  readonly path: string;
  readonly bytes: number;
}

/** The index with the files of each model's folder in its row, so that the page knows what it can ask for. */
function readIndex(root: string, given: Index["models"] | undefined) {
  const file = join(root, "index.json");
  const index = given
    ? { models: given }
    : existsSync(file)
      ? (JSON.parse(readFileSync(file, "utf8")) as Index)
      : { models: [] };
  const { models, ...more } = index;
  return { ...more, models: models.map((row) => ({ ...row, files: filesOf(root, row.id) })) };
}

function filesOf(root: string, id: string): readonly ShippedFile[] {
  const folder = join(root, id);
  if (!existsSync(folder)) throw new Error(`no such folder: models/${id}, which models/index.json names`);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(folder, file).split(sep).join("/"), bytes: statSync(file).size }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Serves `models/` to the page: its index with the list of files, and the folders that the index names.
 *
 * @param given rows in place of those of `index.json`
 */
export function shippedModels(root: string, given?: Index["models"]): Plugin {
  return {
    name: "shipped-models",
    configureServer(server) {
      server.middlewares.use("/models/", (request, response, next) => {
        const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname).slice(1);
        const index = readIndex(root, given);
        if (path === "index.json") {
          response.setHeader("Content-Type", "application/json");
          response.end(JSON.stringify(index));
          return;
        }
        const file = index.models
          .flatMap((m) => m.files.map((f) => ({ ...f, path: `${m.id}/${f.path}` })))
          .find((f) => f.path === path);
        if (!file) return next();
        response.setHeader("Content-Length", file.bytes);
        createReadStream(join(root, file.path)).pipe(response);
      });
    },
    generateBundle() {
      const index = readIndex(root, given);
      this.emitFile({ type: "asset", fileName: "models/index.json", source: JSON.stringify(index) });
      for (const { id, files } of index.models)
        for (const { path } of files)
          this.emitFile({
            type: "asset",
            fileName: `models/${id}/${path}`,
            source: readFileSync(join(root, id, path)),
          });
    },
  };
}
