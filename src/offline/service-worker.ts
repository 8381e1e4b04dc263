/**
 * Keeps what the page consists of, so that it opens without a network after the first visit, and adds the headers that threads
 * need where a page asks for them by `?threads`. While there is a network it decides: what the build names by its content is taken
 * from what is kept, everything else is asked for again. Another build is kept beside the old one until it is there whole.
 *
 * This file stands by itself: the build writes it to `sw.js` as it is, with the list of files in it.
 */

const worker = self as unknown as ServiceWorkerGlobalScope;

/** What the build consists of: SHA-256 of each file, by its path from here. */
const files = "%files%" as unknown as Readonly<Record<string, string>>;

const scope = worker.registration.scope;
/** Pages of one server that lie in several folders keep each their own. */
const prefix = `attention-explorer ${new URL(scope).pathname} `;
const PAGE = "index.html";
/** Kept last: everything else is there. */
const WHOLE = new URL("kept-whole", scope).href;

/** Runtimes for GPUs, of which a browser takes one. */
const gpuRuntime = /ort-wasm-simd-threaded\.(\w+)-[^/]+\.(wasm|mjs)$/;

export interface Keep {
  /** The build of the runtime that this browser runs on its GPU; null where it runs on WASM alone. */
  readonly keep: "jspi" | "asyncify" | null;
}

const pathOf = (url: URL): string => url.href.slice(scope.length).replace(/[?#].*$/, "") || PAGE;
const keyOf = (path: string): string => new URL(`${path}?${files[path]}`, scope).href;
/** Named by content: never another under the same name. */
const isLasting = (path: string): boolean => path.startsWith("assets/");

async function nameOfThis(): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(files));
  return prefix + hex(await crypto.subtle.digest("SHA-256", bytes)).slice(0, 16);
}

const hex = (buffer: ArrayBuffer): string =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("message", (event) => {
  const { keep } = event.data as Keep;
  const done = keepAll(keep).then(
    () => event.ports[0]?.postMessage(null),
    (error: Error) => event.ports[0]?.postMessage(error.message),
  );
  event.waitUntil(done);
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // Parts of files are never kept: a trace is read by range, and may be larger than everything else together.
  if (request.method !== "GET" || request.headers.has("range") || !request.url.startsWith(scope)) return;
  const answered = answer(request, pathOf(url));
  const isPage = request.mode === "navigate" && url.searchParams.has("threads");
  // The script of a worker in an isolated page must be isolated too; in another page that changes nothing.
  const isolated = isPage || request.destination === "worker";
  event.respondWith(isolated ? answered.then(withIsolation) : answered);
});

/** Another build that was kept whole, if there is one. */
async function keptBefore(): Promise<Cache | null> {
  const own = await nameOfThis();
  for (const name of await caches.keys()) {
    if (!name.startsWith(prefix) || name === own) continue;
    const cache = await caches.open(name);
    if (await cache.match(WHOLE)) return cache;
  }
  return null;
}

/** What is kept of a path: without a network, the parts must be of one build, and it must be whole where one is. */
async function kept(path: string): Promise<Response | undefined> {
  const own = await caches.open(await nameOfThis());
  const whole = await own.match(WHOLE);
  const before = whole ? null : await keptBefore();
  const match = (cache: Cache) => cache.match(new URL(path, scope), { ignoreSearch: true });
  return (before && (await match(before))) ?? (await match(own));
}

async function answer(request: Request, path: string): Promise<Response> {
  if (isLasting(path)) {
    const lasting = await caches.match(new URL(path, scope), { ignoreSearch: true });
    if (lasting) return lasting;
  }
  try {
    return await fetch(request);
  } catch (error) {
    const stands = await kept(path);
    if (stands) return stands;
    throw error;
  }
}

/** Fetches what isn't kept yet, and forgets other builds once all is there and no older page may need them. */
async function keepAll(gpu: Keep["keep"]): Promise<void> {
  const name = await nameOfThis();
  const cache = await caches.open(name);
  if (!(await cache.match(WHOLE))) {
    const wanted = Object.keys(files).filter((path) => {
      const build = gpuRuntime.exec(path)?.[1];
      return build === undefined || build === gpu;
    });
    for (const path of wanted) {
      const key = keyOf(path);
      if (await cache.match(key)) continue;
      await cache.put(key, (await caches.match(key)) ?? (await fetched(path)));
    }
    await cache.put(WHOLE, new Response(name));
  }
  const pages = await worker.clients.matchAll({ type: "window" });
  if (pages.length > 1) return;
  for (const other of await caches.keys()) if (other.startsWith(prefix) && other !== name) await caches.delete(other);
}

/** A file from the network. Weights are checked: nobody serves them otherwise than they are, unless they are of another build. */
async function fetched(path: string): Promise<Response> {
  const response = await fetch(new URL(path === PAGE ? "./" : path, scope), {
    cache: isLasting(path) ? "default" : "no-cache",
  });
  if (response.status !== 200) throw new Error(`not served: ${path} (status ${response.status})`);
  if (!/\.(onnx|bin)$/.test(path)) return response;
  const bytes = await response.arrayBuffer();
  if (hex(await crypto.subtle.digest("SHA-256", bytes)) !== files[path]) throw new Error(`of another build: ${path}`);
  return new Response(bytes, { headers: response.headers });
}

function withIsolation(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  const { status, statusText } = response;
  return new Response(status === 204 || status === 304 ? null : response.body, { status, statusText, headers });
}
