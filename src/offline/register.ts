import type { Workspace } from "../store/store";
import type { Keep } from "./service-worker";

/** A page in a frame, in a sandbox or without https has no service worker, and the development server has none to give. */
const possible = (): boolean =>
  !import.meta.env.DEV && window.parent === window && self.origin !== "null" && "serviceWorker" in navigator;

/** Resolves once a service worker answers for this page. */
async function register(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register(new URL("sw.js", document.baseURI));
  return navigator.serviceWorker.ready;
}

/** The newest worker, once it is the one that answers. */
async function activated({ installing, waiting, active }: ServiceWorkerRegistration): Promise<ServiceWorker> {
  const newest = installing ?? waiting ?? active;
  if (!newest) throw new Error("no service worker came");
  await new Promise<void>((resolve, reject) => {
    const check = () => {
      if (newest.state === "activated") resolve();
      else if (newest.state === "redundant") reject(new Error("the service worker was given up"));
    };
    newest.addEventListener("statechange", check);
    check();
  });
  return newest;
}

/**
 * Keeps the page with all that it ships, so that it opens without a network next time. Fetches in the background what wasn't needed
 * yet, unless the visitor asked for little data.
 *
 * @param device what the model runs on here, which decides which runtime is kept
 * @throws Error where the browser or the server doesn't give it
 */
async function keep(device: "webgpu" | "wasm" | undefined): Promise<void> {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } };
  if (connection?.saveData) return;
  const registration = await register();
  try {
    await registration.update();
  } catch (error) {
    if (navigator.serviceWorker.controller) return; // nobody answers, and what is kept did
    throw error;
  }
  const worker = await activated(registration);
  const gpu = "Suspending" in WebAssembly ? "jspi" : "asyncify";
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<string | null>((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
  });
  worker.postMessage({ keep: device === "webgpu" ? gpu : null } satisfies Keep, [port2]);
  const failure = await answer;
  if (failure !== null) throw new Error(failure);
}

const LOADED = "loaded for threads";

/**
 * Loads the page once more by its service worker, which adds the headers that threads need, for servers that can't send them.
 * Returns why that can't be; null where the page is isolated or on its way.
 */
async function isolate(): Promise<string | null> {
  if (crossOriginIsolated) {
    sessionStorage.removeItem(LOADED);
    return null;
  }
  if (!possible()) return "This page has no service worker, so it can't be isolated, and WASM has one thread.";
  if (sessionStorage.getItem(LOADED)) return "This browser doesn't isolate the page, so WASM has one thread.";
  await register();
  sessionStorage.setItem(LOADED, "1");
  location.reload();
  return null;
}

/**
 * The page's service worker, once what was `started` has run or failed: nothing competes with the first result. With `?threads` in
 * the page's address it is asked for isolation at once.
 */
export async function startOffline({ store, actions }: Workspace, started: Promise<void>): Promise<void> {
  try {
    const why = new URLSearchParams(location.search).has("threads") ? await isolate() : null;
    if (why) actions.notify(why);
    await started;
    if (possible()) await keep(store.getState().model?.device);
  } catch (error) {
    const { name, message } = error as Error;
    // Whoever forbids storage to this page knows it.
    if (name !== "SecurityError") actions.notify(`This page couldn't be kept for use without a network: ${message}`);
  }
}
