import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative, sep } from "node:path";

/** What a server may do to a download. */
export type Fault =
  | { readonly kind: "status"; readonly status: number }
  /** Says how long the file is and closes the connection after some bytes. */
  | { readonly kind: "cut"; readonly after: number }
  /** Closes the connection without an answer. */
  | { readonly kind: "reset" }
  /** Sends some bytes and then waits until the promise ends. */
  | { readonly kind: "hold"; readonly after: number; readonly until: Promise<void> };

type Files = ReadonlyMap<string, Uint8Array>;

export interface Hub {
  /** With a slash at its end. */
  readonly url: string;
  /** `METHOD path` of every request for a file. */
  readonly requests: readonly string[];
  /** The next answers for a file's content: one for each fault, then the file. */
  break(id: string, path: string, ...faults: Fault[]): void;
  close(): Promise<void>;
}

export interface HubOptions {
  /** Whether the addresses that list a repository are there; the real hub has them, simple mirrors don't. */
  readonly listing?: boolean;
}

/** The files of a folder, by their paths with forward slashes. */
export function filesOf(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(folder, path).split(sep).join("/"), readFileSync(path)]));
}

const cors = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "Range",
  "Access-Control-Expose-Headers": "ETag, Accept-Ranges, Content-Range, X-Linked-Size, X-Repo-Commit",
};

const typeOf = (path: string): string => {
  if (path.endsWith(".json")) return "application/json";
  return path.endsWith(".txt") ? "text/plain; charset=utf-8" : "application/octet-stream";
};

const write = (response: ServerResponse, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve) => response.write(bytes, () => resolve()));

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  bytes: Uint8Array,
  fault?: Fault,
) {
  if (fault?.kind === "reset") return void response.destroy();
  if (fault?.kind === "status") return void response.writeHead(fault.status, cors).end();
  const headers = {
    ...cors,
    "Content-Type": typeOf(path),
    ETag: `"${createHash("sha256").update(bytes).digest("hex")}"`,
    "Accept-Ranges": "bytes",
  };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const [start, end] = range
    ? [Number(range[1]), Math.min(Number(range[2] || bytes.length - 1), bytes.length - 1)]
    : [0, 0];
  if (range && start >= bytes.length)
    return void response.writeHead(416, { ...headers, "Content-Range": `bytes */${bytes.length}` }).end();
  const body = range ? bytes.subarray(start, end + 1) : bytes;
  response.writeHead(range ? 206 : 200, {
    ...headers,
    "Content-Length": body.length,
    ...(range && { "Content-Range": `bytes ${start}-${end}/${bytes.length}` }),
  });
  if (request.method === "HEAD") return void response.end();
  if (fault) {
    await write(response, body.subarray(0, fault.after));
    if (fault.kind === "cut") return void response.destroy();
    await fault.until;
    return void response.end(body.subarray(fault.after));
  }
  response.end(body);
}

/**
 * A server with the hub's addresses over folders or files in memory: `/{id}/resolve/{revision}/{path}`, from which
 * large files are redirected to another address as the hub does, and `/api/models/{id}/tree/{revision}`.
 */
export async function startHub(
  repositories: Readonly<Record<string, string | Files>>,
  options: HubOptions = {},
): Promise<Hub> {
  const repos = new Map(
    Object.entries(repositories).map(([id, files]) => [id, typeof files === "string" ? filesOf(files) : files]),
  );
  const faults = new Map<string, Fault[]>();
  const requests: string[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "OPTIONS") return void response.writeHead(204, cors).end();
    const tree = /^\/api\/models\/(.+)\/tree\/[^/]+$/.exec(pathname);
    const listed = tree && repos.get(tree[1]!);
    if (listed && options.listing !== false) {
      const entries = Array.from(listed, ([path, { length }]) => ({ type: "file", path, size: length }));
      return void response.writeHead(200, { ...cors, "Content-Type": "application/json" }).end(JSON.stringify(entries));
    }
    const found = /^\/(cdn\/)?(.+)\/resolve\/([^/]+)\/(.+)$/.exec(pathname);
    if (!found) return void response.writeHead(404, cors).end();
    const [, onCdn, id, , path] = found as unknown as [string, string | undefined, string, string, string];
    if (!onCdn) requests.push(`${request.method} ${id}/${path}`);
    const repo = repos.get(id);
    if (!repo) return void response.writeHead(401, cors).end(); // as the hub does where there is no such repository
    const bytes = repo.get(path);
    if (!bytes) return void response.writeHead(404, cors).end();
    const large = /\.onnx|\.bin|\.data|_data/.test(path);
    if (large && !onCdn) {
      const headers = { ...cors, Location: `/cdn${pathname}`, "X-Linked-Size": bytes.length };
      return void response.writeHead(302, headers).end();
    }
    // Not the question for a size; but a browser that goes on with a file that it has in part asks for content too.
    const content = request.method === "GET" && request.headers.range !== "bytes=0-0";
    await send(request, response, path, bytes, content ? faults.get(`${id}/${path}`)?.shift() : undefined);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    break: (id, path, ...more) => void faults.set(`${id}/${path}`, more),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
