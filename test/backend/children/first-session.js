// @ts-check
/**
 * @file Computes with the native engine of the built package, in a thread or with two workers, as the argument says, and prints the
 * result. It is JavaScript, as its threads are, which Node runs as it is.
 */
import { isMainThread, SHARE_ENV, Worker, workerData } from 'node:worker_threads';

/** @type {string | undefined} */
const how = isMainThread ? process.argv[2] : /** @type {string} */ (workerData);
if (isMainThread && how?.startsWith('worker')) {
  if (how === 'worker, main has loaded it') await import('scorefield/node');
  const worker = new Worker(new URL(import.meta.url), {
    workerData: how,
    ...(how === 'worker, shared environment' ? { env: SHARE_ENV } : {}),
  });
  worker.on('error', (error) => console.log(`${error.name}: ${error.message}`));
} else {
  const { nodeBackend } = await import('scorefield/node');
  const { empty, input, mul } = await import('scorefield/graph');
  const x = input(empty(), 'x', [2]);
  const program = await nodeBackend(how === 'pool' ? { threads: 2, workers: 2 } : { threads: 1 }).compile({
    y: mul(x, x),
  });
  console.log((await program.run({ x: Float32Array.of(3, 4) })).y.join(' '));
  await program.dispose();
}
