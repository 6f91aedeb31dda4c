/** @file Whether a model knows how wrong its denoised estimates are: the error that its own covariance predicts beside the one that is found. */
import { combine, dotPerSample } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import { foldIn, key } from '../../base/key.ts';
import { normalBatch, rademacher } from '../../base/random.ts';
import { batchOf, sampleSize, takeRows, tensor, type Tensor } from '../../base/tensor.ts';
import { jackknife, type Estimate } from '../../evaluate/estimate.ts';
import { noiseLevels, type NoiseLevel } from '../../evaluate/noise-levels.ts';
import type { ScoreJvpFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';

/** What is found at one noise level. */
export interface DenoisingCalibration extends NoiseLevel {
  /** Mean of ||x_0 - E[x_0 | x_t]||^2 / D over samples. */
  readonly found: number;
  /** Mean of the trace of the model's covariance of x_0 given x_t, over D. */
  readonly predicted: number;
  /** Predicted over found: 1 for the score of the data, below 1 where the model is too sure. */
  readonly ratio: Estimate;
}

/** How the errors are measured. */
export interface CalibrationOptions {
  /** Noise levels, evenly spaced in log(sigma / alpha). Default 8. */
  readonly levels?: number | undefined;
  /** Samples that are computed together. Default 64. */
  readonly batch?: number | undefined;
  /** Seed of the noise and the probes. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * The mean square error of denoised estimates by noise level, beside what the score itself predicts of it:
 * Cov(x_0 | x_t) = (sigma / alpha)^2 (I + sigma^2 ds/dx), whose trace is estimated by one probe of each sample. For the score of the data both are equal.
 * @param x0 - samples that are new to the model, in its range, `[N, …]`, 40 or more
 * @throws ConfigError if there are fewer.
 * @see Meng et al. 2021, "Estimating high order gradients of the data distribution by denoising", theorem 1
 */
export async function* denoisingCalibration(
  { sde, scoreJvp }: { readonly sde: Sde; readonly scoreJvp: ScoreJvpFn },
  x0: Tensor,
  { levels: count = 8, batch = 64, seed = 0 }: CalibrationOptions = {},
): AsyncGenerator<number, readonly DenoisingCalibration[]> {
  const [n, d] = [batchOf(x0), sampleSize(x0)];
  checkOptions([n >= 40, 'count', `expected at least 40 samples, got ${n}`]);
  const levels = noiseLevels(sde, count);
  const results: DenoisingCalibration[] = [];
  for (const [i, { t, noiseRatio }] of levels.entries()) {
    const [alpha, sigma] = [sde.alpha(t), sde.sigma(t)];
    const pairs = new Float64Array(2 * n);
    for (let begin = 0; begin < n; begin += batch) {
      yield (i + begin / n) / levels.length;
      const rows = Array.from({ length: Math.min(batch, n - begin) }, (_, at) => begin + at);
      const clean = takeRows(x0, rows);
      const keys = rows.map((row) => foldIn(foldIn(foldIn(key(seed), 'calibration'), i), row));
      const z = normalBatch(keys, x0.shape.slice(1));
      const probe = tensor(Float64Array.from(keys.flatMap((own) => [...rademacher(foldIn(own, 'probe'), d)])), z.shape);
      const x = combine([alpha, clean], [sigma, z]);
      const { score, jvp } = await scoreJvp(x, t, probe);
      const error = combine([1 / alpha, x], [(sigma * sigma) / alpha, score], [-1, clean]);
      const [squares, traces] = [dotPerSample(error, error), dotPerSample(probe, jvp)];
      rows.forEach((row, at) => {
        pairs[2 * row] = (squares[at] ?? 0) / d;
        pairs[2 * row + 1] = noiseRatio ** 2 * (1 + (sigma * sigma * (traces[at] ?? 0)) / d);
      });
    }
    const both = tensor(pairs, [n, 2]);
    results.push({
      ...{ t, noiseRatio, found: meanOf(both, 0), predicted: meanOf(both, 1) },
      ratio: jackknife([both], ([some = both]) => meanOf(some, 1) / meanOf(some, 0)),
    });
  }
  return results;
}

function meanOf({ data, shape }: Tensor, column: number): number {
  const [n = 1, columns = 1] = shape;
  let sum = 0;
  for (let at = column; at < data.length; at += columns) sum += data[at] ?? 0;
  return sum / n;
}
