/** @file The settings of runs on images by default. */
import { describe, expect, it } from 'vitest';
import { buildTraining } from '../../../src/catalog/build.ts';
import { defaultClasses } from '../../../src/catalog/config/default-classes.ts';
import { resolveConfig } from '../../../src/catalog/config/resolve.ts';
import type { RunConfig } from '../../../src/catalog/config/schema.ts';
import type { ImageSet } from '../../../src/data/dataset.ts';
import { points } from '../sets.ts';

const config = (asked: object, [height, width] = [28, 28]): RunConfig =>
  resolveConfig({ kind: 'images', height: height, width: width }, { data: { ref: 'x' }, ...asked });

describe('the recipe of images', () => {
  it('is Muon on the process of EDM, with a rate that falls to 0', () => {
    const { sde, train, net } = config({});
    expect(sde.kind).toBe('edm');
    expect(train).toMatchObject({ optimizer: 'muon', batch: 32, decay: 'cosine' });
    expect(net).toMatchObject({ kind: 'ddpmpp', patch: 2, multipliers: [1, 2], attention: [7] });
  });

  it.each([
    [[1, 1], 1, [1]],
    [[8, 8], 1, [1]],
    [[15, 20], 1, [1, 2]],
    [[28, 28], 2, [1, 2]],
    [[32, 32], 2, [1, 2]],
    [[64, 96], 2, [1, 2, 2]],
    [[128, 128], 2, [1, 2, 2, 2]],
  ] as const)('of images of %o has patches of %i and multipliers %o', (sides, patch, multipliers) => {
    expect(config({}, [...sides]).net).toMatchObject({ patch, multipliers });
  });

  it('has levels that fit patches that are asked for', () => {
    expect(config({ net: { patch: 1 } }).net).toMatchObject({ patch: 1, multipliers: [1, 2, 2], attention: [7] });
    expect(config({ net: { patch: 4, blocks: 3 } }).net).toMatchObject({ patch: 4, blocks: 3, multipliers: [1] });
  });

  it('is not that of other networks, objectives and tasks, which have what suits them', () => {
    const others = [
      { net: { kind: 'ncsnpp' } },
      { net: { kind: 'score-net' } },
      { loss: { kind: 'ddpm' }, sde: { kind: 'ddpm' } },
      { task: 'classifier', net: { kind: 'classifier', classes: 2 } },
    ];
    for (const asked of others) {
      const { train } = config(asked);
      expect(train).toMatchObject({ batch: 64, learningRate: 5e-4 });
      expect([train.optimizer, train.decay]).toEqual([undefined, undefined]);
    }
    expect(config({ net: { kind: 'ncsnpp' } }).sde.kind).not.toBe('edm');
  });

  it('gives way to what is asked for', () => {
    const { sde, train } = config({ sde: { kind: 'vp' }, train: { optimizer: 'adam', learningRate: 1e-4, batch: 8 } });
    expect(sde.kind).toBe('vp');
    expect(train).toMatchObject({ optimizer: 'adam', learningRate: 1e-4, batch: 8 });
  });

  it.each([{ steps: 1 }, { steps: 20 }, { minutes: 10 }, { steps: 5000, minutes: 10 }, {}])(
    'can be trained with the limits %o',
    (train) => {
      const set: ImageSet = { ...labeled(2, 4), labels: new Uint8Array(4) };
      const { optimizer } = buildTraining(resolveConfig(set, { data: { ref: 'x' }, net: { width: 4 }, train }), set);
      expect(optimizer.muon).toBe(true);
      const last = 'steps' in train ? train.steps : 20_000;
      expect(optimizer.decay!(last, 'minutes' in train ? 1 : 0)).toBeCloseTo(0, 6);
    },
  );
});

/** Images of so many classes. */
function labeled(classes: number, count: number): ImageSet {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classes);
  const pixels = new Uint8Array(count * 16);
  return { kind: 'images', name: 'noise', count, channels: 1, height: 4, width: 4, pixels, labels, flips: false };
}

describe('the classes of images', () => {
  it('are learned where there are two or more with a hundred samples each on average', () => {
    expect(defaultClasses(labeled(3, 300), {})).toBe(3);
    expect(defaultClasses(labeled(3, 299), {})).toBe(0);
    expect(defaultClasses(labeled(1, 300), {})).toBe(0);
    // Names of classes without samples count for nothing.
    expect(defaultClasses({ ...labeled(2, 200), classNames: ['a', 'b', 'c'] }, {})).toBe(3);
    expect(defaultClasses({ ...labeled(1, 200), classNames: ['a', 'b'] }, {})).toBe(0);
    const { kind, name, count, channels, height, width, pixels, flips } = labeled(3, 300);
    const without: ImageSet = { kind, name, count, channels, height, width, pixels, flips };
    expect(defaultClasses(without, {})).toBe(0);
  });

  it('are not learned where the user says what the network is conditioned on, or begins with another', () => {
    const set = labeled(3, 300);
    for (const asked of [
      { net: { classes: 0 } },
      { condition: { kind: 'words' } },
      { train: { init: 'runs/other' } },
      { loss: { kind: 'denoising', coupling: 'optimal' } },
      { loss: { kind: 'progressive', teacher: 'runs/other' } },
      { net: { kind: 'score-net' } },
      { task: 'classifier' },
    ])
      expect(defaultClasses(set, asked)).toBe(0);
    expect(defaultClasses(set, { net: { kind: 'ncsnpp' } })).toBe(3);
  });

  it('of points are not learned unless they are asked for', () => {
    const labels = Uint8Array.from({ length: points.count }, (_, i) => i % 2);
    expect(defaultClasses({ ...points, count: 300, labels }, {})).toBe(0);
  });
});
