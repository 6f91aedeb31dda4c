import { describe, expect, it } from 'vitest';
import { allFinite } from '../../../src/base/arith.ts';
import { key } from '../../../src/base/key.ts';
import { sizeOf } from '../../../src/base/tensor.ts';
import { buildTraining } from '../../../src/catalog/build.ts';
import { checkAsked, resolveConfig } from '../../../src/catalog/config/resolve.ts';
import { netKinds } from '../../../src/catalog/kinds.ts';
import { parametrizationKinds, sdeKinds } from '../../../src/catalog/kinds.ts';
import { parseConfig, parseData } from '../../../src/catalog/config/schema.ts';
import { sampleShape } from '../../../src/data/dataset.ts';
import { images, isOfPoints, isOfSeries, issuesOf, points, series } from '../sets.ts';
import { drawOf } from '../../score/site.ts';

const large = await images(32);
const data = { ref: 'some data' };

/** NCSN finds its levels by labels in [0, 1], which the times of EDM and the labels of its parametrization are not. */
function sdesOf(net: string): readonly string[] {
  return sdeKinds.filter((sde) => net !== 'ncsn' || sde !== 'edm');
}

function parametrizationsOf(net: string): readonly string[] {
  return parametrizationKinds.filter((kind) => net !== 'ncsn' || !['edm', 'noise-level'].includes(kind));
}

const combinations = [
  ...sdeKinds.map((sde) => ({ set: points, net: 'mlp', sde })),
  ...netKinds
    .filter((net) => !isOfPoints(net))
    .flatMap((net) => sdesOf(net).map((sde) => ({ set: isOfSeries(net) ? series : large, net, sde }))),
];

