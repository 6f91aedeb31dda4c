import { describe, expect, it } from 'vitest';
import { readTable } from '../../src/data/tables/read-table.ts';
import { buildModel, buildTraining } from '../../src/catalog/build.ts';
import type { Plain } from '../../src/catalog/option.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import type { RunConfig } from '../../src/catalog/config/schema.ts';
import type { DataSet } from '../../src/data/dataset.ts';
import { standardize } from '../../src/data/standardize.ts';
import { images, issuesOf, points } from './sets.ts';

const data = { ref: 'some data' };
const [six, eight, large] = await Promise.all([images(6), images(8), images(32)]);

const problems = (set: DataSet, asked: Plain): readonly string[] =>
  issuesOf(() => buildTraining(resolveConfig(set, { data, ...asked }), set));

describe('parts that contradict each other', () => {
  const cases: readonly (readonly [string, DataSet, Plain, readonly string[]])[] = [
    [
      'points in an image network',
      points,
      { net: { kind: 'ddpmpp' } },
      ['net.kind: points and tables need one of the networks mlp, residual-mlp; got ddpmpp'],
    ],
    [
      'points in the other one',
      points,
      { net: { kind: 'score-net' } },
      ['net.kind: points and tables need one of the networks mlp, residual-mlp; got score-net'],
    ],
    [
      'images in a network for points',
      eight,
      { net: { kind: 'mlp' } },
      ['net.kind: images and arrays need one of the networks score-net, ddpmpp, ncsnpp, ddpm, ncsn, ncsnv2; got mlp'],
    ],
    [
      'images that cannot be halved so often',
      six,
      { net: { multipliers: [1, 2, 2, 2] } },
      ['net.multipliers: expected at most 3 levels for images of 6x6 pixels, got 4; such as [1, 2, 2]'],
    ],
    [
      'images too small for the levels',
      eight,
      { net: { kind: 'score-net', channels: [8, 8, 8] } },
      ['net.channels: expected at most 2 levels for images of 8 pixels, got 3; such as [8, 8]'],
    ],
    ['an odd width', eight, { net: { width: 6 } }, ['net.width: expected a positive multiple of 4, got 6']],
    ['odd features', points, { net: { features: 5 } }, ['net.features: expected an even number of at least 4, got 5']],
    [
      'every part at once',
      eight,
      {
        net: { width: 6, multipliers: [1, 1, 1, 1, 1], dropout: 1 },
        sde: { kind: 'vp', betaMin: 30, tMin: 0.5, tEnd: 0.1 },
      },
      [
        'net.width: expected a positive multiple of 4, got 6',
        'net.multipliers: expected at most 4 levels for images of 8x8 pixels, got 5; such as [1, 1, 1, 1]',
        'net.dropout: expected 0 to below 1, got 1',
        'sde.betaMax: expected a number of at least betaMin = 30, got 20',
      ],
    ],
    [
      'a network that no memory holds',
      points,
      { net: { width: 4096, depth: 64 } },
      [
        `net: expected a network of at most ${2 ** 28} parameters, got at least ${4096 * 65 + 3 * 4096 + 15 * 4096 * 4097 + 4096 ** 2}`,
      ],
    ],
    [
      'a batch that no memory holds',
      large,
      { train: { batch: 60_000 } },
      ['train.batch: expected at most 21845 samples of 3072 numbers, got 60000'],
    ],
  ];
  it.each(cases)('%s', (_, set, asked, expected) => expect(problems(set, asked)).toEqual(expected));
});

describe.each([
  ['ve', { sigmaMin: 5, sigmaMax: 5 }],
  ['ve', { sigmaMin: 60 }],
  ['ve', { tMin: 1 }],
  ['vp', { betaMin: 21 }],
  ['vp', { tMin: 1 }],
  ['vp', { tMin: 0.2, tEnd: 0.1 }],
  ['sub-vp', { betaMin: 21 }],
  ['sub-vp', { tEnd: 1 }],
  ['sigma-power', { sigma: 1 }],
  ['sigma-power', { sigma: 0.5 }],
  ['sigma-power', { tMin: 3 }],
  ['edm', { sigmaMin: 80 }],
  ['edm', { sigmaMin: 5, sigmaMax: 1 }],
])('%s with %j', (kind, options) => {
  it('is refused with a path in sde, for points and images', () => {
    for (const set of [points, eight]) {
      const issues = problems(set, { sde: { kind, ...options } });
      expect(issues.length).toBeGreaterThan(0);
      for (const issue of issues) expect(issue).toMatch(/^sde\.\w+: expected .+, got /);
    }
  });
});

describe('data that no scaling brings to unit variance', () => {
  const set = (...values: readonly number[]): DataSet => ({
    ...points,
    name: 'numbers',
    count: values.length / 2,
    values: Float64Array.from(values),
  });
  it.each([
    [set(1, 2), 'data: expected points that differ, found that all of numbers are equal'],
    [set(1, 1, 1, 1), 'data: expected points that differ, found that all of numbers are equal'],
    [
      set(1e305, 1, -1e305, 1),
      'data: expected points that deviate from their mean by 1e-300 to 1e300, found others in numbers; rescale them',
    ],
  ])('is refused', (numbers, message) => expect(problems(numbers, {})).toEqual([message]));
});

describe('the model of a configuration', () => {
  it('is built from the shape of a sample alone, as sampling does', () => {
    const config = resolveConfig(eight, { data, net: { multipliers: [1, 2], width: 8 } });
    const { net, process } = buildModel(config, [3, 8, 8]);
    const training = buildTraining(config, eight);
    expect(net.params.map(({ name, shape }) => [name, shape])).toEqual(
      training.net.params.map(({ name, shape }) => [name, shape]),
    );
    expect(process.sde.kind).toBe(training.process.sde.kind);
    expect(issuesOf(() => buildModel(config, [2]))).toEqual([
      'net.kind: points and tables need one of the networks mlp, residual-mlp; got ddpmpp',
    ]);
  });
});

describe('how points are scaled', () => {
  const mixed: DataSet = {
    kind: 'points',
    name: 'mixed',
    count: 2,
    dimension: 2,
    values: Float64Array.of(0, 0, 1000, 1),
  };
  const resolved = (set: DataSet, asked = {}): RunConfig => resolveConfig(set, { data: { ref: 'x' }, ...asked });

  it('is by column where nobody says, but for the toys, and as a run says', () => {
    expect(buildTraining(resolved(mixed), mixed).scaler.factor).toEqual([1 / 500, 2]);
    expect(buildTraining(resolved(points), points).scaler.factor).toBeTypeOf('number');
    expect(buildTraining(resolved(mixed, { scale: 'common' }), mixed).scaler.factor).toBeTypeOf('number');
  });

  it('is by one number in a run of a time when there was no other', () => {
    const { scale, ...old } = resolved(mixed);
    expect(scale).toBe('columns');
    expect(buildTraining(old, mixed).scaler).toEqual(standardize(mixed, 'common'));
  });

  it('is no choice for images', () => {
    expect(problems(eight, { scale: 'columns' })).toEqual(['scale: is of points only, and these are images']);
  });
});

it('data of which nothing can be learned are refused before a network is made for them', () => {
  const set = readTable(`a,b\n${'7,\n'.repeat(20)}`, 'same.csv');
  const config = resolveConfig(set, { data: { ref: 'same.csv' } });
  expect(() => buildTraining(config, set)).toThrow('expected rows that differ, found that all of same.csv are equal');
});
