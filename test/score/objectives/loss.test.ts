/** @file The denoising loss on networks whose score is known. */
import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../../src/base/key.ts';
import { normal, stratified } from '../../../src/base/random.ts';
import { sizeOf } from '../../../src/base/tensor.ts';
import { add, div, input, mul, neg, sub } from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph, type Node } from '../../../src/graph/node.ts';
import { constantScope, network, type Forward } from '../../../src/nn/network.ts';
import { coefficient, lossCoefficients, type ScoreProcess } from '../../../src/score/coefficients.ts';
import { denoisingLoss } from '../../../src/score/objectives/denoising.ts';
import { perSample, reductionFactor } from '../../../src/score/objectives/loss.ts';
import { directScore, edmParametrization, epsilon } from '../../../src/sde/learning/parametrization.ts';
import { edmWeighting, likelihoodWeighting, sigmaSquaredWeighting } from '../../../src/sde/learning/weighting.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { allSdes } from '../../sde/all.ts';
import { siteOf } from '../site.ts';

const shape = [3, 4, 4];
const size = sizeOf(shape);
/** Samples of every statistical test: batch * size = 3072 numbers. */
const batch = 64;
const n = batch * size;
const none = { trained: new Float32Array(), fixed: new Float32Array() };

/** Loss and shares of a network without parameters. */
function lossOf(
  forward: Forward,
  process: ScoreProcess,
  { x0, weights }: { x0: Float64Array; weights: readonly number[] },
): { loss: number; losses: Float64Array } {
  const net = network('test', shape, forward);
  const g = graph();
  const { loss, losses } = denoisingLoss(g, net, siteOf(constantScope(net, none, g), batch));
  const [total, shares] = evaluate([loss, losses], {
    x0,
    z: noise,
    weight: weights,
    ...Object.fromEntries(lossCoefficients.map((name) => [name, coefficient(name, process, timesOf(process))])),
  });
  return { loss: total![0]!, losses: shares! };
}

const noise = normal(key(1), n);
const noiseOf = (i: number): Float64Array => noise.subarray(i * size, (i + 1) * size);
const timesOf = ({ sde }: ScoreProcess): number[] =>
  [...stratified(key(2), batch)].map((u) => sde.tMin + u * (sde.tMax - sde.tMin));
const zero: Forward = (_scope, x) => mul(x, 0);
const squares = (values: Float64Array): number => values.reduce((sum, v) => sum + v * v, 0);

const parametrizations = [epsilon(), directScore(), edmParametrization()];
const processes = allSdes.flatMap((sde) => parametrizations.map((of) => ({ sde, parametrization: of(sde) })));

