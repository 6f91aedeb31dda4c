/** @file Langevin dynamics: sampling at one noise level alone. */
import { langevin } from './langevin.ts';
import type { SamplerStepOf } from '../sampler-step.ts';
import { predictorCorrector } from '../predictor-corrector.ts';
import type { Sampler } from '../sampler.ts';

/** Options of `langevinDynamics`. */
export interface LangevinDynamicsOptions {
  /** A corrector: `langevin` by default; `mala` or `hamiltonian` where a density is known. */
  readonly corrector?: SamplerStepOf;
  /** Langevin steps of the chain. Default 1000. */
  readonly steps?: number;
  /** Whether Tweedie's formula removes the noise of tEnd, at the cost of one evaluation. Default true. */
  readonly denoiseLast?: boolean;
}

/**
 * A chain of correctors at tEnd, from a draw of the prior or from the start of the request, whatever its time: the sampler that annealing and reverse SDEs improve upon.
 * Its step is bound to the smallest noise level, so that it crosses neither the distance from the prior nor that
 * between modes in reasonable time.
 * @throws ConfigError unless steps is a positive integer.
 * @throws NumericalError if a state is no longer finite.
 * @see Song and Ermon 2019, eq. 4 and section 3.2
 */
export function langevinDynamics(options: LangevinDynamicsOptions = {}): Sampler {
  const { corrector = langevin({ stepSize: 'sigma', snr: 0.5 }), steps = 1000, denoiseLast = true } = options;
  return predictorCorrector({
    predictor: corrector,
    steps,
    denoiseLast,
    grid: (sde, n) => Array.from({ length: n + 1 }, () => sde.tEnd),
  });
}
