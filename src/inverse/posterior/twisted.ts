/** @file The twisted diffusion sampler: particles that are weighed, so that many of them are exact. */
import { combine, dotPerSample } from '../../base/arith.ts';
import { atLeast, checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { takeRows, type Tensor } from '../../base/tensor.ts';
import { alongGrid, foldAll, type TimeGridOptions, type StepInterval } from '../../sample/along-grid.ts';
import type { StepResult } from '../../sample/sampler-step.ts';
import { addNoise } from '../../sample/noise.ts';
import type { SampleProgress, SampleResult } from '../../sample/sampler.ts';
import { suitedGrid } from '../../sde/time/time-grid.ts';
import { transition } from '../../sde/transition.ts';
import { linearOperatorOf, measured } from '../measurement.ts';
import { normalInverse } from '../operator/solve.ts';
import { choose, normalizedWeights, resample, type Particles } from './particles.ts';
import { measuredNear, noiseInverse } from '../decoder.ts';
import { isotropicLikelihood, isotropicVariance } from '../guidance/pigdm.ts';
import { countProblem, type InverseProblem, type PosteriorRequest } from '../problem.ts';

/** Options of `twisted`. */
export interface TwistedOptions extends Omit<TimeGridOptions, 'denoiseLast'> {
  /** Particles K of each sample. Default 16. */
  readonly particles?: number;
  /**
   * Standard deviation that the twisting function takes the data to have; it changes the effort, not the limit.
   * Default 1.
   */
  readonly dataStd?: number;
  /** Resamples when the effective number of particles falls below this share of K; 1 is at every step. Default 0.5. */
  readonly resampleBelow?: number;
}

/** One sample for each key, and the particles from which it was drawn. */
export interface TwistedResult extends SampleResult {
  /** `[B, K, ...shape]` */
  readonly particles: Tensor;
  /** `[B, K]`, which sum to 1 over K: weighted means over particles are those of the posterior in the limit of many. */
  readonly weights: Tensor;
}

/**
 * Sequential Monte Carlo along the ancestral steps of the prior. Particles are proposed by the step whose score is guided
 * by the twisting function p~(y | x_t) = N(A D, r^2 A A^T + sigma_y^2) of `pigdm`, and weighed by p(x_to | x_from)
 * p~(y | x_to) / (q(x_to | x_from) p~(y | x_from)); at the end the true likelihood of the denoised estimate takes the
 * place of the twisting function. In the limit of many particles the law is that of the prior's own chain given y,
 * whatever the twisting function. An exact y has no likelihood, and keeps the last twisting function.
 *
 * Each key has its own particles, which know nothing of other keys. Systematic resampling.
 * @throws ConfigError unless steps and particles are positive integers, dataStd is positive and resampleBelow in [0, 1];
 * later, if the operator is not linear or there is no derivative of the score.
 * @see Wu et al. 2023, "Practical and asymptotically exact conditional sampling in diffusion models", algorithm 1
 */
export function twisted(
  options: TwistedOptions = {},
): (request: PosteriorRequest) => AsyncGenerator<SampleProgress, TwistedResult> {
  const { steps = 100, grid = suitedGrid, particles = 16, dataStd = 1, resampleBelow = 0.5 } = options;
  checkOptions(
    positiveInteger('particles', particles),
    positive('dataStd', dataStd),
    atLeast('resampleBelow', resampleBelow, ['the constant', 0]),
    [resampleBelow <= 1, 'resampleBelow', `expected at most 1, got ${resampleBelow}`],
  );
  return async function* ({ shape, keys, ...request }) {
    const { problem, evals } = countProblem(request, keys.length);
    const rows = keys.flatMap((_, sample) => new Array<number>(particles).fill(sample));
    const resampleKeys = foldAll(keys, 'resample');
    let carried: Particles = { logWeights: new Float64Array(rows.length), particles };
    const likelihood = isotropicLikelihood(problem, { method: 'twisted', dataStd });

    const step = async (
      particleKeys: readonly Key[],
      x: Tensor,
      { index, from, to }: StepInterval,
    ): Promise<StepResult> => {
      const { score, gradient, logLikelihood } = await likelihood({ x, t: from, rows });
      const logWeights = carried.logWeights.map((log, i) => log + (logLikelihood[i] ?? 0));
      const chosen = resample(foldAll(resampleKeys, index), { logWeights, particles }, resampleBelow);
      const [state, prior, pull] = [x, score, gradient].map((of) => takeRows(of, chosen.parents)) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const { factor, variance } = transition(problem.sde, { earlier: to, later: from });
      const std = (Math.sqrt(variance) * problem.sde.sigma(to)) / problem.sde.sigma(from);
      const unguided = combine([1 / factor, state], [variance / factor, prior]);
      const shift = combine([variance / factor, pull]);
      const moved = addNoise(foldAll(particleKeys, index), combine([1, unguided], [1, shift]), std);
      // log p / q of the step: (|x - guided mean|^2 - |x - unguided mean|^2) / (2 std^2).
      const noise = combine([1, moved.x], [-1, moved.mean]);
      const along = dotPerSample(combine([2, noise], [1, shift]), shift);
      carried = {
        particles,
        logWeights: chosen.logWeights.map(
          (log, i) => log - (along[i] ?? 0) / (2 * std ** 2) - (logLikelihood[chosen.parents[i] ?? 0] ?? 0),
        ),
      };
      return moved;
    };

    const sampler = alongGrid({ steps, grid, denoiseLast: true }, (run) => (x, at) => step(run.keys, x, at));
    const run = sampler({
      sde: problem.sde,
      score: (x, t) => problem.score(x, t, rows),
      shape,
      keys: keys.flatMap((key) => Array.from({ length: particles }, (_, k) => foldIn(foldIn(key, 'particle'), k))),
    });
    const firsts = keys.map((_, sample) => sample * particles);
    let next = await run.next();
    while (next.done !== true) {
      const { x, mean, ...at } = next.value;
      yield { ...at, x: takeRows(x, firsts), mean: takeRows(mean, firsts) };
      next = await run.next();
    }
    const { x } = next.value;
    const last = await lastLogLikelihood(problem, { denoised: x, rows, dataStd });
    const final = { particles, logWeights: carried.logWeights.map((log, i) => log + (last[i] ?? 0)) };
    const weights = normalizedWeights(final);
    return {
      x: takeRows(x, choose(foldAll(keys, 'choice'), final)),
      evals: evals(),
      status: keys.map(() => 'ok'),
      particles: { shape: [keys.length, particles, ...shape], data: x.data },
      weights: { shape: [keys.length, particles], data: weights },
    };
  };
}

/** log p(y | x_0) of the finished samples up to a constant; of an exact y, the twisting function at tEnd. */
async function lastLogLikelihood(
  problem: InverseProblem,
  {
    denoised,
    rows,
    dataStd,
  }: { readonly denoised: Tensor; readonly rows: readonly number[]; readonly dataStd: number },
): Promise<Float64Array> {
  const { sde, measurement, decoder } = problem;
  const operator = linearOperatorOf(measurement, 'twisted');
  const { clean } = await measuredNear(problem, denoised, 'twisted');
  const y = measured(measurement, denoised, rows);
  if (measurement.noise !== undefined) return measurement.noise.logLikelihood(y, clean);
  const misfit = combine([1, y], [-1, clean]);
  if (decoder !== undefined) {
    const weighed = noiseInverse({ measurement, decoder }, clean, 'twisted')(misfit);
    return dotPerSample(misfit, weighed).map((square) => -0.5 * square);
  }
  if (measurement.noiseStd > 0)
    return dotPerSample(misfit, misfit).map((square) => (-0.5 * square) / measurement.noiseStd ** 2);
  const variance = isotropicVariance(sde, sde.tEnd, dataStd);
  return dotPerSample(misfit, normalInverse(operator, misfit, 0)).map((square) => (-0.5 * square) / variance);
}
