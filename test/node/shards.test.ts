/** @file The parts of shards, and what is refused of them. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PartFacts } from '../../src/node/shards.ts';
import { isPart, mergeParts, writePart } from '../../src/node/shards.ts';
import { shardRange } from '../../src/base/shard.ts';
import { bytesOfNames } from '../../src/data/class-names.ts';
import { formatNpz } from '../../src/data/arrays/npz.ts';
import { writeAtomic } from '../../src/io/atomic.ts';
import { newFolder } from '../io/folders.ts';

const folder = newFolder();
const texts = ['a', 'bcd', 'é', 'x', 'yz'];
const whole = { samples: Float64Array.from({ length: 10 }, (_, i) => i / 7), labels: Uint8Array.of(0, 1, 0, 1, 1) };

/** The file of rows [from, to). */
function part(name: string, facts: Partial<PartFacts['of']>, index: number, rows: readonly [number, number]): string {
  const file = join(folder, name);
  const [from, to] = rows;
  const arrays = {
    samples: { shape: [to - from, 2], data: whole.samples.slice(2 * from, 2 * to) },
    labels: { shape: [to - from], data: whole.labels.slice(from, to) },
    class_names: bytesOfNames(['one', 'three']),
    texts: bytesOfNames(texts.slice(from, to)),
  };
  writePart(file, arrays, {
    of: { command: 'sample', seed: 0, ...facts },
    shard: { index, of: 2 },
    rows: { from, to, total: 5 },
  });
  return file;
}

const first = part('1.npz', {}, 1, [0, 2]);
const second = part('2.npz', {}, 2, [2, 5]);

describe('shards', () => {
  it('have each position once, as evenly as it goes', () => {
    for (const [length, of] of [
      [10, 3],
      [7, 7],
      [64, 5],
    ] as const) {
      const ranges = Array.from({ length: of }, (_, i) => shardRange(length, { index: i + 1, of }));
      expect(ranges[0]!.from).toBe(0);
      expect(ranges.at(-1)!.to).toBe(length);
      ranges.slice(1).forEach(({ from }, i) => expect(from).toBe(ranges[i]!.to));
      const sizes = ranges.map(({ from, to }) => to - from);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  it('are joined in any order to the file of one process, byte for byte', () => {
    const { arrays, parts } = mergeParts([second, first]);
    expect(parts).toBe(2);
    const expected = formatNpz({
      samples: { shape: [5, 2], data: whole.samples },
      labels: { shape: [5], data: whole.labels },
      class_names: bytesOfNames(['one', 'three']),
      texts: bytesOfNames(texts),
    });
    expect(Buffer.from(formatNpz(arrays)).equals(Buffer.from(expected))).toBe(true);
  });

  it('know what they are, so that one that is done is not done again', () => {
    const facts = { of: { command: 'sample', seed: 0 }, shard: { index: 1, of: 2 } };
    expect(isPart(first, facts)).toBe(true);
    expect(isPart(first, { ...facts, of: { command: 'sample', seed: 1 } })).toBe(false);
    expect(isPart(join(folder, 'none.npz'), facts)).toBe(false);
  });

  it('are refused where they are missing, given twice, of another computation, of other rows, or no parts', () => {
    const refused = (...files: string[]) => expect(() => mergeParts(files));
    refused(first).toThrow('expected all 2 parts of it, missing 2/2');
    refused(first, second, first).toThrow(`expected each part once, got 1/2 in ${first} too`);
    const seeded = part('seeded.npz', { seed: 1 }, 2, [2, 5]);
    refused(first, seeded).toThrow(
      `${seeded}: expected a part of the same computation as ${first}, but its seed is 1, not 0`,
    );
    const gap = part('gap.npz', {}, 2, [3, 5]);
    refused(first, gap).toThrow(`${gap}: expected rows from 2, found 3`);
    const short = part('short.npz', {}, 2, [2, 4]);
    refused(first, short).toThrow('expected 5 rows in all parts of it, found 4');
    const plain = join(folder, 'plain.npz');
    writeAtomic(plain, formatNpz({ samples: { shape: [1], data: Float64Array.of(1) } }));
    refused(first, plain).toThrow(`${plain}: expected a part that a command with --shard has written`);
  });
});
