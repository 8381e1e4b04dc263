import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type Plugin, transformWithOxc } from "vite";

/** What a page without a network has no use for. */
const needless = /^(_headers|sw\.js|screenshot\.png)$/;

const hashOf = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

function* filesUnder(folder: string): Generator<string> {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

/**
 * Writes `sw.js`: the service worker of `source` with what the build consists of, each file with its hash, so that another build is
 * another worker and only what changed is fetched anew.
 */
export function offline(source: string, publicFolder: string): Plugin {
  return {
    name: "offline",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      async handler(_, bundle) {
        const files: Record<string, string> = {};
        for (const path of filesUnder(publicFolder))
          files[relative(publicFolder, path).split(sep).join("/")] = hashOf(readFileSync(path));
        for (const file of Object.values(bundle))
          files[file.fileName] = hashOf(file.type === "chunk" ? file.code : file.source);
        const listed = Object.fromEntries(
          Object.entries(files)
            .filter(([path]) => !needless.test(path))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        );
        const { code: module } = await transformWithOxc(readFileSync(source, "utf8"), source);
        const code = module.replace(/^export \{\s*\};?$/m, ""); // it only marks types, and scripts can't have it
        if (/^(im|ex)port\b/m.test(code)) throw new Error(`not a script by itself: ${source}`);
        const place = '"%files%"';
        if (!code.includes(place)) throw new Error(`no place for the list of files: ${source}`);
        this.emitFile({ type: "asset", fileName: "sw.js", source: code.replace(place, JSON.stringify(listed)) });
      },
    },
  };
}
