import { fail } from "../failure";
import type { PickedFile } from "../protocol";
import { readStream } from "./download";
import type { Folder } from "./folder";

/** What systems leave beside files. */
const litter = /(^|\/)(\._|\.DS_Store|Thumbs\.db|__MACOSX\/)/;

/** Files and folders that were dropped on the page or picked. */
export function pickedFolder(files: readonly PickedFile[], signal: AbortSignal): Folder {
  const byPath = new Map(
    files.map(({ path, file }) => [path.replace(/^\/+/, ""), file] as const).filter(([path]) => !litter.test(path)),
  );
  const paths = [...byPath.keys()];
  const top = paths[0]?.split("/")[0] ?? "";
  const name =
    paths.length > 0 && paths.every((path) => path.startsWith(`${top}/`))
      ? top
      : (paths.find((p) => p.endsWith(".onnx")) ?? top);
  return {
    name: name || "nothing",
    list: async () => new Map(Array.from(byPath, ([path, { size }]) => [path, size])),
    find: async (path) => (byPath.has(path) ? { bytes: byPath.get(path)!.size } : null),
    async read(path, onBytes) {
      const file = byPath.get(path);
      if (!file) return null;
      signal.throwIfAborted();
      try {
        return await readStream(file.stream(), file.size, (done, total) => {
          signal.throwIfAborted();
          onBytes(done, total);
        });
      } catch (error) {
        if (error instanceof DOMException && (error.name === "NotReadableError" || error.name === "NotFoundError"))
          throw fail("missing-file", `cannot read: ${path} (it was moved, changed or is not readable)`);
        throw error;
      }
    },
  };
}
