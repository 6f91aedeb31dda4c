/** @file Bridges that learn to undo a damage: pairs that are made anew, what is restored, and mistakes in one sentence. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { key, foldIn, split, type Key } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { formatNpy } from '../../src/data/arrays/npy.ts';
import { batchReader } from '../../src/train/batch-reader.ts';
import { kindOf, sampleShape, scalerOf } from '../../src/data/dataset.ts';
import { fingerprint } from '../../src/data/fingerprint.ts';
import { drawnPairSet } from '../../src/data/pair-set.ts';
import { damaged } from '../../src/model/bridge/damage.ts';
import { namedTask } from '../../src/model/restoration/named-task.ts';
import { bridgeMatching } from '../../src/score/objectives/bridge-matching.ts';
import { bridgeRun } from '../../src/node/bridges/bridge-run.ts';
import { requireSameDamage } from '../../src/node/bridges/damage-facts.ts';
import { lightRun } from '../../src/node/bridges/light-run.ts';
import { openBridge } from '../../src/node/bridges/open-bridge.ts';
import { openRestoringBridge } from '../../src/node/bridges/restore-bridge.ts';
import { drawPaths } from '../../src/node/bridges/path-pictures.ts';
import { startsFor } from '../../src/node/bridges/starts.ts';
import { openRunData } from '../../src/node/run-data.ts';
import { openModel } from '../../src/node/open-model.ts';
import { trainRun } from '../../src/node/train-run.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import { readBridge } from '../../src/run/folder/bridge.ts';
import { loadAnyRun } from '../../src/run/load.ts';
import { newFolder } from '../io/folders.ts';

const folder = newFolder();
const threads = { threads: 1 };
const net = { width: 4, multipliers: [1], blocks: 1, attention: [] };
const tiny = { ...threads, steps: 8, batch: 4, settings: { net } };
const paramsOf = (run: string): Float32Array => loadAnyRun(run).point.state.ema;
const rejected = (running: PromiseLike<unknown>, words: RegExp): Promise<void> =>
  expect(Promise.resolve(running)).rejects.toThrow(words);

describe('a bridge from damaged images', () => {
  const out = join(folder, 'larger');

  beforeAll(async () => {
    const damage = { task: 'superres', factor: 2, noise: 0.1 };
    await bridgeRun('digits', undefined, { ...tiny, out, damage });
  });

  it('is trained on damages that are drawn anew, and goes on where it was stopped as if it had not been', async () => {
    const again = join(folder, 'stopped');
    const damage = { task: 'superres', factor: 2, noise: 0.1 };
    let taken = 0;
    const stopped = await bridgeRun('digits', undefined, {
      ...tiny,
      out: again,
      damage,
      stopRequested: () => ++taken > 3,
    });
    expect(stopped).toMatchObject({ method: 'i2sb', interrupted: true });
    await rejected(bridgeRun('digits', undefined, { ...tiny, out: again, damage: { ...damage, noise: 0.2 }, resume: true }), /this bridge has damage .*"noise":0.1.*, got .*0.2/); // prettier-ignore
    await bridgeRun('digits', undefined, { ...tiny, out: again, damage, resume: true });
    expect(paramsOf(join(again, 'backward'))).toEqual(paramsOf(join(out, 'backward')));
    expect([existsSync(join(out, 'pairs')), existsSync(join(out, 'forward'))]).toEqual([false, false]);
    const { a, b, damage: kept, method, first, rounds, pairs } = readBridge(out);
    expect([a.data.ref, b, kept, method]).toEqual(['digits', undefined, damage, 'i2sb']);
    expect([first, rounds, pairs]).toEqual(['rows', undefined, undefined]);
    expect(loadAnyRun(join(out, 'backward')).config.loss).toMatchObject({ kind: 'bridge-matching', start: true });
    expect(loadAnyRun(join(out, 'backward')).net.starts).toBe(true);
  });

  it('measures an image as restore does of a score, with the same seed', async () => {
    const score = join(folder, 'score');
    await trainRun('digits', { ...threads, out: score, steps: 2, batch: 4, conditional: false, config: { net, train: { sampleEvery: 0 } } }); // prettier-ignore
    const model = await openModel(score, threads);
    const image = await openDataSet('digits');
    const asked = { image, rows: [5, 9] };
    const other = await model.restore(
      { ...asked, task: 'superres', factor: 2, noise: 0.1 },
      { count: 2, nfe: 4, seed: 3 },
    );
    await using bridge = await openRestoringBridge(out, threads);
    const restoration = await bridge.restore(asked, { count: 3, seed: 3, steps: 4 });
    const { subjects, samples, means, quality, method, evaluations } = restoration;
    expect(subjects.measurement.y).toEqual(other.subjects.measurement.y);
    expect(subjects.truth).toEqual(other.subjects.truth);
    expect([samples.shape, means.shape]).toEqual([
      [6, 1, 8, 8],
      [2, 1, 8, 8],
    ]);
    expect([method.name, method.options, evaluations]).toEqual(['i2sb', { steps: 4 }, new Array<number>(6).fill(7)]);
    // The classical ways are judged on the same measurements, so that all numbers stand side by side.
    expect(quality.columns['pseudo-inverse']).toEqual(other.quality.columns['pseudo-inverse']);
    expect(quality.columns['samples']).toHaveLength(6);
    // A sample depends on its image, its number and the seed alone.
    const alone = await bridge.restore({ image, rows: [9] }, { count: 2, seed: 3, steps: 4, batch: 1 });
    const size = 64;
    samples.data.slice(3 * size, 5 * size).forEach((value, i) => expect(alone.samples.data[i]).toBeCloseTo(value, 5));
    const { y } = subjects.measurement;
    const from = await bridge.restore({ measurement: y, rows: [5, 9] }, { count: 3, seed: 3, steps: 4 });
    expect(from.samples.data).toEqual(samples.data);
    expect(from.quality.columns['mean']?.[0]?.psnr).toBeUndefined();
  });

  it('carries damaged images of its set, and draws their paths', async () => {
    const direction = await openBridge(out, threads);
    const starts = await startsFor(out, 'backward', { count: 3, seed: 1, data: direction.data });
    expect(starts.shape).toEqual([3, 1, 8, 8]);
    // Blocks of a picture of lower resolution are alike.
    for (let i = 0; i < 3 * 64; i += 2) expect(starts.data[i]).toBe(starts.data[i + 1]);
    const { x } = await direction.carry(starts, { steps: 2 });
    const moved = await direction.carry({ ...starts, data: starts.data.map((value) => value + 0.3) }, { steps: 2 });
    expect(moved.x.data).not.toEqual(x.data);
    await direction[Symbol.asyncDispose]();
    expect(await drawPaths(out, threads)).toEqual([join(out, 'paths-backward.png')]);
  });

  it('keeps a mask of a picture, whatever becomes of the picture', async () => {
    const known = { shape: [8, 8], data: Float64Array.from({ length: 64 }, (_, i) => Number(i >= 8)) };
    const masked = join(folder, 'masked');
    const asked = { task: 'inpaint', mask: known, noise: 0 };
    await bridgeRun('digits', undefined, { ...tiny, steps: 1, out: masked, damage: asked });
    const { damage } = readBridge(masked);
    expect(damage?.mask).toEqual(['00000000', ...new Array<string>(7).fill('11111111')]);
    await using bridge = await openRestoringBridge(masked, threads);
    const { subjects } = await bridge.restore(
      { image: await openDataSet('digits'), rows: [1] },
      { count: 2, steps: 1 },
    );
    expect(subjects.measurement.y.shape).toEqual([1, 1, 56]);
    await requireSameDamage('it', { damage: damage!, shape: [1, 8, 8] }, { task: 'inpaint' });
    await rejected(requireSameDamage('it', { damage: damage!, shape: [1, 8, 8] }, { mask: 'box' }), /mask: expected the one damage that it has learned, inpaint, mask of a picture, noise 0; got box/); // prettier-ignore
  });

  it('learns of the part of a set for training alone, as restore tests on the other', async () => {
    const out = join(folder, 'part');
    const few = { size: 8, limit: 6 };
    await bridgeRun('phantoms', undefined, { ...tiny, ...few, steps: 1, out, damage: { task: 'denoise' } });
    const { config, data } = loadAnyRun(join(out, 'backward'));
    const printOf = async (part: string): Promise<string> => {
      const set = await openRunData({ config, data }, part);
      const { scaler, shape } = data;
      const rows = Array.from({ length: set.count }, (_, row) => row);
      return fingerprint(drawnPairSet(set, rows, { kind: kindOf(set), scaler, shape, name: 'pairs' }));
    };
    // What the run was trained on is the part for training, and `restore --data test` opens the other.
    expect(await printOf('train')).toBe(data.fingerprint);
    expect(await printOf('test')).not.toBe(data.fingerprint);
  });
});

describe('pairs that are drawn', () => {
  it('are others each time that an image is seen, and the same for the same key', async () => {
    const set = await openDataSet('digits');
    const [shape, scaler] = [sampleShape(set), scalerOf(set, {})];
    const how = { task: namedTask(shape, { task: 'denoise' }, 0), noise: 0.2 };
    const drawStarts = (x0: Float32Array, own: Key): Float32Array =>
      Float32Array.from(
        damaged(how, scaler, { shape: [2, ...shape], data: Float64Array.from(x0) }, split(own, 2)).data,
      );
    const pairs = drawnPairSet(set, [4, 7], { kind: kindOf(set), scaler, shape, name: 'pairs', drawStarts });
    const { net: trained, process } = loadAnyRun(join(folder, 'larger', 'backward'));
    const objective = bridgeMatching(process, 0.1, { start: true });
    const reader = batchReader({ set: pairs, scaler, net: trained, process, objective });
    const read: Float32Array[] = [];
    for (const step of [1, 1, 2]) read.push((await reader([0, 1], foldIn(key(1), step), step)).feeds['z']!);
    expect(read[1]).toEqual(read[0]);
    expect(read[2]).not.toEqual(read[0]);
    const { feeds } = await reader([0, 1], foldIn(key(1), 1), 1);
    // Noise of 0.2 for images of 0 to 1 is 0.4 in the range of -1 to 1: its standard error of 128 numbers is 6 %.
    const apart = feeds['z']!.map((value, i) => value - feeds['x0']![i]!);
    const rms = Math.sqrt(apart.reduce((sum, value) => sum + value ** 2, 0) / apart.length);
    expect(Math.abs(rms / 0.4 - 1)).toBeLessThan(4 * 0.063);
  });
});

describe('what a small network learns of noisy Gaussian images', () => {
  it('is the posterior, whose mean and variance are known', async () => {
    // Pixels N(0.5, 0.1^2) with noise of 0.1: given what was measured they are N(0.5 + (y - 0.5) / 2, 0.1^2 / 2).
    const file = join(folder, 'gaussian.npy');
    const [n, held] = [600, 40];
    const { data } = normalBatch(split(key(21), n + held), [8, 8]);
    const values = Float32Array.from(data, (value) => Math.min(1, Math.max(0, 0.5 + 0.1 * value)));
    writeFileSync(file, formatNpy({ shape: [n, 8, 8], data: values.slice(0, n * 64) }));
    const out = join(folder, 'gaussian');
    const settings = { net: { ...net, width: 8 } };
    const damage = { task: 'denoise', noise: 0.1 };
    const learn = { ...threads, steps: 400, batch: 32, epsilon: 0.008, layout: 'nhw', damage, settings } as const;
    await bridgeRun(file, undefined, { ...learn, out });
    await using bridge = await openRestoringBridge(out, threads);
    const images = { shape: [held, 1, 8, 8], data: Float64Array.from(values.slice(n * 64)) };
    const y = images.data.map((value, i) => value + 0.1 * normalBatch([foldIn(key(22), Math.floor(i / 64))], [64]).data[i % 64]!); // prettier-ignore
    const measurement = { shape: [held, 1, 8, 8], data: y };
    const { samples } = await bridge.restore({ measurement }, { count: 2, steps: 20 });
    const pixels = held * 64;
    const pairs = Array.from({ length: pixels }, (_, i) => {
      const [image, pixel] = [Math.floor(i / 64), i % 64];
      const of = (j: number): number => samples.data[(2 * image + j) * 64 + pixel]! - 0.5;
      return { y: y[i]! - 0.5, mean: (of(0) + of(1)) / 2, apart: of(0) - of(1) };
    });
    const sum = (of: (pair: (typeof pairs)[number]) => number): number =>
      pairs.reduce((all, pair) => all + of(pair), 0);
    const slope = sum((pair) => pair.y * pair.mean) / sum((pair) => pair.y ** 2);
    const variance = sum((pair) => pair.apart ** 2) / 2 / pixels;
    // Of 2,560 pixels the standard error of the slope is 0.007, of the variance 3 %; the rest is for a network of 400 steps. Without starts
    // the slope of this noise is 0.65: see the law of test/model/bridge/damage.test.ts.
    expect(Math.abs(slope - 0.5)).toBeLessThan(0.08);
    expect(Math.abs(variance / 0.005 - 1)).toBeLessThan(0.25);
  });
});

describe('what is wrong', () => {
  it('is said before anything is written', async () => {
    const out = join(folder, 'wrong');
    const bridge = (a: string, b: string | undefined, options: object): PromiseLike<unknown> =>
      bridgeRun(a, b, { ...tiny, out, ...options });
    const damage = { task: 'deblur', blur: 1 };
    await rejected(bridge('digits', undefined, {}), /b: expected a second set, or --task with what damages the first/);
    await rejected(bridge('digits', 'digits', { damage }), /task: expected without a second set/);
    await rejected(bridge('digits', undefined, { damage, method: 'dsbm' }), /task: is of i2sb, .*got dsbm/);
    await rejected(bridge('digits', undefined, { damage, to: 'seven' }), /to: is of a second set; a damage has none/);
    await rejected(
      bridge('digits', undefined, { damage: { task: 'deblurr' } }),
      /task: expected .*did you mean deblur/,
    );
    await rejected(bridge('digits', undefined, { damage: { task: 'deblur', factor: 2 } }), /the task deblur/);
    await rejected(bridge('digits', undefined, { damage: { task: 'deblur' } }), /blur: expected at most 1.0/);
    await rejected(bridge('digits', undefined, { damage: { task: 'cs', counts: 9 } }), /noiseModel: expected gaussian/);
    await rejected(bridge('two-moons', undefined, { damage }), /task: expected images, .*two-moons has none/);
    expect(existsSync(out)).toBe(false);
    const light = join(folder, 'light');
    await lightRun('two-moons', 'spirals', { out: light, steps: 4, components: 2 });
    await rejected(openRestoringBridge(light), /expected a bridge that was trained with --task, .* carry what is in a file with scorefield sample .*light --init FILE/); // prettier-ignore
    expect(readFileSync(join(light, 'bridge.json'), 'utf8')).not.toContain('damage');
  });
});
