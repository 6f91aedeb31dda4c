// @ts-check
/**
 * @file The sessions of a thread: it makes, runs and releases what `session-pool` asks for, one after another. It is JavaScript,
 * since Node begins threads with files that it can run itself.
 */
import { parentPort } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** @typedef {import('./session-pool.ts').PoolTask} Task */

/** @type {Map<number, InferenceSession>} */
const sessions = new Map();

/** @param {number} id */
function known(id) {
  const session = sessions.get(id);
  if (session === undefined) throw new Error(`no session ${id}`);
  return session;
}

/**
 * @param {Task} task
 * @returns {Promise<Record<string, import('./session-pool.ts').Value>>}
 */
async function answer(task) {
  switch (task.kind) {
    case 'make': {
      // One call for each of the two types that ONNX Runtime takes a model as.
      const { model, options } = task;
      const made =
        typeof model === 'string' ? InferenceSession.create(model, options) : InferenceSession.create(model, options);
      sessions.set(task.session, await made);
      return {};
    }
    case 'run': {
      /** @type {Record<string, Tensor>} */
      const feeds = {};
      for (const [name, { data, dims }] of Object.entries(task.feeds)) {
        // ONNX Runtime takes no shared memory.
        const own = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
        feeds[name] = new Tensor('float32', own, dims);
      }
      const results = await known(task.session).run(feeds);
      return Object.fromEntries(
        Object.entries(results).map(([name, { data, dims }]) => [
          name,
          { data: /** @type {Float32Array} */ (data), dims },
        ]),
      );
    }
    case 'release':
      await known(task.session).release();
      sessions.delete(task.session);
      return {};
  }
}

let last = Promise.resolve();
parentPort?.on('message', (/** @type {{ id: number, task: Task }} */ { id, task }) => {
  last = last.then(async () => {
    try {
      parentPort?.postMessage({ id, values: await answer(task) });
    } catch (error) {
      parentPort?.postMessage({ id, problem: error instanceof Error ? error.message : String(error) });
    }
  });
});
