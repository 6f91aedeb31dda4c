/** @file What every sampler takes and gives, and the bookkeeping that they share. */
import { allFinite } from '../base/arith.ts';
import { InternalError, NumericalError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import { batchOf, sampleSize, type Shape, type Tensor } from '../base/tensor.ts';
import type { OdeStatus } from '../ode/adaptive.ts';
import type { LogDensity, ScoreFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';
import type { ReverseVariance } from './sampler-step.ts';
import type { Start } from './start.ts';

/** How one sample ended; samplers with fixed steps always end 'ok'. */
export type Status = OdeStatus;

/** What to sample, and from which random numbers. */
export interface SampleRequest {
  readonly sde: Sde;
  readonly score: ScoreFn;
  /** The variance that the model was trained with, for ancestral sampling; 0, the posterior's, by default. */
  readonly reverseVariance?: ReverseVariance;
  /** The score of the noise that `ddim` adds again after it has denoised by `score`, as CFG++ has it; `score` by default. */
  readonly unguided?: ScoreFn | undefined;
  /** The density whose gradient the score is, for samplers that accept and reject by it. */
  readonly logDensity?: LogDensity | undefined;
  /** Of one sample. */
  readonly shape: Shape;
  /** One per sample: sample i depends on `keys[i]` alone, whatever else is in the batch. */
  readonly keys: readonly Key[];
  /** Where to begin; by default with a draw of the prior at tMax. */
  readonly start?: Start | undefined;
}

/** The batch after a step. */
export interface SampleProgress {
  /** Steps taken. */
  readonly step: number;
  /** Steps in all, where that is known beforehand. */
  readonly steps: number | undefined;
  /** Time that the batch has reached: that of the slowest sample. */
  readonly t: number;
  /** `[B, ...shape]` */
  readonly x: Tensor;
  /** The state without the noise of the last step, `[B, ...shape]`. */
  readonly mean: Tensor;
}

/** The finished samples, with one entry per sample in each list. */
export interface SampleResult {
  /** `[B, ...shape]` */
  readonly x: Tensor;
  /** Evaluations of the score, counted as they happen. */
  readonly evals: readonly number[];
  readonly status: readonly Status[];
}

/** A way to draw samples; leaving the loop over its progress stops it. */
export type Sampler = (request: SampleRequest) => AsyncGenerator<SampleProgress, SampleResult>;

/** Runs a generator to its end and gives its result. */
export async function finish<T>(generator: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const next = await generator.next();
    if (next.done === true) return next.value;
  }
}

/** A score whose evaluations are counted for each sample of a batch. */
export interface CountedScore {
  /** The score of the whole batch. */
  readonly score: ScoreFn;
  /** The score of a part of the batch, given by the index of each row. */
  readonly ofRows: (rows: readonly number[]) => ScoreFn;
  /** The counts so far. */
  readonly evals: () => readonly number[];
}

/** Wraps the score of a batch of `batch` samples so that its evaluations are counted. */
export function countEvaluations(score: ScoreFn, batch: number): CountedScore {
  const counts = new Array<number>(batch).fill(0);
  const ofRows = (rows: readonly number[]): ScoreFn => {
    return (x, t, _, to) => {
      if (batchOf(x) !== rows.length)
        throw new InternalError(`the score was asked for ${batchOf(x)} samples, its batch has ${rows.length}`);
      for (const row of rows) counts[row] = (counts[row] ?? 0) + 1;
      return score(x, t, rows, to);
    };
  };
  return { score: ofRows([...counts.keys()]), ofRows, evals: () => [...counts] };
}

/** @throws NumericalError naming the sample, step and time at which a state is not finite. */
export function requireFinite(x: Tensor, { step, t }: { readonly step: number; readonly t: number }): void {
  if (allFinite(x.data)) return;
  const sample = Math.floor(x.data.findIndex((value) => !Number.isFinite(value)) / sampleSize(x));
  throw new NumericalError(`sampling: sample ${sample} is not finite after step ${step}, at t = ${t}`);
}
