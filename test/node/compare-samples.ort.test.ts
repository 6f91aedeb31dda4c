/** @file Samples compared with data without a model, and the features that suit data. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { haveClasses } from '../../src/model/evaluation/feature-extractor.ts';
import { compareSamples, openFeatures, openRealParts } from '../../src/node.ts';

const cloud = (seed: number, count: number, shift = 0): PointSet => ({
  ...{ kind: 'points', name: 'cloud', count, dimension: 2 },
  values: normalBatch(split(key(seed), count), [2]).data.map((value) => value + shift),
});

it('distinguishes shifted samples from those that are not', async () => {
  const near = await compareSamples(cloud(1, 400), cloud(2, 1000));
  const far = await compareSamples(cloud(1, 400, 1), cloud(2, 1000), { count: 300 });
  expect([near.n, far.n]).toEqual([400, 300]);
  expect(Math.abs(near.frechetExcess.value)).toBeLessThan(4 * near.frechetExcess.standardError);
  // Both coordinates are moved by 1: a Fréchet distance of 2.
  expect(Math.abs(far.frechet.value - 2)).toBeLessThan(4 * far.frechet.standardError);
});

it('takes the test part of data for the reference', async () => {
  const { reference, real } = await openRealParts('two-moons', { shape: [2] });
  expect([reference.what, real.what]).toEqual(['of the test part of two-moons', 'of the training part of two-moons']);
  expect(reference.set).not.toEqual(real.set);
  await expect(openRealParts('two-moons', { shape: [3] })).rejects.toThrow('data: expected samples [3], got [2]');
});

it('compares by the shipped classifier of the data, by the points themselves, or by random features', async () => {
  const seen = await openFeatures('fashion-mnist', [1, 28, 28]);
  expect(haveClasses(seen) && seen.trained.name).toBe('fashion-mnist-features');
  expect(await openFeatures('fashion-mnist', [1, 14, 14])).toBe('random');
  expect(await openFeatures('two-moons', [2])).toBe('points');
});

it('takes the shipped classifier also where a run has the name of a shipped model', async () => {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'named-'));
  mkdirSync(join(folder, 'digits'));
  writeFileSync(join(folder, 'digits', 'config.json'), '{}');
  try {
    process.chdir(folder);
    const seen = await openFeatures('fashion-mnist', [1, 28, 28]);
    expect(haveClasses(seen) && seen.trained.name).toBe('fashion-mnist-features');
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});
