import { readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import type { Folder } from "../explain/conformance/folder";

/** A folder on disk; its files are read when they are asked for. */
export function folderOf(path: string): Folder {
  const root = resolve(path);
  const walk = (dir: string): string[] =>
    readdirSync(dir).flatMap((name) => {
      const full = join(dir, name);
      return statSync(full).isDirectory() ? walk(full) : [relative(root, full).split(sep).join("/")];
    });
  return {
    name: basename(root),
    files: walk(root),
    read: async (file) => new Uint8Array(await readFile(join(root, file))),
  };
}
