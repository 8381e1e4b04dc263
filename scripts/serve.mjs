import { createReadStream, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

const isolation = JSON.parse(readFileSync(new URL("headers.json", import.meta.url), "utf8"));

/** @type {Record<string, string>} */
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".map": "application/json",
};

/** The file that a path stands for, or null: nothing outside the folder, and nothing that is hidden. */
function find(root, pathname) {
  let path;
  try {
    path = normalize(decodeURIComponent(pathname));
  } catch {
    return null;
  }
  if (path.includes("\0") || path.split(sep).some((part) => part.startsWith("."))) return null;
  const file = join(root, path.endsWith(sep) ? join(path, "index.html") : path);
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? { file, size: stat.size, modified: stat.mtime } : null;
}

/** [first, last] byte of a range request, null where the whole file is meant, "bad" where there are no such bytes. */
function rangeOf(header, size) {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!found || (found[1] === "" && found[2] === "")) return null;
  const first = found[1] === "" ? Math.max(0, size - Number(found[2])) : Number(found[1]);
  const last = found[1] === "" || found[2] === "" ? size - 1 : Math.min(Number(found[2]), size - 1);
  return first > last ? "bad" : [first, last];
}

function answer(root, request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  const headers = { ...isolation, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer" };
  if (request.method !== "GET" && request.method !== "HEAD")
    return response.writeHead(405, { ...headers, Allow: "GET, HEAD" }).end();
  const found = find(root, pathname);
  if (!found) return response.writeHead(404, { ...headers, "Content-Type": "text/plain" }).end("not found\n");
  const { file, size, modified } = found;
  const tag = `"${size.toString(16)}-${modified.getTime().toString(16)}"`;
  Object.assign(headers, {
    "Content-Type": types[extname(file)] ?? "application/octet-stream",
    "Accept-Ranges": "bytes",
    ETag: tag,
    // What the build names by its content never changes; the rest is asked for again.
    "Cache-Control": pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
  });
  if (request.headers["if-none-match"] === tag) return response.writeHead(304, headers).end();
  const range = rangeOf(request.headers.range, size);
  if (range === "bad") return response.writeHead(416, { ...headers, "Content-Range": `bytes */${size}` }).end();
  const [first, last] = range ?? [0, size - 1];
  if (range) headers["Content-Range"] = `bytes ${first}-${last}/${size}`;
  response.writeHead(range ? 206 : 200, { ...headers, "Content-Length": last - first + 1 });
  if (request.method === "HEAD" || size === 0) return response.end();
  createReadStream(file, { start: first, end: last })
    .on("error", () => response.destroy())
    .pipe(response);
}

/**
 * Serves a folder to this machine only, with the headers that threads need.
 *
 * @param {string} root
 * @param {number} [port] the first to try; the next free one is taken. 0 takes any.
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export function serve(root, port = 0) {
  const server = createServer((request, response) => answer(root, request, response));
  return new Promise((resolve, reject) => {
    server.on("error", (error) => {
      if (error.code !== "EADDRINUSE" || port === 0) return reject(error);
      port = port < 65535 ? port + 1 : 0;
      server.listen(port, "127.0.0.1");
    });
    server.on("listening", () => {
      const url = `http://127.0.0.1:${server.address().port}/`;
      resolve({ url, close: () => server.close() });
    });
    server.listen(port, "127.0.0.1");
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [root = "dist", port = "4173"] = process.argv.slice(2);
  const { url } = await serve(root, Number(port));
  console.log(url);
}
