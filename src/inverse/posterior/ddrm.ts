/** @file Denoising diffusion restoration models: diffusion in the singular vectors of the operator. */
import { combine, map } from '../../base/arith.ts';
import { atLeast, checkOptions, type Rule } from '../../base/check.ts';
import { ConfigError } from '../../base/errors.ts';
import { normalBatch } from '../../base/random.ts';
import { sampleSize, type Tensor } from '../../base/tensor.ts';
import { noiseRatio } from '../../sde/time/noise-ratio.ts';
import { scoreAndDenoised } from '../guidance/denoised.ts';
import { linearOperatorOf, measured, requireGaussian } from '../measurement.ts';
import type { SingularSystem } from '../operator/operator.ts';
import type { ConditionalStepOf, InverseProblem } from '../problem.ts';
import { fitted } from './projection.ts';

/** Options of `ddrm`. */
export interface DdrmOptions {
  /** Share of the next noise level that is new noise, where the measurement says less than the state. Default 0.85. */
  readonly eta?: number;
  /** Share eta_b of the measurement in the mean, where it says more than the state. Default 1. */
  readonly etaB?: number;
}

/**
 * The step of DDRM on x / alpha = V X, with the denoised estimate D = V d, the level r = sigma / alpha of the next time and
 * the measurement u_i = (U^T y)_i / s_i, for each singular value s_i:
 * where s_i = 0: d + sqrt(1 - eta^2) r (X - d) / r_from + eta r z;
 * where s_i r < sigma_y: d + sqrt(1 - eta^2) r (u - d) s_i / sigma_y + eta r z;
 * else: (1 - eta_b) d + eta_b u + sqrt(r^2 - eta_b^2 sigma_y^2 / s_i^2) z.
 *
 * The published start draws the measured part of x at tMax around u; here it is the prior's, which the first step, that
 * takes nothing but d from it, makes the same with eta_b = 1.
 * @throws ConfigError unless eta and etaB are in [0, 1]; later, if the operator has no singular value decomposition.
 * @see Kawar et al. 2022, "Denoising diffusion restoration models", section 3.2
 */
export function ddrm({ eta = 0.85, etaB = 1 }: DdrmOptions = {}): ConditionalStepOf {
  checkOptions(...share('eta', eta), ...share('etaB', etaB));
  return (problem) => {
    const { sde, measurement } = problem;
    const { noiseStd } = measurement;
    requireGaussian(measurement, 'ddrm');
    const svd = singularSystemOf(problem);
    const least = 1e-9 * svd.singularValues.reduce((a, b) => Math.max(a, b), 0);
    return async (keys, x, from, to) => {
      const [level, next] = [noiseRatio(sde, from), noiseRatio(sde, to)];
      const size = sampleSize(x);
      const { denoised } = await scoreAndDenoised(problem, { x, t: from });
      const d = svd.vt(denoised);
      const state = svd.vt(combine([1 / sde.alpha(from), x]));
      const along = svd.ut(measured(measurement, x));
      const rank = svd.singularValues.length;
      const noise = new Float64Array(size);
      const kept = Math.sqrt(1 - eta ** 2) * next;
      const mean = map(d, (estimate, at) => {
        const [i, sample] = [at % size, Math.floor(at / size)];
        const s = svd.singularValues[i] ?? 0;
        const u = (along.data[sample * rank + i] ?? 0) / s;
        noise[i] = eta * next;
        if (s <= least) return estimate + (kept * ((state.data[at] ?? 0) - estimate)) / level;
        if (s * next < noiseStd) return estimate + (kept * (u - estimate) * s) / noiseStd;
        noise[i] = Math.sqrt(Math.max(0, next ** 2 - (etaB * noiseStd) ** 2 / s ** 2));
        return (1 - etaB) * estimate + etaB * u;
      });
      const z = normalBatch(keys, [size]);
      const moved = map(mean, (value, at) => value + (noise[at % size] ?? 0) * (z.data[at] ?? 0));
      const alpha = sde.alpha(to);
      return { x: combine([alpha, svd.v(moved)]), mean: combine([alpha, svd.v(mean)]) };
    };
  };
}

/** The last step of DDRM, to noise zero: with an exact measurement its part eta_b takes the place of the estimate. */
export function ddrmEnd({ etaB = 1 }: DdrmOptions = {}): (problem: InverseProblem, x: Tensor) => Tensor {
  return (problem, x) => (problem.measurement.noiseStd > 0 ? x : fitted(problem, x, { weight: etaB }));
}

function share(path: string, value: number): readonly Rule[] {
  return [atLeast(path, value, ['the constant', 0]), [value <= 1, path, `expected at most 1, got ${value}`]];
}

function singularSystemOf({ measurement }: InverseProblem): SingularSystem {
  const { svd, kind } = linearOperatorOf(measurement, 'ddrm');
  if (svd !== undefined) return svd;
  const message = `ddrm needs the singular values of its operator, and ${kind} has none in closed form; diffpir needs none`;
  throw new ConfigError([{ path: 'operator', message }]);
}
