/** @file Adaptive steps for the reverse SDE, each sample's own. */
import { combine, rmsPerSample } from '../../base/arith.ts';
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { foldIn } from '../../base/key.ts';
import { concatRows, sizeOf, takeRows, type Tensor } from '../../base/tensor.ts';
import { brownianTree, type BrownianPath } from './brownian-tree.ts';
import { tweedie } from '../denoise.ts';
import { countEvaluations, requireFinite, type Sampler, type Status } from '../sampler.ts';
import { initialState } from '../start.ts';

/** Options of `gottaGoFast`. */
export interface GottaGoFastOptions {
  /** Error of one step relative to the state, 0.05 by default. */
  readonly rtol?: number;
  /**
   * Error of one step, in the units of the state; by default 2/256, one level of 8 bits on [-1, 1], and less than that in
   * proportion where rtol is below 0.05: min(1, rtol / 0.05) 2/256.
   */
  readonly atol?: number;
  /** Steps after which a sample is given up, rejected ones included. Default 10000. */
  readonly maxSteps?: number;
  /** Whether Tweedie's formula removes the noise that is left at tEnd, at the cost of one evaluation. Default true. */
  readonly denoiseLast?: boolean;
}

/** The relative tolerance at which an error of one level of 8 bits is as good as the paper finds it. */
const usualRtol = 0.05;
const level = 2 / 256;

const firstStep = 0.01;
const smallestStep = 2 ** -26;

/** One sample; times are parts s of the way from where it begins to tEnd. */
interface Row {
  readonly index: number;
  readonly path: BrownianPath;
  s: number;
  /** The path at s. */
  w: Float64Array;
  /** The next step to try. */
  h: number;
  /** `[1, …]` */
  x: Tensor;
  /** The Euler-Maruyama state of the last accepted step. */
  low: Tensor;
  /** The reverse drift at x, once it is known. */
  slope: Tensor | undefined;
  steps: number;
  status: Status | undefined;
}

/**
 * The reverse SDE by Euler-Maruyama and by stochastic Heun with the same noise, x' and x'': the difference is the error
 * of a step, and x'' is kept. The error is the root mean square over a sample of (x' - x'') / max(atol, rtol max(|x'|,
 * |x' before|)); up to 1 a step is accepted; the next step is 0.9 error^(-0.9) times this one, within [0.1, 10]. Two
 * evaluations for an accepted step, one for a rejected one.
 *
 * The published code draws new noise after a rejection, which makes large noise rarer than it should be. Here the noise
 * of a sample is one Brownian path, on which steps end at dyadic points.
 * @throws ConfigError unless rtol and atol are positive and maxSteps is a positive integer.
 * @throws NumericalError if a state is no longer finite.
 * @see Jolicoeur-Martineau et al. 2021, "Gotta go fast when generating data with score-based models", algorithm 1
 */
