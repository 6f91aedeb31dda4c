/** @file Scalars of the SDE and the parametrization at the times of a batch, as the float32 vectors that graphs read. */
import type { Parametrization } from '../sde/parametrization.ts';
import type { Sde } from '../sde/sde.ts';

/** A noise process with the way in which the network's output becomes its score. */
export interface ScoreProcess {
  readonly sde: Sde;
  readonly parametrization: Parametrization;
}

/** What the score graph reads of a time. */
export const scoreCoefficients = ['skip', 'out', 'inScale', 'label'] as const;

/** What the loss graph reads of a time, besides the weight. */
export const lossCoefficients = ['alpha', 'sigma', 'sigmaSkip', 'sigmaOut', 'inScale', 'label'] as const;

/** Names of all coefficients. */
type Coefficient = (typeof scoreCoefficients)[number] | (typeof lossCoefficients)[number];

/** One coefficient at each time, computed in float64. */
export function coefficient(
  name: Coefficient,
  { sde, parametrization }: ScoreProcess,
  times: readonly number[],
): Float32Array {
  const of: Readonly<Record<Coefficient, (t: number) => number>> = {
    alpha: (t) => sde.alpha(t),
    sigma: (t) => sde.sigma(t),
    sigmaSkip: (t) => sde.sigma(t) * parametrization.skip(t),
    sigmaOut: (t) => sde.sigma(t) * parametrization.out(t),
    skip: (t) => parametrization.skip(t),
    out: (t) => parametrization.out(t),
    inScale: (t) => parametrization.inScale(t),
    label: (t) => parametrization.label(t),
  };
  return Float32Array.from(times, of[name]);
}
