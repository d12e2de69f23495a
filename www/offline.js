// Keeps one build of the page for when there is no network. All files of a build are fetched together or not at all,
// and every file is answered from one build: builds are never mixed. A new build waits until a person asks for it.

// `cargo xtask seal` writes both after each build.
const BUILD = "SEAL-BUILD";
const FILES = ["SEAL-FILES"];

const CACHE = `gatewright-${BUILD}`;
const PAGE = new URL("./", self.location);

self.addEventListener("install", (event) => {
  // `reload` goes past the browser's own cache, which may hold files of another build.
  const requests = FILES.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith("gatewright-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("message", ({ data }) => {
  if (data === "use") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith(answer(request));
});

async function answer(request) {
  const cache = await caches.open(CACHE);
  const wanted = new URL(request.url).pathname === PAGE.pathname + "index.html" ? PAGE : request;
  return (await cache.match(wanted, { ignoreSearch: true })) ?? fetch(request);
}