export function gottaGoFast(options: GottaGoFastOptions = {}): Sampler {
  const { rtol = usualRtol, maxSteps = 10_000, denoiseLast = true } = options;
  // An error is allowed by the larger of both tolerances, so that a small rtol alone would change nothing.
  const { atol = level * Math.min(1, rtol / usualRtol) } = options;
  checkOptions(positive('rtol', rtol), positive('atol', atol), positiveInteger('maxSteps', maxSteps));
  return async function* ({ sde, score, shape, keys, start }) {
    const counted = countEvaluations(score, keys.length);
    const initial = await initialState({ sde, shape, keys, start });
    const span = initial.t - sde.tEnd;
    const timeAt = (s: number): number => (s === 1 ? sde.tEnd : initial.t - s * span);
    const status = span === 0 ? 'ok' : undefined;
    const rows = keys.map((key, index): Row => {
      const path = brownianTree(foldIn(key, 'path'), sizeOf(shape));
      const x = takeRows(initial.x, [index]);
      return { index, path, s: 0, w: path(0), h: firstStep, x, low: x, slope: undefined, steps: 0, status };
    });

    /** f x - g^2 s, the drift of the reverse SDE. */
    const drift = async (of: readonly Row[], x: Tensor, t: readonly number[]): Promise<Tensor> => {
      const s = await counted.ofRows(of.map(({ index }) => index))(x, t);
      return combine([t.map((u) => sde.f(u)), x], [t.map((u) => -(sde.g(u) ** 2)), s]);
    };

    async function tryStep(active: readonly Row[]): Promise<void> {
      const ends = active.map(({ s, h }) => dyadicEnd(s, h));
      const [from, to] = [active.map(({ s }) => timeAt(s)), ends.map(timeAt)];
      const dt = from.map((t, i) => t - (to[i] ?? t));
      const x = concatRows(active.map((row) => row.x));
      const first = await slopes(active);
      const ahead = active.map(({ path }, i) => path(ends[i] ?? 1));
      const noise = concatRows(active.map((row, i) => increment(row, ahead[i] ?? row.w)));
      const g = (times: readonly number[]): readonly number[] => times.map((t) => Math.sqrt(span) * sde.g(t));
      const low = combine([1, x], [dt.map((h) => -h), first], [g(from), noise]);
      const second = await drift(active, low, to);
      const half = dt.map((h) => -h / 2);
      const middle = g(from).map((value, i) => (value + (g(to)[i] ?? 0)) / 2);
      const high = combine([1, x], [half, first], [half, second], [middle, noise]);
      const before = concatRows(active.map((row) => row.low));
      const errors = rmsPerSample(combine([1, low], [-1, high]), (j) =>
        Math.max(atol, rtol * Math.max(Math.abs(low.data[j] ?? 0), Math.abs(before.data[j] ?? 0))),
      );
      active.forEach((row, i) => {
        const [error, end] = [errors[i] ?? NaN, ends[i] ?? 1];
        const trial = end - row.s;
        if (error <= 1) {
          row.s = end;
          row.w = ahead[i] ?? row.w;
          row.x = takeRows(high, [i]);
          row.low = takeRows(low, [i]);
          row.slope = undefined;
        }
        const growth = Number.isFinite(error) ? Math.min(10, Math.max(0.1, 0.9 * error ** -0.9)) : 0.1;
        row.h = trial * growth;
        row.steps++;
        if (row.s === 1) row.status = 'ok';
        else if (row.steps >= maxSteps) row.status = 'maxSteps';
        else if (row.h < smallestStep) row.status = 'stepTooSmall';
      });
    }

    /** The drift at the state of each sample, evaluated where it is not known from a rejected step. */
    async function slopes(active: readonly Row[]): Promise<Tensor> {
      const unknown = active.filter(({ slope }) => slope === undefined);
      if (unknown.length > 0) {
        const x = concatRows(unknown.map((row) => row.x));
        const found = await drift(
          unknown,
          x,
          unknown.map(({ s }) => timeAt(s)),
        );
        unknown.forEach((row, i) => (row.slope = takeRows(found, [i])));
      }
      return concatRows(active.map(({ slope, x }) => slope ?? x));
    }

    let round = 0;
    for (;;) {
      const active = rows.filter(({ status }) => status === undefined);
      if (active.length === 0) break;
      await tryStep(active);
      round++;
      const x = concatRows(rows.map((row) => row.x));
      requireFinite(x, { step: round, t: timeAt(Math.min(...rows.map(({ s }) => s))) });
      yield { step: round, steps: undefined, t: timeAt(Math.min(...rows.map(({ s }) => s))), x, mean: x };
    }
    const ended = concatRows(rows.map((row) => row.x));
    const times = rows.map(({ s }) => timeAt(s));
    const x = denoiseLast ? await tweedie(sde, counted.score, ended, times) : ended;
    requireFinite(x, { step: round, t: sde.tEnd });
    return { x, evals: counted.evals(), status: rows.map(({ status }) => status ?? 'ok') };
  };
}

/**
 * The end of a step of about `h`: a multiple of a power of two that is an eighth of the step or less, at which the
 * Brownian tree is no deeper than it must be.
 */
function dyadicEnd(s: number, h: number): number {
  const parts = 2 ** (3 + Math.ceil(-Math.log2(h)));
  return Math.min(1, Math.floor((s + h) * parts) / parts);
}

/** The noise of a sample on its way to where its path is `ahead`, `[1, …]`. */
function increment({ w, x }: Row, ahead: Float64Array): Tensor {
  return { shape: x.shape, data: ahead.map((end, j) => end - (w[j] ?? 0)) };
}
