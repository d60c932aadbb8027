/**
 * The officer's page kept on the phone: opened without a network it is there all the same.
 *
 * The page puts itself and what it loaded into a cache; `officer_sw.js` answers from it. No answer
 * of the API is ever in it.
 */

const CACHE = 'nonsite-officer';

/** Keep the page as it is now, and nothing older. Does nothing on plain http: no worker there. */
export async function keepShell(): Promise<void> {
  const worker = (navigator as Partial<Navigator>).serviceWorker;
  if (worker === undefined) return;
  await worker.register('/officer_sw.js', { scope: '/officer' });
  const loaded = performance
    .getEntriesByType('resource')
    .map((entry) => new URL(entry.name))
    .filter((url) => url.origin === window.location.origin && url.pathname.startsWith('/assets/'))
    .map((url) => url.pathname);
  const wanted = new Set(['/officer', ...loaded]);
  const cache = await caches.open(CACHE);
  await cache.addAll([...wanted]);
  for (const held of await cache.keys()) {
    if (!wanted.has(new URL(held.url).pathname)) await cache.delete(held);
  }
}
