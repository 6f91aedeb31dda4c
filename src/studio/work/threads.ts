/** @file How many threads the engine has. */

/** Batches of pictures are faster with threads, which only isolated pages have; one core is left to the page. Points are fastest with one. */
export function pictureThreads(): number {
  return crossOriginIsolated ? Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1)) : 1;
}