describe.each(combinations)('the defaults of $net with $sde on $set.kind', ({ set, net, sde }) => {
  const config = resolveConfig(set, { data, net: { kind: net }, sde: { kind: sde } });

  it('are a whole configuration, which stays itself when stored and read again', () => {
    expect(config.net.kind).toBe(net);
    expect(config.sde.kind).toBe(sde);
    expect(parseConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it('build a training with finite numbers over all times', () => {
    const { net: network, process, objective, scaler, optimizer } = buildTraining(config, set);
    expect(network.sampleShape).toEqual(sampleShape(set));
    const { sde } = process;
    const batch = 64;
    const { feeds, times } = drawOf(objective, new Float32Array(batch * sizeOf(sampleShape(set))), batch, key(1));
    for (const t of times) {
      expect(t).toBeGreaterThanOrEqual(sde.tMin);
      expect(t).toBeLessThanOrEqual(sde.tMax);
    }
    for (const [name, values] of Object.entries(feeds)) expect(allFinite(values), name).toBe(true);
    feeds['weight']!.forEach((weight) => expect(weight).toBeGreaterThan(0));
    expect(scaler.factor).toBeGreaterThan(0);
    expect(optimizer).toMatchObject(
      Object.fromEntries(
        (['learningRate', 'warmup', 'clip', 'emaDecay'] as const).map((name) => [name, config.train[name]]),
      ),
    );
  });

  it.each(parametrizationsOf(net))('accept the parametrization %s, with its own options', (kind) => {
    const asked = { data, net: { kind: net }, sde: { kind: sde }, parametrization: { kind } };
    expect(resolveConfig(set, asked).parametrization.kind).toBe(kind);
    expect(() => buildTraining(resolveConfig(set, asked), set)).not.toThrow();
  });
});

describe('a configuration', () => {
  it('takes every key over the default, and keeps the other defaults', () => {
    const plain = resolveConfig(points, { data });
    const asked = { data, sde: { betaMax: 12 }, loss: { reduction: 'sum' }, train: { batch: 7, seed: 3 } };
    const changed = resolveConfig(points, asked);
    expect(changed).toEqual({
      ...plain,
      sde: { ...plain.sde, betaMax: 12 },
      loss: { ...plain.loss, reduction: 'sum' },
      train: { ...plain.train, batch: 7, seed: 3 },
    });
  });

  it('ends sampling no earlier in time than training goes', () => {
    const times = (asked: object): unknown => {
      const { sde } = resolveConfig(points, { data, ...asked });
      return 'tMin' in sde && [sde.tMin, sde.tEnd];
    };
    expect(times({})).toEqual([1e-5, 1e-3]);
    expect(times({ sde: { tMin: 0.01 } })).toEqual([0.01, 0.01]);
    expect(times({ sde: { tMin: 0.01, tEnd: 0.1 } })).toEqual([0.01, 0.1]);
    expect(times({ sde: { kind: 've' } })).toEqual([1e-5, 1e-5]);
    expect(times({ sde: { kind: 've', tMin: 1e-4 } })).toEqual([1e-4, 1e-4]);
    expect(times({ sde: { kind: 'sub-vp' }, loss: { weighting: 'likelihood' } })).toEqual([0.01, 0.01]);
    expect(times({ sde: { kind: 'sub-vp', tMin: 0.05 }, loss: { weighting: 'likelihood' } })).toEqual([0.05, 0.05]);
  });

  it('lists every problem at once, each with its path', () => {
    const asked = {
      data: { ref: '', size: 0, limit: 1.5, split: 'all', channels: 2, weights: [1, -1], color: true },
      range: 'wide',
      net: { kind: 'ddpmpp', width: 'x', multipliers: [1, 0], blocks: 65, dropout: 2 },
      sde: { kind: 'vp', betaMin: -1, betaMax: Infinity, sigmaMax: 3 },
      parametrization: { kind: 'epsilon', timeScale: 0 },
      loss: { weighting: 'no', times: 5, reduction: 'mean' },
      train: { batch: 1e9, learningRate: 0, emaDecay: 1, steps: 0, keep: 0, warmup: -1, seed: 1e20, clip: NaN, lr: 1 },
      foo: { bar: 1 },
    };
    const expected = [
      'data.ref: expected a name or a path',
      'data.size: expected at least 1, got 0',
      'data.limit: expected an integer, got 1.5',
      'data.split: expected train, test, got all',
      'data.channels: expected 1, 3, got 2',
      'data.weights.1: expected a positive number, got -1',
      'data.color: unknown key; expected ref, size, limit, flips, group, combinations, split, folder, channels, layout, names, periodic, window, stride, time, length, whole, categories, numbers, omit, transforms, points, fit, rate, seconds, as, count, seed, weights',
      'range: expected centered, unit, got wide',
      'net.width: expected a number, got x',
      'net.multipliers.1: expected at least 1, got 0',
      'net.blocks: expected at most 64, got 65',
      'net.dropout: expected 0 to 1, got 2',
      'sde.betaMin: expected a positive number, got -1',
      'sde.betaMax: expected a finite number, got Infinity',
      'sde.sigmaMax: unknown key; expected betaMin, betaMax, tMin, tEnd',
      'parametrization.timeScale: expected a positive number, got 0',
      'loss.weighting: expected sigma2, likelihood, edm, x0, min-snr, truncated-snr, v, flow-matching, got no',
      'loss.times: expected uniform, log-normal, logit-normal, segments, importance, got 5',
      'train.batch: expected at most 65536, got 1000000000',
      'train.learningRate: expected a positive number, got 0',
      'train.emaDecay: expected 0 to below 1, got 1',
      'train.steps: expected at least 1, got 0',
      'train.keep: expected at least 1, got 0',
      'train.warmup: expected 0 or more, got -1',
      'train.seed: expected an integer, got 100000000000000000000',
      'train.clip: expected a number, got NaN',
      'train.lr: unknown key; expected seed, init, batch, learningRate, optimizer, warmup, decay, decayFrom, clip, emaDecay, averages, labelDropout, wordDropout, steps, minutes, heldOut, patience, checkpointEvery, keep, logEvery, sampleEvery',
      'foo: unknown key; expected task, data, range, scale, condition, latent, net, sde, parametrization, loss, train',
    ];
    expect(issuesOf(() => resolveConfig(large, asked)).toSorted()).toEqual(expected.toSorted());
  });

  it.each([
    [{ net: { kind: 'unet' }, sde: { kind: 'foo' } }, ['net.kind', 'sde.kind']],
    [{ net: 5, sde: null, loss: 'sum', parametrization: 'epsilon' }, ['net', 'sde', 'loss', 'parametrization']],
    [{ net: { kind: null }, train: { batch: null } }, ['net.kind', 'train.batch']],
  ])('says what is wrong with %j', (asked, paths) => {
    const issues = issuesOf(() => resolveConfig(points, { data, ...asked }));
    expect(issues.map((issue) => issue.split(':')[0]).toSorted()).toEqual(paths.toSorted());
    for (const issue of issues) expect(issue).toMatch(/: expected .+, got /);
  });

  it('that is stored is refused with the names of its missing keys', () => {
    const names = ['task', 'data', 'range', 'net', 'sde', 'parametrization', 'loss', 'train'];
    expect(issuesOf(() => parseConfig({}))).toEqual(names.map((name) => `${name}: missing`));
    expect(issuesOf(() => parseData({}))).toEqual(['data.ref: missing']);
    expect(issuesOf(() => parseConfig(null))).toEqual([': expected keys with values, got null']);
  });
});

describe('before the data are opened', () => {
  it('every problem that does not depend on the data is reported', () => {
    const asked = { data: { ref: 'x', limit: 0 }, net: { kind: 'unet' }, train: { bach: 3 } };
    expect(issuesOf(() => checkAsked(asked)).map((issue) => issue.split(':')[0])).toEqual(
      expect.arrayContaining(['data.limit', 'net.kind', 'train.bach']),
    );
  });

  it('what is right for one kind of data passes', () => {
    for (const net of [{ multipliers: [1, 2] }, { depth: 2 }, { kind: 'mlp', depth: 2 }, {}])
      expect(() => checkAsked({ data: { ref: 'x' }, net })).not.toThrow();
  });
});
