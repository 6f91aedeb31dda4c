/** @file A model diagnosed by the handle: of points and images, with and without classes and new data. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { ConfigError, FileError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { kindOf, type DataSet, type ImageSet, type PointSet } from '../../src/data/dataset.ts';
import type { DiagnosisStep } from '../../src/model/evaluation/diagnosis.ts';
import type { Host } from '../../src/model/host.ts';
import { modelOf, type Model } from '../../src/model/model.ts';
import { initialize } from '../../src/nn/network.ts';
import { noiseRatio } from '../../src/sde/time/noise-ratio.ts';

const written = new Map<string, string>();
const host: Host = {
  backend: () => Promise.resolve(interpreter()),
  writeFile: (path, bytes) => {
    written.set(path, new TextDecoder().decode(bytes));
    return Promise.resolve();
  },
  rasterize: (svg) => Promise.resolve(new TextEncoder().encode(`png of ${svg.slice(0, 4)}`)),
};
const cloud = (seed: number, count: number): PointSet => ({
  kind: 'points',
  name: 'cloud',
  count,
  dimension: 2,
  values: normalBatch(split(key(seed), count), [2]).data.map((v, i) => (i % 2 === 0 ? 3 * v : v)),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 2),
  classNames: ['even', 'odd'],
});
const pictures = (seed: number, count: number): ImageSet => ({
  kind: 'images',
  name: 'gray',
  flips: true,
  ...{ count, channels: 1, height: 8, width: 8 },
  pixels: Uint8Array.from(normalBatch(split(key(seed), count), [64]).data, (v) =>
    Math.min(255, Math.max(0, 128 + 40 * v)),
  ),
});

function modelFor(set: DataSet, asked: Readonly<Record<string, unknown>>): Model {
  const config = resolveConfig(set, { data: { ref: set.name }, ...asked });
  const built = buildTraining(config, set);
  const classes = built.net.classes > 0 ? { classes: { names: ['even', 'odd'], fingerprint: '' } } : {};
  const shape = built.net.sampleShape;
  return modelOf(host, {
    ...{ ...built, name: 'small', config, step: 7, params: initialize(built.net, foldIn(key(3), 'parameters')) },
    data: { kind: kindOf(set).name, shape, scaler: built.scaler, fingerprint: '', ...classes },
  });
}

const tiny = { kind: 'mlp', width: 8, depth: 1, features: 4 };
const points = modelFor(cloud(1, 300), { net: tiny });
const parts = { training: cloud(1, 300), heldOut: cloud(2, 80) };

describe('diagnose', () => {
  it('compares an untrained model of points with the closed forms at 16 levels', async () => {
    const steps: DiagnosisStep[] = [];
    const found = await points.diagnose(parts, { onProgress: (step) => steps.push(step) });
    expect(found).toMatchObject({ count: 80, points: 300, heldOut: true, seed: 0, memorizesFrom: undefined });
    expect(found.levels.length).toBe(16);
    const [first, last] = [found.levels[0]!, found.levels.at(-1)!];
    expect(first.noiseRatio).toBeCloseTo(noiseRatio(points.sde, points.sde.tEnd), 9);
    expect(last.noiseRatio).toBeCloseTo(noiseRatio(points.sde, points.sde.tMax), 9);
    // Two columns of variance 1 after scaling: the Wiener filter leaves 1 / (1 + r^2).
    for (const { noiseRatio: r, linear } of found.levels)
      expect(Math.abs(linear.value * (1 + r * r) - 1)).toBeLessThan(0.35);
    expect(found.levels.some(({ excess: { value, standardError } }) => value > 3 * standardError)).toBe(true);
    const fractions = steps.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect([...new Set(steps.map(({ stage }) => stage))]).toEqual(['data', 'linear', 'empirical', 'network']);
  });

  it('repeats itself, and depends on the seed', async () => {
    const few = { count: 20, levels: 3 };
    const one = await points.diagnose(parts, few);
    expect((await points.diagnose(parts, few)).levels).toEqual(one.levels);
    const { levels } = await points.diagnose(parts, { ...few, seed: 1 });
    expect(levels[1]!.network.value).not.toBe(one.levels[1]!.network.value);
  });

  it('leaves each sample out of the empirical score where there are no new ones', async () => {
    const few = { count: 60, levels: 4 };
    const { heldOut, levels, memorizesFrom } = await points.diagnose({ training: parts.training }, few);
    expect([heldOut, memorizesFrom, levels[0]!.training]).toEqual([false, undefined, undefined]);
    const { levels: fresh } = await points.diagnose(parts, few);
    const known = await points.diagnose({ training: parts.training, heldOut: parts.training }, few);
    // A sample that is among the points is found at the smallest level; one that is left out is as far as a new one.
    expect(known.levels[0]!.empirical.value).toBeLessThan(1);
    expect(levels[0]!.empirical.value / fresh[0]!.empirical.value).toBeGreaterThan(0.05);
    expect(levels[0]!.empirical.value).toBeGreaterThan(10);
  });

  it('is of images too, with every kind of process and parametrization, and without mirror images', async () => {
    for (const asked of [
      { sde: { kind: 'edm' } },
      { sde: { kind: 'rectified-flow' } },
      { sde: { kind: 'smld' }, parametrization: { kind: 'score' } },
      { sde: { kind: 'vp' }, parametrization: { kind: 'x0' } },
    ]) {
      const net = { kind: 'score-net', channels: [4, 4], features: 4 };
      const model = modelFor(pictures(1, 40), { net, ...asked });
      const found = await model.diagnose({ training: pictures(1, 40), heldOut: pictures(2, 10) }, { levels: 4 });
      expect([found.count, found.levels.length]).toEqual([10, 4]);
      for (const { network, linear, empirical, training } of found.levels)
        for (const estimate of [network, linear, empirical, training!])
          expect(Number.isFinite(estimate.value)).toBe(true);
    }
  });

  it('takes the class of each sample, or of all', async () => {
    const model = modelFor(cloud(1, 300), { net: { ...tiny, classes: 2 } });
    const few = { count: 20, levels: 2 };
    const values = async (own: Model, options = {}): Promise<readonly number[]> =>
      (await own.diagnose(parts, { ...few, ...options })).levels.map(({ network }) => network.value);
    const [all, own, even] = [
      await values(model),
      await values(model, { givenClass: true }),
      await values(model.given({ class: 'even' })),
    ];
    expect(new Set([all[0], own[0], even[0]]).size).toBe(3);
    await expect(points.diagnose(parts, { givenClass: true })).rejects.toThrow('knows no classes');
  });

  it('measures the gradient noise scale where it is asked for', async () => {
    const few = { count: 10, levels: 2 };
    expect((await points.diagnose(parts, few)).gradientNoise).toBeUndefined();
    const { gradientNoise } = await points.diagnose(parts, { ...few, noiseScale: true });
    expect(gradientNoise!.noise.value).toBeGreaterThan(0);
    expect(gradientNoise!.scale.standardError).toBeGreaterThan(0);
  });

  it('stops when it is asked to, and refuses what is out of range', async () => {
    const stop = new AbortController();
    const stopped = points.diagnose(parts, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toThrow(/abort/i);
    await expect(points.diagnose(parts, { count: 1 })).rejects.toThrow(ConfigError);
    await expect(points.diagnose(parts, { levels: 1 })).rejects.toThrow(ConfigError);
    await expect(points.diagnose({ training: pictures(1, 4) })).rejects.toThrow(ShapeError);
  });

  it('draws its errors, and saves the picture by the ending of the name', async () => {
    const found = await points.diagnose(parts, { count: 20, levels: 3 });
    expect(found.toSvg()).toContain('>small</text>');
    await found.save('a.svg', 'mine');
    await found.save('a.PNG');
    expect(written.get('a.svg')).toContain('>mine</text>');
    expect(written.get('a.PNG')).toBe('png of <svg');
    await expect(found.save('a.pdf')).rejects.toThrow(FileError);
  });
});
