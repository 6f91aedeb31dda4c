/** @file Has the browser keep the page of the site for when there is no network, unless it is asked to spare data. */

/** Begins when the page is there, so that it waits for nothing of it. */
export function keepForLater(): void {
  const { connection, serviceWorker } = navigator as Navigator & { connection?: { readonly saveData?: boolean } };
  // Only secure addresses have service workers.
  if (connection?.saveData === true || !('serviceWorker' in navigator)) return;
  const register = (): void => {
    const address = new URL('service-worker.js', document.baseURI);
    // Without it the page works as well, online.
    serviceWorker.register(address, { updateViaCache: 'none' }).catch(() => undefined);
  };
  if (document.readyState === 'complete') register();
  else addEventListener('load', register);
}
