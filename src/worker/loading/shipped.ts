import { fail } from "../failure";
import { takeAhead } from "./ahead";
import { readStream, request, untruncated } from "./download";
import type { Folder } from "./folder";

/** A row of the index of shipped models. */
export interface ShippedModel {
  readonly id: string;
  readonly name?: string;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** A model that is shipped with the page, under `base/<id>/`; `base/index.json` says what is there. */
export async function shippedFolder(base: string, id: string, signal: AbortSignal): Promise<Folder> {
  /** The answer that is on its way, or one that is asked for now. */
  const get = (url: URL) => request(url, { signal }, takeAhead(url));
  const index = new URL("index.json", base);
  const answer = await get(index);
  if (!answer.ok) throw fail("not-found", `no shipped models: ${index} answered ${answer.status}`);
  const { models } = (await answer.json()) as { readonly models: readonly ShippedModel[] };
  const row = models.find((r) => r.id === id);
  if (!row) throw fail("not-found", `no such shipped model: ${id} (there are ${models.map((r) => r.id).join(", ")})`);
  const listing = new Map(row.files.map(({ path, bytes }) => [path, bytes]));
  return {
    name: id,
    title: row.name,
    list: async () => listing,
    find: async (path) => (listing.has(path) ? { bytes: listing.get(path)! } : null),
    async read(path, onBytes) {
      const bytes = listing.get(path);
      if (bytes === undefined) return null;
      const url = new URL(`${id}/${path}`, base);
      const response = await get(url);
      if (!response.ok || !response.body) throw fail("network", `not served: ${url} answered ${response.status}`);
      return readStream(untruncated(response, path).body!, bytes, onBytes);
    },
  };
}
