/* Answers for the officer's page where the network does not; the page fills the cache itself. */
const CACHE = 'nonsite-officer';
const PATIENCE_MS = 4000;

function kept(request) {
  return caches
    .open(CACHE)
    .then((cache) => cache.match(request, { ignoreSearch: true, ignoreVary: true }));
}

/** The page of the service; the kept one when it is away or slow. */
async function page(request) {
  const fresh = fetch(request);
  const slow = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const soon = await Promise.race([fresh.catch(() => undefined), slow]);
  if (soon !== undefined && soon.status < 500) return soon;
  return (await kept('/officer')) ?? fresh;
}

/** What was built is named by its content: a kept copy is as good. */
async function built(request) {
  return (await kept(request)) ?? fetch(request);
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (new URL(request.url).pathname.startsWith('/assets/')) event.respondWith(built(request));
});
