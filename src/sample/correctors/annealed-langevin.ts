/** @file Annealed Langevin dynamics, the sampler of NCSN. */
import { checkOptions, positive } from '../../base/check.ts';
import { langevin } from './langevin.ts';
import type { SamplerStepOf } from '../sampler-step.ts';

/** Options of `annealedLangevin`. */
export interface AnnealedLangevinOptions {
  /**
   * Step size relative to sigma^2: epsilon / sigma_L^2 of the papers, in which alpha_i = epsilon (sigma_i /
   * sigma_L)^2; 0.2 for NCSN and 0.062 for NCSNv2 on CIFAR-10. Default 0.062.
   */
  readonly stepSize?: number;
  /** Langevin steps at each noise level, T of the papers. Default 5. */
  readonly steps?: number;
  /**
   * 'code': x + alpha s + sqrt(2 alpha) z, as the published code has it; 'paper': x + alpha/2 s + sqrt(alpha) z.
   * Default code.
   */
  readonly convention?: 'code' | 'paper';
}

/**
 * Langevin steps at the noise level of `to`: the state comes from one level and is drawn towards the law of the next.
 * As a predictor along `logSnrGrid` it is annealed Langevin dynamics over that geometric sequence of levels, the first
 * of which is that of the prior's draw; the denoising step at the end is that of NCSNv2's code.
 *
 * It is the Langevin corrector with snr = sqrt(stepSize / 2), or half of the step size for the paper's convention.
 * @throws ConfigError unless stepSize is positive and steps is a positive integer.
 * @see Song and Ermon 2019, algorithm 1; Song and Ermon 2020, algorithm 1
 */
export function annealedLangevin(options: AnnealedLangevinOptions = {}): SamplerStepOf {
  const { stepSize = 0.062, steps = 5, convention = 'code' } = options;
  checkOptions(positive('stepSize', stepSize));
  const snr = Math.sqrt(stepSize / (convention === 'code' ? 2 : 4));
  const correctorOf = langevin({ snr, steps, stepSize: 'sigma' });
  return (sde, score) => {
    const correct = correctorOf(sde, score);
    return (keys, x, _from, to) => correct(keys, x, to, to);
  };
}
