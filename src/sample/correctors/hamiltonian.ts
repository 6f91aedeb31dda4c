/** @file The Hamiltonian Monte Carlo corrector. */
import { combine, dotPerSample } from '../../base/arith.ts';
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { normalBatch } from '../../base/random.ts';
import { foldAll } from '../along-grid.ts';
import { accepts, pick, ratiosOf, type MetropolisDensity } from './metropolis.ts';
import type { SamplerStepOf } from '../sampler-step.ts';

/** Options of `hamiltonian`. */
export interface HamiltonianOptions extends MetropolisDensity {
  /** Length of a leapfrog step relative to sigma(t); stable below 2. Default 0.5. */
  readonly stepSize?: number;
  /** Leapfrog steps of a trajectory, each with one evaluation of the score. Default 5. */
  readonly leapfrogs?: number;
  /** Number of trajectories of one correction, which begins with one evaluation more. Default 1. */
  readonly steps?: number;
}

/**
 * A corrector that gives each sample a momentum N(0, I) and follows Hamilton's equations dx = p, dp = s(x, t) by the
 * leapfrog method, at one time t. With a log density the end of a trajectory is taken with probability min(1,
 * e^(-change of energy)), which leaves p_t exactly invariant; without one every trajectory is taken, with an error of stepSize^2.
 * @throws ConfigError unless stepSize is positive, and leapfrogs and steps are positive integers.
 * @see Duane et al. 1987, "Hybrid Monte Carlo"; Neal 2011, "MCMC using Hamiltonian dynamics", eq. 2.28 to 2.30
 */
export function hamiltonian(options: HamiltonianOptions = {}): SamplerStepOf {
  const { stepSize = 0.5, leapfrogs = 5, steps = 1, ...density } = options;
  checkOptions(
    positive('stepSize', stepSize),
    positiveInteger('leapfrogs', leapfrogs),
    positiveInteger('steps', steps),
  );
  return (sde, score) => async (keys, start, from) => {
    const dt = stepSize * sde.sigma(from);
    const ratios = ratiosOf(density, from);
    let x = start;
    let s = await score(x, from);
    for (let step = 0; step < steps; step++) {
      const stepKeys = foldAll(keys, step);
      const momentum = normalBatch(foldAll(stepKeys, 'momentum'), x.shape.slice(1));
      let [y, sy, p] = [x, s, momentum];
      for (let i = 0; i < leapfrogs; i++) {
        const half = combine([1, p], [dt / 2, sy]);
        y = combine([1, y], [dt, half]);
        sy = await score(y, from);
        p = combine([1, half], [dt / 2, sy]);
      }
      if (ratios) {
        const [kinetic, kineticAfter] = [dotPerSample(momentum, momentum), dotPerSample(p, p)];
        const change = (i: number): number => 0.5 * ((kinetic[i] ?? 0) - (kineticAfter[i] ?? 0));
        const taken = accepts(
          stepKeys,
          (await ratios.to(x, y)).map((log, i) => log + change(i)),
        );
        ratios.keep(taken);
        [y, sy] = [pick(taken, y, x), pick(taken, sy, s)];
      }
      [x, s] = [y, sy];
    }
    return { x, mean: x };
  };
}
