import { describe, expect, it } from 'vitest';
import { localGroup, solo, sumInOrder, type Group } from '../../src/base/group.ts';
import { foldIn, key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { groupLaws } from './group-laws.ts';

describe.each([1, 2, 3, 5])('a group of %s within a thread', (size) => {
  groupLaws(() => Promise.resolve(localGroup(size)));

  it('sums in the order of ranks', async () => {
    const vectors = Array.from({ length: size }, (_, i) => Float32Array.from(normal(foldIn(key(1), i), 50)));
    const own = vectors.map((vector) => vector.slice());
    await Promise.all(localGroup(size).map((group, i) => group.sum(own[i]!)));
    for (const found of own) expect(found).toEqual(sumInOrder(vectors));
  });

  it('gives every member the error of vectors of different lengths', async () => {
    if (size === 1) return;
    const calls = localGroup(size).map((group) => group.sum(new Float32Array(group.rank === 0 ? 3 : 4)));
    for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected');
  });
});

describe('a process alone', () => {
  groupLaws(() => Promise.resolve([solo] as readonly Group[]));
});
