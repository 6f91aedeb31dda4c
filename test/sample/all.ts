/** @file Every predictor, corrector and sampler, with the law of each move where it is affine. */
import { ancestral } from '../../src/sample/ancestral.ts';
import { eulerMaruyama } from '../../src/sample/euler-maruyama.ts';
import { langevin } from '../../src/sample/langevin.ts';
import type { MoveOf } from '../../src/sample/move.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { probabilityFlow } from '../../src/sample/probability-flow.ts';
import { reverseDiffusion } from '../../src/sample/reverse-diffusion.ts';
import type { Sampler } from '../../src/sample/sampler.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { karrasGrid, type TimeGrid } from '../../src/sde/time-grid.ts';

/** A move as published: mean = x x + s score, with noise of standard deviation `noise`. */
export interface Coefficients {
  readonly x: number;
  readonly s: number;
  readonly noise: number;
}

export interface KnownMove {
  readonly name: string;
  readonly move: MoveOf;
  readonly law: (sde: Sde, from: number, to: number) => Coefficients;
}

function steps(sde: Sde, from: number, to: number): { a: number; v: number } {
  const a = sde.alpha(from) / sde.alpha(to);
  return { a, v: sde.sigma(from) ** 2 - a ** 2 * sde.sigma(to) ** 2 };
}

export const predictors: readonly KnownMove[] = [
  {
    name: 'Euler-Maruyama',
    move: eulerMaruyama(),
    law: (sde: Sde, from: number, to: number): Coefficients => ({
      x: 1 - sde.f(from) * (from - to),
      s: sde.g(from) ** 2 * (from - to),
      noise: sde.g(from) * Math.sqrt(from - to),
    }),
  },
  {
    name: 'reverse diffusion',
    move: reverseDiffusion(),
    law: (sde: Sde, from: number, to: number): Coefficients => {
      const { a, v } = steps(sde, from, to);
      return { x: 2 - a, s: v, noise: Math.sqrt(v) };
    },
  },
  {
    name: 'ancestral',
    move: ancestral(),
    law: (sde: Sde, from: number, to: number): Coefficients => {
      const { a, v } = steps(sde, from, to);
      return { x: 1 / a, s: v / a, noise: Math.sqrt((v * sde.sigma(to) ** 2) / sde.sigma(from) ** 2) };
    },
  },
  {
    name: 'ancestral with the forward variance',
    move: ancestral({ variance: 'forward' }),
    law: (sde: Sde, from: number, to: number): Coefficients => {
      const { a, v } = steps(sde, from, to);
      return { x: 1 / a, s: v / a, noise: Math.sqrt(v) };
    },
  },
];

export const snr = 0.3;

/** The Langevin corrector whose step size does not depend on the state. */
export const affineCorrector: KnownMove = {
  name: 'Langevin by sigma',
  move: langevin({ snr, stepSize: 'sigma' }),
  law: (sde, from) => {
    const eta = 2 * (snr * sde.sigma(from)) ** 2;
    return { x: 1, s: eta, noise: Math.sqrt(2 * eta) };
  },
};

export const correctors: readonly { name: string; corrector: MoveOf | undefined; evals: number }[] = [
  { name: 'none', corrector: undefined, evals: 0 },
  { name: 'Langevin by norm', corrector: langevin(), evals: 1 },
  { name: 'two steps of Langevin by sigma', corrector: langevin({ steps: 2, stepSize: 'sigma' }), evals: 2 },
];

/** A grid on which a few dozen steps are enough for every SDE. */
export const grid: TimeGrid = karrasGrid();

export interface KnownSampler {
  readonly name: string;
  /** A sampler of about `steps` steps. */
  readonly of: (options: { steps: number; denoiseLast: boolean }) => Sampler;
  /** Score evaluations per step, where that is fixed. */
  readonly evalsPerStep: number | undefined;
}

export const samplers: readonly KnownSampler[] = [
  ...predictors.flatMap(({ name, move }) =>
    correctors.map(({ name: correctorName, corrector, evals }): KnownSampler => ({
      name: `${name} with corrector ${correctorName}`,
      of: (options) => predictorCorrector({ predictor: move, ...(corrector && { corrector }), grid, ...options }),
      evalsPerStep: 1 + evals,
    })),
  ),
  {
    name: 'probability flow',
    of: ({ denoiseLast }) => probabilityFlow({ denoiseLast, rtol: 1e-3, atol: 1e-3 }),
    evalsPerStep: undefined,
  },
];
