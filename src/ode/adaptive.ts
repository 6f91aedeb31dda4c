/**
 * @file Adaptive solution of an ODE by an embedded Runge-Kutta pair, with the step of every sample controlled on its
 * own.
 */
import { allFinite, combine, rmsPerSample } from '../base/arith.ts';
import { checkOptions, positive, positiveInteger } from '../base/check.ts';
import { NumericalError } from '../base/errors.ts';
import { batchOf, sampleSize, takeRows, type Tensor } from '../base/tensor.ts';

/**
 * Right-hand side of dy/dt = f(t, y), evaluated on the samples that are still being solved.
 * @param t - one time per row of `y`
 * @param y - `[R, …]`
 * @param rows - which sample of the batch each row of `y` is
 */
export type OdeFunction = (t: readonly number[], y: Tensor, rows: readonly number[]) => Promise<Tensor>;

/** How the solution of one sample ended. */
export type OdeStatus = 'ok' | 'maxSteps' | 'stepTooSmall';

/** Accuracy and effort of the solver. */
export interface OdeOptions {
  /** Error of one step relative to the state. Default 1e-5. */
  readonly rtol?: number;
  /** Error of one step, in the units of the state. Default 1e-5. */
  readonly atol?: number;
  /** Steps after which a sample is given up, rejected ones included. Default 10000. */
  readonly maxSteps?: number;
}

/** The interval of the solution, in either direction, with the solver's options. */
export interface OdeRequest extends OdeOptions {
  readonly from: number;
  readonly to: number;
}

/** Where the samples stand after a round, in which each unfinished sample tries one step. */
export interface OdeProgress {
  readonly t: readonly number[];
  readonly y: Tensor;
}

/** The solution, with one entry per sample in each list. */
export interface OdeResult {
  readonly y: Tensor;
  /** The time reached: `to` where the status is 'ok'. */
  readonly t: readonly number[];
  /** Evaluations of the right-hand side. */
  readonly evals: readonly number[];
  readonly status: readonly OdeStatus[];
}

/**
 * An explicit pair, as data. Its last stage stands at the new state, and serves as the first stage of the next step;
 * the first stage is the slope at the start and is not listed.
 */
export interface Tableau {
  /** The name that messages use. */
  readonly name: string;
  /** Power of the step in the estimated error of one step. */
  readonly errorOrder: number;
  /** Times of the stages after the first, in units of the step; the last is 1. */
  readonly nodes: readonly number[];
  /** Weights of the slopes before each of those stages; those of the last stage give the new state. */
  readonly stages: readonly (readonly number[])[];
  /** Weights of all slopes in the difference of the two solutions. */
  readonly errorWeights: readonly number[];
}

/**
 * Solves dy/dt = f(t, y) for a batch `[B, …]`: progress after each round, and finally the solution.
 * @throws NumericalError if the state or its slope is not finite at the start.
 * @throws ConfigError unless rtol and atol are positive and maxSteps is a positive integer.
 */
export type OdeRounds = (f: OdeFunction, y0: Tensor, request: OdeRequest) => AsyncGenerator<OdeProgress, OdeResult>;

/** The solution of `OdeRounds` without its progress. */
export type OdeSolver = (f: OdeFunction, y0: Tensor, request: OdeRequest) => Promise<OdeResult>;

/** What the solver remembers of one sample beside its state and slope. */
interface Row {
  readonly index: number;
  t: number;
  /** Size of the next step to try, positive. */
  h: number;
  steps: number;
  evals: number;
  rejected: boolean;
  status: OdeStatus | undefined;
}

/**
 * A solver that adapts the step of each sample to its own error alone: neither its steps nor its result depend on the
 * other samples. The error of a step is the root mean square over a sample of error / (atol + rtol max(|y|, |y new|));
 * with q the error order, the next step is 0.9 error^(-1/q) times the last, within [0.2, 10], and does not grow right
 * after a rejection.
 * @see Hairer, Norsett and Wanner 1993, "Solving ordinary differential equations I", II.4
 */
