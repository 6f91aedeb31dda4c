/** @file Threads that begin with a module of this package, in its bundle and from its source. */
import { Worker } from 'node:worker_threads';
import { threadFlags } from '../base/thread-flags.ts';

/**
 * Begins a thread. Node begins one with JavaScript; where the package runs as TypeScript, tsx translates that of the thread.
 * @param from - `import.meta.url` of the caller
 * @param name - path of the module from there in the source, without its ending; in the bundle it lies beside the caller by its file name
 * @param workerData - what the thread reads as `workerData`
 */
export function packageThread(from: string, name: string, workerData?: object): Worker {
  if (!from.endsWith('.ts')) return new Worker(new URL(`${name}.js`, from), { workerData, ...threadFlags() });
  const begin = `
    const { tsx, source } = require('node:worker_threads').workerData;
    import(tsx).then(({ register }) => { register(); return import(source); });
  `;
  const source = new URL(`${name}.ts`, from).href;
  return new Worker(begin, {
    eval: true,
    ...threadFlags(),
    workerData: { ...workerData, tsx: import.meta.resolve('tsx/esm/api'), source },
  });
}
