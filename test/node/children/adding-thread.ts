/** @file A thread of a group that adds up, gives and waits, and says what it has then. */
import { parentPort, workerData } from 'node:worker_threads';
import { foldIn, key } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { threadGroup, type GroupMemory } from '../../../src/node/threads/thread-group.ts';

const { memory, rank, lengths, wrong } = workerData as {
  memory: GroupMemory;
  rank: number;
  lengths: readonly number[];
  wrong: number;
};
const group = threadGroup(memory, rank, { patience: 30 });
const sums: Float32Array[] = [];
for (const [i, length] of lengths.entries()) {
  const values = Float32Array.from(normal(foldIn(foldIn(key(i), 'vector'), rank), length));
  await group.sum(values);
  sums.push(values);
  const given = Float32Array.of(rank, i);
  await group.broadcast(given, group.size - 1);
  sums.push(given);
}
const refused = await group.sum(new Float32Array(rank === wrong ? 2 : 3)).then(
  () => '',
  (error: unknown) => String(error),
);
await group.close();
parentPort?.postMessage({ sums, refused });
