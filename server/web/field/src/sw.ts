/**
 * The service worker: keeps the app's shell, so that it starts without a network. It never keeps data, and never answers for the
 * server. A new version is fetched beside the old one and waits until a person says so.
 */

export {};

const worker = globalThis as unknown as ServiceWorkerGlobalScope;
const VERSION = "__VERSION__";
/** The paths of the shell; the build puts them here. */
const SHELL = "__SHELL__" as unknown as string[];
const PREFIX = "cairn-shell-";
const CACHE = PREFIX + VERSION;

worker.addEventListener("install", (event) => event.waitUntil(fill()));
worker.addEventListener("activate", (event) => event.waitUntil(settle()));
worker.addEventListener("message", ({ data }) => {
  if (data === "take-over") void worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== worker.location.origin) return;
  const path = url.pathname === "/index.html" ? "/" : url.pathname;
  if (SHELL.includes(path)) event.respondWith(kept(path, event.request));
});

/** Fetches the new shell. What has not changed since the last version is not fetched again. */
async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(
    SHELL.map(async (path) => {
      // A name with a hash never means anything else: what the page has just loaded is not loaded again.
      const isFixed = path.startsWith("/assets/");
      const old = isFixed ? await caches.match(path) : undefined;
      await (old ? cache.put(path, old) : cache.add(new Request(path, { cache: isFixed ? "default" : "no-cache" })));
    }),
  );
}

async function settle(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}
