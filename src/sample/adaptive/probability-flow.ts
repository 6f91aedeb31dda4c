/** @file Sampling by the probability-flow ODE. */
import { scale } from '../../base/arith.ts';
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import type { OdeOptions, OdeRounds } from '../../ode/adaptive.ts';
import { dopri5Rounds } from '../../ode/dopri5.ts';
import { flowVelocity } from './flow-paths.ts';
import { tweedie } from '../denoise.ts';
import { countEvaluations, requireFinite, type Sampler } from '../sampler.ts';
import { initialState } from '../start.ts';

/** Options of `probabilityFlow`. */
export interface ProbabilityFlowOptions extends OdeOptions {
  /** The Runge-Kutta pair: `dopri5Rounds` by default, or `bosh3Rounds`. */
  readonly solve?: OdeRounds;
  /** Whether Tweedie's formula removes the noise that is left at tEnd, at the cost of one evaluation. Default true. */
  readonly denoiseLast?: boolean;
  /** Factor of the prior's draw, 1 by default; below 1, samples are more alike. The start of a request is taken as it is. */
  readonly temperature?: number;
}

/**
 * Deterministic sampler: a draw of the prior, or the start of the request, carried from its time to tEnd by dx/dt = f x - g^2 s / 2, whose solutions
 * have the marginals of the SDE. Each sample has its own steps; one that gives up (see `status`) is denoised from where
 * it stopped.
 * @throws NumericalError if a state or its score is no longer finite.
 * @throws ConfigError unless rtol, atol and temperature are positive and maxSteps is a positive integer.
 * @see Song et al. 2021, eq. 13
 * @example
 * ```ts
 * import { finish, gaussian, key, probabilityFlow, split, subVp, tensor } from 'scorefield';
 *
 * const sde = subVp();
 * const { score } = gaussian(sde, { mean: tensor([1], [1]), std: 2 });
 * const { x } = await finish(probabilityFlow()({ sde, score, shape: [1], keys: split(key(0), 100) }));
 * console.log(x.data.slice(0, 3));
 * ```
 */
export function probabilityFlow(options: ProbabilityFlowOptions = {}): Sampler {
  const { denoiseLast = true, solve = dopri5Rounds, temperature = 1, ...solver } = options;
  const { rtol = 1, atol = 1, maxSteps = 1 } = solver;
  checkOptions(
    positive('temperature', temperature),
    positive('rtol', rtol),
    positive('atol', atol),
    positiveInteger('maxSteps', maxSteps),
  );
  return async function* ({ sde, score, shape, keys, start }) {
    const counted = countEvaluations(score, keys.length);
    const initial = await initialState({ sde, shape, keys, start });
    const first = start === undefined ? scale(temperature, initial.x) : initial.x;
    const rounds = solve((t, x, rows) => flowVelocity(sde, counted.ofRows(rows))(t, x), first, {
      ...solver,
      from: initial.t,
      to: sde.tEnd,
    });
    let step = 0;
    let next = await rounds.next();
    while (next.done !== true) {
      step++;
      const { t, y } = next.value;
      yield { step, steps: undefined, t: Math.max(...t), x: y, mean: y };
      next = await rounds.next();
    }
    const { y, t, status } = next.value;
    const x = denoiseLast ? await tweedie(sde, counted.score, y, t) : y;
    requireFinite(x, { step, t: sde.tEnd });
    return { x, evals: counted.evals(), status };
  };
}
