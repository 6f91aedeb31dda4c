/** @file The Metropolis-adjusted Langevin algorithm. */
import { combine, dotPerSample } from '../../base/arith.ts';
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { normalBatch } from '../../base/random.ts';
import { foldAll } from '../along-grid.ts';
import { accepts, pick, type LogDensity } from './metropolis.ts';
import type { SamplerStepOf } from '../sampler-step.ts';

/** Options of `mala`. */
export interface MalaOptions {
  /** The density whose gradient the score is. */
  readonly logDensity: LogDensity;
  /** eta relative to sigma(t)^2. Default 0.5. */
  readonly stepSize?: number;
  /** Number of proposals of one correction, each with one evaluation of the score, after one to begin. Default 1. */
  readonly steps?: number;
}

/**
 * A corrector that proposes the Langevin step y = x + eta s + sqrt(2 eta) z and takes it with probability
 * min(1, p(y) q(x | y) / (p(x) q(y | x))), q being the density of that step: p_t is left exactly invariant.
 * @throws ConfigError unless stepSize is positive and steps is a positive integer.
 * @see Roberts and Tweedie 1996, "Exponential convergence of Langevin distributions and their discrete approximations"
 */
export function mala({ logDensity, stepSize = 0.5, steps = 1 }: MalaOptions): SamplerStepOf {
  checkOptions(positive('stepSize', stepSize), positiveInteger('steps', steps));
  return (sde, score) => async (keys, x, from) => {
    const eta = stepSize * sde.sigma(from) ** 2;
    let state = { x, s: await score(x, from), log: logDensity(x, from) };
    for (let step = 0; step < steps; step++) {
      const { x: at, s, log } = state;
      const stepKeys = foldAll(keys, step);
      const z = normalBatch(foldAll(stepKeys, 'noise'), at.shape.slice(1));
      const y = combine([1, at], [eta, s], [Math.sqrt(2 * eta), z]);
      const sy = await score(y, from);
      const logY = logDensity(y, from);
      // The noise that would lead back from y to x.
      const back = combine([-1, z], [-Math.sqrt(eta / 2), s], [-Math.sqrt(eta / 2), sy]);
      const [there, here] = [dotPerSample(z, z), dotPerSample(back, back)];
      const ratios = Array.from(logY, (l, i) => l - (log[i] ?? 0) + 0.5 * ((there[i] ?? 0) - (here[i] ?? 0)));
      const taken = accepts(stepKeys, ratios);
      state = { x: pick(taken, y, at), s: pick(taken, sy, s), log: log.map((l, i) => (taken[i] ? (logY[i] ?? l) : l)) };
    }
    return { x: state.x, mean: state.x };
  };
}
