/** @file Scalars of the SDE and the parametrization at the times of a batch, as the float32 vectors that graphs read. */
import type { Parametrization } from '../sde/learning/parametrization.ts';
import type { StepEnds } from '../sde/learning/step-ends.ts';
import type { Sde } from '../sde/sde.ts';

/** A noise process with the way in which the network's output becomes its score. */
export interface ScoreProcess {
  readonly sde: Sde;
  readonly parametrization: Parametrization;
  /** How a network of steps is given where they end; undefined of a score alone. */
  readonly ends?: StepEnds | undefined;
}

/**
 * The rows `[B, E]` of steps that begin at times and end at others.
 * @param to - undefined for no step, whose row is zero
 */
export function endRows(
  { sde, ends }: ScoreProcess,
  times: readonly number[],
  to: readonly (number | undefined)[],
): Float32Array {
  const columns = ends?.columns ?? 0;
  const rows = new Float32Array(times.length * columns);
  times.forEach((from, i) => {
    const end = to[i];
    if (end !== undefined && ends !== undefined) rows.set(ends.row(sde, from, end), i * columns);
  });
  return rows;
}

/** What the score graph reads of a time. */
export const scoreCoefficients = ['skip', 'out', 'inScale', 'label'] as const;

/** What the loss graph reads of a time, besides the weight. */
export const lossCoefficients = ['alpha', 'sigma', 'sigmaSkip', 'sigmaOut', 'inScale', 'label'] as const;

/** Names of all coefficients. */
type Coefficient = (typeof scoreCoefficients)[number] | (typeof lossCoefficients)[number];

type Formula = (process: ScoreProcess, t: number) => number;

const formulas: Readonly<Record<Coefficient, Formula>> = {
  alpha: ({ sde }, t) => sde.alpha(t),
  sigma: ({ sde }, t) => sde.sigma(t),
  sigmaSkip: ({ sde, parametrization }, t) => sde.sigma(t) * parametrization.skip(t),
  sigmaOut: ({ sde, parametrization }, t) => sde.sigma(t) * parametrization.out(t),
  skip: ({ parametrization }, t) => parametrization.skip(t),
  out: ({ parametrization }, t) => parametrization.out(t),
  inScale: ({ parametrization }, t) => parametrization.inScale(t),
  label: ({ parametrization }, t) => parametrization.label(t),
};

/** One coefficient at each time, computed in float64; times that are equal to the one before cost nothing. */
export function coefficient(name: Coefficient, process: ScoreProcess, times: readonly number[]): Float32Array {
  const formula = formulas[name];
  const values = new Float32Array(times.length);
  let last = NaN;
  let value = NaN;
  for (const [i, t] of times.entries()) {
    if (t !== last) value = formula(process, t);
    last = t;
    values[i] = value;
  }
  return values;
}
