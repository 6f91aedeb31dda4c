/** @file Errors by noise level from the steps of a training: what is known of them in closed form. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch, uniform } from '../../src/base/random.ts';
import { covarianceOf } from '../../src/evaluate/covariance.ts';
import { meanEstimate } from '../../src/evaluate/estimate.ts';
import { symmetricEigenvalues } from '../../src/evaluate/symmetric-eigenvalues.ts';
import { wienerError } from '../../src/evaluate/wiener.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { likelihoodWeighting, importanceTimes } from '../../src/sde/learning/weighting.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { noiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { levelBins, noErrors, standings, withErrors } from '../../src/train/level-errors.ts';
import { firstSteps, tiny } from './tiny.ts';
import { drawOf } from '../score/site.ts';

describe('errors by noise level', () => {
  const sde = edm();
  const [draw, n] = [importanceTimes(sde), 4000];
  const times = Array.from(uniform(key(1), n), draw);

  it('are those of the level: the Wiener error of unit data stands at 1', () => {
    const linear = (ratio: number): number => 1 / (1 + ratio * ratio);
    const errors = times.map((t) => linear(noiseRatio(sde, t)));
    const found = standings(withErrors(noErrors(), sde, { times, errors }), sde, linear);
    expect(found).toHaveLength(levelBins);
    // A level is a part of the range of a factor of two; within it the ratio changes by a tenth.
    for (const { error, linear: own } of found) expect(Math.abs(error / own - 1)).toBeLessThan(0.1);
  });

  it('of a level that has no samples are not there, and old ones are forgotten', () => {
    const one = { times: [sde.tMin], errors: [5] };
    let levels = withErrors(noErrors(), sde, one);
    expect(standings(levels, sde, () => 1)).toHaveLength(1);
    for (let i = 0; i < 3000; i++) levels = withErrors(levels, sde, { ...one, errors: [1] });
    // 4 (1 - 1 / 500)^3000 of the first is left, over a sum of weights of 500.
    expect(standings(levels, sde, () => 1)[0]!.error).toBeCloseTo(1 + (4 * 0.998 ** 3000) / 500, 3);
  });

  it("are ||z - z'||^2 / D whatever the weights: 1 of a network that predicts nothing", () => {
    const process = {
      sde: vp(),
      parametrization: { kind: 'nothing', skip: () => 0, out: () => 0, inScale: () => 1, label: (t: number) => t },
    };
    for (const reduction of ['sum', 'mean', 'halfSum'] as const) {
      const objective = denoising(process, { weighting: likelihoodWeighting(process.sde), reduction });
      const drawn = drawOf(objective, new Float32Array(64 * 10), 64, key(3));
      const { z, weight } = drawn.feeds;
      const losses = Float32Array.from({ length: 64 }, (_, i) => {
        const own = z!.subarray(10 * i, 10 * i + 10);
        return weight![i]! * own.reduce((sum, value) => sum + value * value, 0);
      });
      const errors = objective.noiseErrors!(drawn, losses);
      const { value, standardError } = meanEstimate(errors);
      expect(Math.abs(value - 1)).toBeLessThan(4 * standardError);
      expect(errors[5]!).toBeCloseTo(z!.subarray(50, 60).reduce((sum, v) => sum + v * v, 0) / 10, 5);
    }
  });

  it('are counted by a training, which goes on with those of its point', async () => {
    const options = tiny(interpreter());
    const steps = await firstSteps(options, 6);
    const again = await firstSteps({ ...options, from: steps[2]! }, 3);
    expect(again.at(-1)!.levels).toEqual(steps.at(-1)!.levels);
    expect(steps.at(-1)!.levels!.counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(90);
  });
});

describe('the Wiener error', () => {
  const rows = (count: number, size: number): { count: number; size: number; data: Float32Array } => {
    const { data } = normalBatch(split(key(4), count), [size]);
    return { count, size, data: Float32Array.from(data, (v, at) => v / Math.sqrt(1 + (at % size))) };
  };

  it('is that of the eigenvalues of the covariance', async () => {
    const points = rows(200, 6);
    const linear = await wienerError(points);
    const steps = covarianceOf(points);
    let next = await steps.next();
    while (next.done !== true) next = await steps.next();
    const values = symmetricEigenvalues({ shape: [6, 6], data: next.value.matrix });
    for (const r of [0.01, 0.3, 2])
      expect(linear(r)).toBeCloseTo(
        values.reduce((sum, l) => sum + l / (l + r * r) / 6, 0),
        12,
      );
  });

  it('of more numbers than a covariance has is near that of the law (60 samples of 1100 numbers)', async () => {
    const size = 1100;
    const linear = await wienerError(rows(60, size));
    for (const r of [0.003, 1, 10]) {
      const law = Array.from({ length: size }, (_, j) => 1 / (1 + j)).reduce(
        (sum, l) => sum + l / (l + r * r) / size,
        0,
      );
      expect(Math.abs(linear(r) / law - 1)).toBeLessThan(0.3);
    }
  });
});
