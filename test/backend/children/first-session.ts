/** @file Computes with the native engine, in a thread or with two workers, as the argument says, and prints the result. */
import { isMainThread, SHARE_ENV, Worker, workerData } from 'node:worker_threads';

const how = isMainThread ? process.argv[2] : (workerData as string);
if (isMainThread && how?.startsWith('worker')) {
  if (how === 'worker, main has loaded it') await import('../../../src/node.ts');
  // A thread of its own needs to know TypeScript, too.
  const code = `import('tsx/esm/api').then(({ register }) => { register(); return import('${import.meta.url}'); })`;
  const worker = new Worker(code, {
    eval: true,
    workerData: how,
    ...(how === 'worker, shared environment' ? { env: SHARE_ENV } : {}),
  });
  worker.on('error', (error) => console.log(`${error.name}: ${error.message}`));
} else {
  const { nodeBackend } = await import('../../../src/node.ts');
  const { input, mul } = await import('../../../src/graph/build.ts');
  const { graph } = await import('../../../src/graph/node.ts');
  const x = input(graph(), 'x', [2]);
  const program = await nodeBackend(how === 'pool' ? { threads: 2, workers: 2 } : { threads: 1 }).compile({
    y: mul(x, x),
  });
  console.log((await program.run({ x: Float32Array.of(3, 4) })).y.join(' '));
  await program.dispose();
}
