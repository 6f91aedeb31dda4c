/** @file What holds of every group. */
import { expect, it } from 'vitest';
import type { Group } from '../../src/base/group.ts';

/** @param make - all members of a new group */
export function groupLaws(make: () => Promise<readonly Group[]>): void {
  it('numbers its members', async () => {
    const members = await make();
    expect(members.map(({ rank }) => rank)).toEqual(members.map((_, i) => i));
    for (const { size } of members) expect(size).toBe(members.length);
  });

  it('adds up, gives what one has, and waits, again and again', async () => {
    const members = await make();
    const size = members.length;
    const order: string[] = [];
    await Promise.all(
      members.map(async (member) => {
        const { rank } = member;
        for (let round = 1; round <= 3; round++) {
          const values = Float32Array.of(rank, 1, round);
          await member.sum(values);
          expect([...values]).toEqual([(size * (size - 1)) / 2, size, round * size]);
          const given = Float32Array.of(rank);
          await member.broadcast(given, size - 1);
          expect([...given]).toEqual([size - 1]);
          const first = Float32Array.of(rank + 7);
          await member.broadcast(first);
          expect([...first]).toEqual([7]);
          order.push(`before ${round}`);
          await member.barrier();
          order.push(`after ${round}`);
        }
        await member.close();
      }),
    );
    for (let round = 1; round <= 3; round++)
      expect(order.lastIndexOf(`before ${round}`)).toBeLessThan(order.indexOf(`after ${round}`));
  });
}