export function adaptiveRounds({ name, errorOrder, nodes, stages, errorWeights }: Tableau): OdeRounds {
  return async function* (f, y0, { from, to, rtol = 1e-5, atol = 1e-5, maxSteps = 10_000 }) {
    checkOptions(positive('rtol', rtol), positive('atol', atol), positiveInteger('maxSteps', maxSteps));
    const direction = Math.sign(to - from);
    const smallestStep = 10 * Number.EPSILON * Math.max(Math.abs(from), Math.abs(to));
    const rows = Array.from({ length: batchOf(y0) }, (_, index): Row => {
      return { index, t: from, h: 0, steps: 0, evals: 0, rejected: false, status: from === to ? 'ok' : undefined };
    });
    let y = y0;
    let slope = y0;

    function evaluate(of: readonly Row[], t: readonly number[], at: Tensor): Promise<Tensor> {
      for (const row of of) row.evals++;
      const indices = of.map((row) => row.index);
      return f(t, at, indices);
    }

    function norms(x: Tensor, before: Tensor, after: Tensor): readonly number[] {
      return [...rmsPerSample(x, (j) => atol + rtol * Math.max(Math.abs(before.data[j]!), Math.abs(after.data[j]!)))];
    }

    async function chooseFirstSteps(): Promise<void> {
      const start = rows.map(() => from);
      slope = await evaluate(rows, start, y);
      requireFinite(name, { y, slope, t: from });
      const d0 = norms(y, y, y);
      const d1 = norms(slope, y, y);
      const h0 = d0.map((d, i) => {
        const guess = d < 1e-5 || d1[i]! < 1e-5 ? 1e-6 : (0.01 * d) / d1[i]!;
        return Math.min(guess, Math.abs(to - from));
      });
      const ahead = combine([1, y], [h0.map((h) => h * direction), slope]);
      const t = h0.map((h) => from + h * direction);
      const slopeAhead = await evaluate(rows, t, ahead);
      const change = norms(combine([1, slopeAhead], [-1, slope]), y, y);
      rows.forEach((row, i) => {
        const steepest = Math.max(d1[i]!, change[i]! / h0[i]!);
        const h1 = steepest <= 1e-15 ? Math.max(1e-6, h0[i]! * 1e-3) : (0.01 / steepest) ** (1 / errorOrder);
        row.h = Math.max(smallestStep, Number.isFinite(h1) ? Math.min(100 * h0[i]!, h1) : h0[i]!);
      });
    }

    async function tryStep(active: readonly Row[]): Promise<void> {
      const indices = active.map((row) => row.index);
      const start = takeRows(y, indices);
      const reached = active.map((row) => (row.h >= Math.abs(to - row.t) ? to : row.t + row.h * direction));
      const h = active.map((row, i) => reached[i]! - row.t);
      const slopes = [takeRows(slope, indices)];
      let end = start;
      for (const [s, weights] of stages.entries()) {
        end = combine([1, start], ...weights.map((a, k) => [h.map((step) => step * a), slopes[k]!] as const));
        const t = active.map((row, i) => (nodes[s] === 1 ? reached[i]! : row.t + nodes[s]! * h[i]!));
        slopes.push(await evaluate(active, t, end));
      }
      const error = combine(...slopes.map((k, i) => [h.map((step) => step * errorWeights[i]!), k] as const));
      const errors = norms(error, start, end);
      const targets = active.map((row, i) => {
        const accepted = control(row, errors[i]!, { t: reached[i]!, h: Math.abs(h[i]!) });
        return accepted ? row.index : undefined;
      });
      y = replaceRows(y, end, targets);
      slope = replaceRows(slope, slopes.at(-1)!, targets);
    }

    /** Advances a sample, or repeats its step with another size; whether the step was accepted. */
    function control(row: Row, error: number, trial: { readonly t: number; readonly h: number }): boolean {
      const accepted = error < 1;
      const growth = Number.isFinite(error) ? Math.min(10, Math.max(0.2, 0.9 * error ** (-1 / errorOrder))) : 0.2;
      row.h = trial.h * (row.rejected || !accepted ? Math.min(1, growth) : growth);
      row.rejected = !accepted;
      row.steps++;
      if (accepted) row.t = trial.t;
      if (row.t === to) row.status = 'ok';
      else if (row.steps >= maxSteps) row.status = 'maxSteps';
      else if (!accepted && row.h < smallestStep) row.status = 'stepTooSmall';
      return accepted;
    }

    if (from !== to && rows.length > 0) await chooseFirstSteps();
    for (;;) {
      const active = rows.filter((row) => row.status === undefined);
      if (active.length === 0) break;
      await tryStep(active);
      yield { t: rows.map((row) => row.t), y };
    }
    return {
      y,
      t: rows.map((row) => row.t),
      evals: rows.map((row) => row.evals),
      status: rows.map((row) => row.status ?? 'ok'),
    };
  };
}

/** Runs a solver to its end. */
export function toTheEnd(solve: OdeRounds): OdeSolver {
  return async (f, y0, request) => {
    const rounds = solve(f, y0, request);
    for (;;) {
      const next = await rounds.next();
      if (next.done === true) return next.value;
    }
  };
}

/** `x` with row `targets[i]` taken from row i of `source`, where there is a target. */
function replaceRows(x: Tensor, source: Tensor, targets: readonly (number | undefined)[]): Tensor {
  const size = sampleSize(x);
  const data = x.data.slice();
  targets.forEach((target, i) => {
    if (target !== undefined) data.set(source.data.subarray(i * size, (i + 1) * size), target * size);
  });
  return { shape: x.shape, data };
}

function requireFinite(name: string, { y, slope, t }: { y: Tensor; slope: Tensor; t: number }): void {
  if (!allFinite(y.data)) throw new NumericalError(`${name}: expected a finite state at the start, t = ${t}`);
  if (!allFinite(slope.data)) throw new NumericalError(`${name}: expected a finite slope at the start, t = ${t}`);
}