describe('a network of zeros that predicts the noise', () => {
  const process = { sde: vp(), parametrization: epsilon()(vp()) };

  it.each([
    ['mean', 1],
    ['sum', size],
    ['halfSum', size / 2],
  ] as const)('has the loss E||z||^2 with the reduction %s, which is %d', (reduction, expected) => {
    const weights = Array<number>(batch).fill(reductionFactor(reduction, { size, batch }));
    const { loss, losses } = lossOf(zero, process, { x0: normal(key(3), n), weights });
    // The mean of n squares of unit variance: a standard error of sqrt(2 / n) = 0.026.
    expect(Math.abs(loss / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    losses.forEach((share, i) => expect(share / (weights[i]! * squares(noiseOf(i)))).toBeCloseTo(1, 12));
    expect(losses.reduce((a, b) => a + b, 0) / loss).toBeCloseTo(1, 12);
  });

  it('has a share of each sample in proportion to its weight', () => {
    const ones = Array<number>(batch).fill(1);
    const weights = ones.map((_, i) => (i % 3) * 0.7);
    const plain = lossOf(zero, process, { x0: noise, weights: ones });
    const weighted = lossOf(zero, process, { x0: noise, weights });
    weighted.losses.forEach((share, i) => expect(share).toBeCloseTo(weights[i]! * plain.losses[i]!, 10));
  });
});

describe.each(processes)('$sde.kind with $parametrization.kind', (process) => {
  const { sde, parametrization } = process;

  it('has the loss 0 at the exact score of a point, for every weighting', () => {
    const point = 0.6;
    // s = -(x - alpha point) / sigma^2, solved for the network's output; equal names are equal inputs.
    const exact: Forward = (_scope, scaled) => {
      const at = (name: string): Node => perSample(input(scaled.graph, name, [scaled.shape[0]!]), scaled);
      const x = div(scaled, at('inScale'));
      const scaledScore = neg(div(sub(x, mul(at('alpha'), point)), at('sigma')));
      return div(sub(scaledScore, mul(at('sigmaSkip'), x)), at('sigmaOut'));
    };
    for (const weighting of [sigmaSquaredWeighting(sde), likelihoodWeighting(sde), edmWeighting(sde)]) {
      const weights = timesOf(process).map((t) => weighting(t) / sde.sigma(t) ** 2);
      const x0 = new Float64Array(n).fill(point);
      const { loss } = lossOf(exact, process, { x0, weights });
      const { loss: ofZeros } = lossOf(zero, process, { x0, weights });
      // What is left is the rounding of x - alpha point, 1e-16 of x and squared, where sigma is smallest.
      expect(loss / ofZeros).toBeLessThan(1e-20);
    }
  });

  it('has the loss that its score at an output of zeros gives', () => {
    const x0 = normal(key(3), n);
    const times = timesOf(process);
    const { losses } = lossOf(zero, process, { x0, weights: Array<number>(batch).fill(1) });
    times.forEach((t, i) => {
      // sigma s + z with s = skip x.
      const expected = noiseOf(i).reduce((sum, z, j) => {
        const x = sde.alpha(t) * x0[i * size + j]! + sde.sigma(t) * z;
        return sum + (sde.sigma(t) * parametrization.skip(t) * x + z) ** 2;
      }, 0);
      // Coefficients are float32; where z and sigma skip x cancel, their rounding is relative to z.
      expect(Math.abs(losses[i]! - expected)).toBeLessThan(1e-5 * squares(noiseOf(i)));
    });
  });
});

describe.each(allSdes)('Gaussian data under $kind', (sde) => {
  const std = 0.5;
  const x0 = normal(foldIn(key(4), 'data'), n).map((z) => std * z);
  const process = { sde, parametrization: edmParametrization({ sigmaData: std })(sde) };

  it('has at its exact score the loss that no score can beat', () => {
    // E(sigma s + z)^2 = alpha^2 std^2 / (alpha^2 std^2 + sigma^2) per number, with a chi-square spread.
    const { losses } = lossOf(zero, process, { x0, weights: Array<number>(batch).fill(1) });
    const relative = timesOf(process).map((t, i) => {
      const signal = (sde.alpha(t) * std) ** 2;
      return losses[i]! / ((size * signal) / (signal + sde.sigma(t) ** 2));
    });
    const mean = relative.reduce((a, b) => a + b, 0) / batch;
    expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });

  it("has the loss 1 at an output of zeros under EDM's weighting", () => {
    const weighting = edmWeighting(sde, { sigmaData: std });
    const weights = timesOf(process).map((t) => weighting(t) / sde.sigma(t) ** 2 / n);
    const { loss } = lossOf(zero, process, { x0, weights });
    expect(Math.abs(loss - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });
});

describe('a factor per sample', () => {
  it('multiplies whole samples', () => {
    const g = graph();
    const [x, factor] = [input(g, 'x', [2, 3]), input(g, 'factor', [2])];
    const [y] = evaluate([mul(perSample(factor, x), add(x, 0))], { x: [1, 2, 3, 4, 5, 6], factor: [10, 100] });
    expect([...y!]).toEqual([10, 20, 30, 400, 500, 600]);
  });
});
