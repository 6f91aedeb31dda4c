/** @file The models that the package ships, by the handle: the bits of the command, classes, restored images, likelihoods. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseNpz } from '../../src/data/arrays/npz.ts';
import { openModel } from '../../src/node.ts';
import type { Model } from '../../src/model/model.ts';

const folder = mkdtempSync(join(tmpdir(), 'open-model-'));
const scorefield = join(import.meta.dirname, '../../dist/cli/main.js');
let emoji: Model;

beforeAll(async () => {
  emoji = await openModel('emoji', { threads: 1 });
});

afterAll(async () => {
  await emoji[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

it('draws what the command draws, bit for bit', async () => {
  const file = join(folder, 'a.npz');
  const options = ['sample', 'emoji', '-n', '3', '--nfe', '6', '--seed', '4', '--threads', '1', '--out', file];
  execFileSync(process.execPath, [scorefield, ...options]);
  const { samples } = await emoji.sample({ count: 3, nfe: 6, seed: 4 });
  const found = parseNpz(readFileSync(file), file).get('samples');
  expect(samples.shape).toEqual(found?.shape);
  expect(samples.data).toEqual(found?.data);
});

it('writes a picture of what it draws', async () => {
  const file = join(folder, 'faces.png');
  const { samples } = await emoji.sample({ count: 2, nfe: 4 });
  await samples.save(file);
  expect([...readFileSync(file).subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
});

it('restores half of a sample of its own, closer to the truth than the classical way, and writes the sheet', async () => {
  const { samples } = await emoji.sample({ count: 1, seed: 3 });
  const restored = await emoji.restore(
    { task: 'inpaint', mask: 'half', image: samples, noise: 0.02 },
    { count: 2, nfe: 20, seed: 1 },
  );
  const { mean, 'zero filling': zero } = restored.quality.columns;
  expect(mean?.[0]?.psnr).toBeGreaterThan((zero?.[0]?.psnr ?? NaN) + 3);
  await restored.save(join(folder, 'sheet.png'));
  expect(restored.images.count).toBe(2);
  expect(readFileSync(join(folder, 'sheet.png')).length).toBeGreaterThan(1000);
});

it('has bits per dimension of its own samples far below the 8 of bytes that mean nothing', async () => {
  const { samples } = await emoji.sample({ count: 1, nfe: 10, seed: 3 });
  const { mean, evaluations } = await emoji.logLikelihood(samples, { tolerance: 0.1 });
  expect(mean.value).toBeGreaterThan(0);
  expect(mean.value).toBeLessThan(5);
  expect(evaluations[0]).toBeGreaterThan(10);
});

it('is refused in one sentence where there is no such model, or it is a classifier', async () => {
  await expect(openModel('no-such-model')).rejects.toThrow('no-such-model: there is no folder of a run');
  const features = await openModel('fashion-mnist-features');
  await expect(features.sample({ count: 1 }).result).rejects.toThrow('fashion-mnist-features is a classifier');
});
