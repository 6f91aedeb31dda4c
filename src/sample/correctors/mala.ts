/** @file The Metropolis-adjusted Langevin algorithm. */
import { combine, dotPerSample } from '../../base/arith.ts';
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { normalBatch } from '../../base/random.ts';
import { foldAll } from '../along-grid.ts';
import { accepts, pick, ratiosOf, type MetropolisDensity } from './metropolis.ts';
import type { SamplerStepOf } from '../sampler-step.ts';

/** Options of `mala`. */
export interface MalaOptions extends MetropolisDensity {
  /** eta relative to sigma(t)^2. Default 0.5. */
  readonly stepSize?: number;
  /** Number of proposals of one correction, each with one evaluation of the score, after one to begin. Default 1. */
  readonly steps?: number;
}

/**
 * A corrector that proposes the Langevin step y = x + eta s + sqrt(2 eta) z and takes it with probability
 * min(1, p(y) q(x | y) / (p(x) q(y | x))), q being the density of that step: p_t is left exactly invariant.
 * @throws ConfigError unless there is a density or its ratios, stepSize is positive and steps is a positive integer.
 * @see Roberts and Tweedie 1996, "Exponential convergence of Langevin distributions and their discrete approximations"
 */
export function mala({ stepSize = 0.5, steps = 1, ...density }: MalaOptions): SamplerStepOf {
  checkOptions(positive('stepSize', stepSize), positiveInteger('steps', steps), [
    density.logDensity !== undefined || density.logRatio !== undefined,
    'logDensity',
    'expected a density, or its ratios',
  ]);
  return (sde, score) => async (keys, x, from) => {
    const eta = stepSize * sde.sigma(from) ** 2;
    const ratios = ratiosOf(density, from);
    let state = { x, s: await score(x, from) };
    for (let step = 0; step < steps; step++) {
      const { x: at, s } = state;
      const stepKeys = foldAll(keys, step);
      const z = normalBatch(foldAll(stepKeys, 'noise'), at.shape.slice(1));
      const y = combine([1, at], [eta, s], [Math.sqrt(2 * eta), z]);
      const sy = await score(y, from);
      const logs = (await ratios?.to(at, y)) ?? [];
      // The noise that would lead back from y to x.
      const back = combine([-1, z], [-Math.sqrt(eta / 2), s], [-Math.sqrt(eta / 2), sy]);
      const [there, here] = [dotPerSample(z, z), dotPerSample(back, back)];
      const changes = logs.map((log, i) => log + 0.5 * ((there[i] ?? 0) - (here[i] ?? 0)));
      const taken = accepts(stepKeys, changes);
      ratios?.keep(taken);
      state = { x: pick(taken, y, at), s: pick(taken, sy, s) };
    }
    return { x: state.x, mean: state.x };
  };
}
