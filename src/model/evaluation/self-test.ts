/** @file Whether the samples of a sampler follow the score that they were drawn by. */
import { combine } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import { foldIn, key } from '../../base/key.ts';
import { normalBatch } from '../../base/random.ts';
import { batchOf, concatRows, takeRows, type Tensor } from '../../base/tensor.ts';
import { mostPairs } from '../../catalog/metrics/metric.ts';
import type { MatrixProduct } from '../../evaluate/float-rows.ts';
import { medianDistance } from '../../evaluate/mmd.ts';
import { noiseLevels, type NoiseLevel } from '../../evaluate/noise-levels.ts';
import { inverseMultiquadric, steinDiscrepancy, type SteinTest } from '../../evaluate/stein.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';

/** How samples are tested. */
export interface SelfTestOptions {
  /** Noise levels, evenly spaced in log(sigma / alpha) from the end of sampling to half the way to its start. Default 4. */
  readonly levels?: number | undefined;
  /** Samples whose scores are computed together. Default 64. */
  readonly batch?: number | undefined;
  /** Of matrices. Default in float64. */
  readonly product?: MatrixProduct | undefined;
  /** Seed of the noise and of the bootstrap. Default 0. */
  readonly seed?: number | undefined;
}

/** The test at one noise level. */
export interface SelfTestAt extends NoiseLevel, SteinTest {
  /** Samples that were tested, 2,000 at most. */
  readonly n: number;
  /** Of the kernel: the median distance of the noised samples. */
  readonly bandwidth: number;
}

/** Samples of which the median distance is taken. */
const ofMedian = 300;

/**
 * The kernel Stein discrepancy of samples, noised to a level, and the score at that level, with its p-value: small where the sampler does not draw what the network
 * says. Samples of the law whose noised scores the network has learned have a discrepancy of 0 at every level; of a network that is no gradient, no law has.
 * @param x - samples in the range of the model, `[N, …]`, 40 or more
 * @throws ConfigError if there are fewer.
 */
export async function* selfTest(
  { sde, score }: { readonly sde: Sde; readonly score: ScoreFn },
  x: Tensor,
  { levels: count = 4, batch = 64, product, seed = 0 }: SelfTestOptions = {},
): AsyncGenerator<number, readonly SelfTestAt[]> {
  const n = Math.min(mostPairs, batchOf(x));
  checkOptions([n >= 40, 'count', `expected at least 40 samples, got ${n}`]);
  const levels = noiseLevels(sde, 2 * count).slice(0, count);
  const results: SelfTestAt[] = [];
  for (const [i, { t, noiseRatio }] of levels.entries()) {
    const own = foldIn(foldIn(key(seed), 'self'), i);
    const noised: Tensor[] = [];
    const scores: Tensor[] = [];
    for (let begin = 0; begin < n; begin += batch) {
      yield (i + (0.9 * begin) / n) / levels.length;
      const rows = Array.from({ length: Math.min(batch, n - begin) }, (_, at) => begin + at);
      const z = normalBatch(
        rows.map((row) => foldIn(foldIn(own, 'noise'), row)),
        x.shape.slice(1),
      );
      const part = combine([sde.alpha(t), takeRows(x, rows)], [sde.sigma(t), z]);
      noised.push(part);
      scores.push(await score(part, t));
    }
    const points = concatRows(noised);
    const few = takeRows(points, [...Array(Math.min(ofMedian, n)).keys()]);
    const bandwidth = medianDistance(few);
    const kernel = inverseMultiquadric(bandwidth);
    const found = await steinDiscrepancy(foldIn(own, 'signs'), {
      x: points,
      scores: concatRows(scores),
      kernel,
      product,
    });
    results.push({ t, noiseRatio, n, bandwidth, ...found });
  }
  return results;
}
