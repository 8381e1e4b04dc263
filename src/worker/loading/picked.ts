import { fail } from "../failure";
import type { PickedFile } from "../protocol";
import { readStream } from "./download";
import type { Folder } from "./folder";
import { meant, pickedName } from "./picked-name";

/** Files and folders that were dropped on the page or picked. */
export function pickedFolder(files: readonly PickedFile[], signal: AbortSignal): Folder {
  const byPath = meant(files);
  return {
    name: pickedName(files),
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
