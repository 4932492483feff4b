/** Keeps the lab in the browser's cache, so that the next visit needs no network. */

/** Registers the service worker once the page has what it needs itself: the cache is filled behind its back. */
export function keepForOffline(): void {
  // The dev server has none, and a page opened as a file may have none.
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const register = () => {
    navigator.serviceWorker.register('./sw.js').catch(() => {
      // Forbidden, or served without TLS: the lab works, as long as there is a network.
    });
  };
  if (document.readyState === 'complete') register();
  else window.addEventListener('load', register, { once: true });
}
