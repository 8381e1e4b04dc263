import { env } from "@xenova/transformers/env";
import { getModelFile } from "@xenova/transformers/hub";
import { get_file_metadata } from "@xenova/transformers/metadata";
import { fail } from "../failure";
import { ExplainerError } from "../protocol";
import { request, untruncated } from "./download";
import type { Folder } from "./folder";

interface Source {
  readonly id: string;
  readonly revision?: string | undefined;
}

const isText = (path: string): boolean => /\.(json|txt)$/.test(path);

/** The hub package throws a special error with the status for what is missing, and a plain one for all else. */
function failureOf(error: unknown, id: string, path: string): Error {
  if (error instanceof ExplainerError || (error instanceof DOMException && error.name === "AbortError")) return error;
  const { name, message, status } = error as Error & { status?: number | null };
  if (name !== "ModelFileNotFoundError") return fail("network", `not served: ${path} of ${id} (${message})`);
  if (status === 401 || status === 403)
    return fail("not-found", `no such model: ${id} (the hub has none of this name, or it is private or gated)`);
  return fail("not-found", `no such file: ${path} (${id})`);
}

/** `owner/name` from what people paste: an id, or the address of a model's page. */
const idOf = (text: string): string =>
  text
    .trim()
    .replace(/^https?:\/\/[^/]+\//, "")
    .replace(/\/(tree|blob|resolve)\/.*$/, "")
    .replace(/[?#].*$/, "")
    .replace(/\/$/, "");

interface Entry {
  readonly type: string;
  readonly path: string;
  readonly size: number;
}

/**
 * A model on the hub, or on another server with the hub's addresses. Files that came whole are kept in the browser's
 * cache, so that a model opens again without a network.
 *
 * @param host where the hub is: `https://huggingface.co/`
 */
export function hubFolder(host: string, source: Source, signal: AbortSignal): Folder {
  const id = idOf(source.id);
  const revision = source.revision ?? "main";
  if (!/^([\w.-]+\/)?[\w.-]{1,96}$/.test(id))
    throw fail("bad-input", `not a hub id: ${source.id} (it looks like owner/name)`);
  env.remoteHost = host;
  env.allowLocalModels = false;
  env.useFS = false;
  env.useFSCache = false;
  env.fetch = async (url: string | URL, init?: RequestInit) =>
    untruncated(await request(url, { ...init, signal }), new URL(url).pathname.split("/").at(-1)!);

  const read: Folder["read"] = async (path, onBytes) => {
    // With a callback the package trusts the stated length, which isn't that of a text that comes compressed.
    const progress = ({ status, loaded, total }: { status: string; loaded?: number; total?: number }) => {
      if (status === "progress") onBytes(loaded!, total!);
    };
    try {
      const bytes = await getModelFile(id, path, true, {
        revision,
        ...(!isText(path) && { progress_callback: progress }),
      });
      if (typeof bytes === "string") throw new Error(`a path where bytes were asked for: ${bytes}`);
      onBytes(bytes.length, bytes.length);
      return bytes;
    } catch (error) {
      if ((error as { status?: number }).status === 404) return null;
      throw failureOf(error, id, path);
    }
  };

  return {
    name: id,
    async list() {
      try {
        const address = new URL(`api/models/${id}/tree/${encodeURIComponent(revision)}?recursive=true`, host);
        const answer = await request(address, { signal });
        if (!answer.ok) return null;
        const entries = (await answer.json()) as readonly Entry[];
        return new Map(entries.filter(({ type }) => type === "file").map(({ path, size }) => [path, size]));
      } catch (error) {
        // Without a network the cache may still have it all, and not every server lists; then each file is asked for.
        if (error instanceof ExplainerError || error instanceof SyntaxError) return null;
        throw error;
      }
    },
    async find(path) {
      try {
        const { exists, size } = await get_file_metadata(id, path, { revision });
        return exists ? { bytes: size ?? null } : null;
      } catch (error) {
        throw failureOf(error, id, path);
      }
    },
    read,
  };
}
