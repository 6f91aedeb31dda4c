/** @file Bridges on the command line: pairs that a damage makes, restored images, and what is said of a wrong option. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, type Ended } from './scorefield.ts';

const cwd = newFolder();
const small = '--steps 4 --batch 4 --threads 1 --set net.width=4 --set net.multipliers=[1]';
const restore = 'restore sharpen --data train --index 3,5 -n 2 --threads 1';

const calls = {
  bridge: `bridge digits --task deblur --blur 1 --noise 0.02 --out sharpen ${small}`,
  restored: `${restore} --steps 3 --task deblur --blur 1 --out restored --json`,
  words: `${restore} --steps 2`,
  again: 'restore sharpen --measured restored/measurement.npz -n 2 --steps 3 --threads 1 --out again --json',
  sampled: 'sample sharpen -n 4 --steps 2 --threads 1 --json',
  info: 'info sharpen',
  sets: `bridge two-moons spirals --rounds 1 --pairs 40 --out sets --steps 4 --batch 4 --threads 1 --set net.width=8`,
};

/** Calls that are wrong, and what is said of them. */
const wrong: readonly (readonly [call: string, words: RegExp])[] = [
  ['bridge digits', /B: expected a second set, or --task with what damages the first; got neither/],
  ['bridge digits --blur 1', /--blur: expected with --task, which says what damages the images/],
  ['bridge digits digits --noise 0.1', /--noise: expected with --task/],
  ['bridge digits --task deblur --blur 1 --counts 9', /--counts: expected with --noise-model poisson/],
  ['bridge digits --task deblur --method light', /--task: is of i2sb, which learns to undo a damage; got light/],
  ['bridge digits --method light', /B: expected a second set, got none/],
  ['bridge digits --task blur', /--task: expected .*deblur.*, got blur/],
  [
    `${restore} --task inpaint`,
    /--task: expected the one damage that sharpen has learned, deblur, blur 1, noise 0.02; got inpaint/,
  ],
  [`${restore} --noise 0.1`, /--noise: expected the one damage .*; got 0.1/],
  [`${restore} --method dps`, /--method: expected i2sb, as sharpen is a bridge, got dps/],
  [`${restore} --class 3`, /--class: is of other models, sharpen is a bridge/],
  ['restore sharpen --data test', /digits has no test part; give --data train/],
  ['restore sets', /sets is between two sets; carry what is in a file with scorefield sample sets --init FILE/],
  ['likelihood sharpen', /sharpen is a bridge, which has sample and restore/],
];

const ended = new Map<string, Ended>();
beforeAll(async () => {
  const all = [...Object.values(calls), ...wrong.map(([call]) => call)];
  const ends = await oneAfterAnother(all.map((call) => call.split(' ')), { cwd }); // prettier-ignore
  all.forEach((call, i) => ended.set(call, ends[i]!));
}, 240_000);
const endOf = (name: keyof typeof calls): Ended => {
  const end = ended.get(calls[name])!;
  expect([end.code, end.code === 0 ? '' : end.err]).toEqual([0, '']);
  return end;
};

it('learns to undo a damage of restore, and says how to use it', () => {
  const { out } = endOf('bridge');
  expect(out).toContain('restore images with: scorefield restore sharpen');
  const facts = JSON.parse(readFileSync(join(cwd, 'sharpen', 'bridge.json'), 'utf8')) as Record<string, unknown>;
  expect(facts['damage']).toEqual({ task: 'deblur', blur: 1, noise: 0.02 });
  expect(existsSync(join(cwd, 'sharpen', 'paths-backward.png'))).toBe(true);
  expect(endOf('info').out).toMatch(/to +deblur, blur 1, noise 0.02/);
  expect((JSON.parse(endOf('sampled').out) as { n: number }).n).toBe(4);
});

it('restores with it, and prints and writes what restore does with its other methods', () => {
  const report = JSON.parse(endOf('restored').out) as Record<string, unknown> & { readonly images: readonly { readonly index: number; readonly mean: { readonly psnr: number } }[]; readonly files: Record<string, string> }; // prettier-ignore
  expect(report).toMatchObject({ task: 'deblur', method: 'i2sb', n: 2, noise: 0.02, evaluations: 5, options: { task: 'deblur', blur: 1, epsilon: 0.1, steps: 3 } }); // prettier-ignore
  expect(report.images.map(({ index }) => index)).toEqual([3, 5]);
  expect(report.images.every(({ mean }) => mean.psnr > 0)).toBe(true);
  for (const file of Object.values(report.files)) expect(existsSync(join(cwd, file)), file).toBe(true);
  const { out } = endOf('words');
  expect(out).toMatch(/2 samples of 2 images by i2sb in .*, 3 network evaluations each/);
  for (const row of ['pseudo-inverse', 'total variation', 'mean', 'samples']) expect(out).toMatch(new RegExp(`${row} +PSNR`)); // prettier-ignore
  expect(out).toMatch(/side by side: sharpen\/backward\/restored\/deblur-i2sb-seed0\/sheet.png/);
  // What was measured is enough: the same samples come of it.
  endOf('again');
  const bytes = (name: string): Buffer => readFileSync(join(cwd, name, 'samples.npz'));
  expect(bytes('again')).toEqual(bytes('restored'));
});

it.each(wrong)('%s is refused in a sentence', (call, words) => {
  const { code, err } = ended.get(call)!;
  expect([code, err]).toEqual([2, expect.stringMatching(words)]);
});
