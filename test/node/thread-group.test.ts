/** @file Groups of threads: those of one thread by the laws of all groups, and real ones by their bits. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { sumInOrder } from '../../src/base/group.ts';
import { foldIn, key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { packageThread } from '../../src/data/package-thread.ts';
import { groupMemory, markFailed, threadGroup } from '../../src/node/threads/thread-group.ts';
import { groupLaws } from '../base/group-laws.ts';

const patience = 10;

describe('members of a group that share memory', () => {
  groupLaws(() => {
    const memory = groupMemory(2);
    return Promise.resolve([0, 1].map((rank) => threadGroup(memory, rank, { patience })));
  });

  it('add up in the order of ranks, bit for bit, whatever the length, and refuse vectors of different lengths', async () => {
    const size = 3;
    const memory = groupMemory(size);
    // Nothing, less than a number for each, and more than one chunk.
    const lengths = [0, 2, 1000, 2 ** 20 + 5];
    const answers = await Promise.all(
      Array.from({ length: size }, async (_, rank) => {
        const thread = packageThread(import.meta.url, './children/adding-thread', { memory, rank, lengths, wrong: 1 });
        const [answer] = (await once(thread, 'message')) as [{ sums: Float32Array[]; refused: string }];
        return answer;
      }),
    );
    const expected = lengths.flatMap((length, i) => {
      const own = Array.from({ length: size }, (_, rank) =>
        Float32Array.from(normal(foldIn(foldIn(key(i), 'vector'), rank), length)),
      );
      return [sumInOrder(own), Float32Array.of(size - 1, i)];
    });
    for (const { sums, refused } of answers) {
      sums.forEach((sum, i) =>
        expect(Buffer.compare(Buffer.from(sum.buffer), Buffer.from(expected[i]!.buffer))).toBe(0),
      );
      expect(refused).toBe('ShapeError: expected vectors of one length from all members of a group, got 3, 2, 3');
    }
  });

  it('say who does not come, and end at once where one has failed', async () => {
    const memory = groupMemory(4);
    const third = threadGroup(memory, 2, { patience: 0.1 });
    const seconds: number[] = [];
    const late = threadGroup(memory, 0, { patience: 0.1, onLate: (so) => seconds.push(so) });
    const [one, other] = await Promise.allSettled([late.barrier(), third.barrier()]);
    for (const { status, reason } of [one, other] as PromiseRejectedResult[])
      expect([status, String(reason)]).toEqual([
        'rejected',
        'GroupError: thread 1, 3 of 4 has not answered for 0.1 s; go on with --resume',
      ]);
    expect(seconds.length).toBeGreaterThan(0);
    markFailed(memory);
    await expect(third.barrier()).rejects.toThrow('a thread of this training has failed');
    const pair = groupMemory(2);
    markFailed(pair);
    const known = threadGroup(pair, 0, { patience: 9, fault: () => new RangeError('what is known of it') });
    await expect(known.barrier()).rejects.toThrow('what is known of it');
  });
});
