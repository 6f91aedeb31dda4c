/**
 * @file Rounds of local steps: members take steps on batches of their own, and then go on from the average of where they have come to.
 *
 * The average of K members after H steps each is that of local SGD (Stich 2019, "Local SGD Converges Fast and Communicates Little", algorithm 1 with its set of
 * synchronization steps {H, 2 H, ...}), of everything that the optimizer keeps: parameters, moments and averages.
 */
import type { TrainState } from '../score/train-step.ts';
import type { LevelErrors } from './level-errors.ts';
import type { TrainPoint } from './point.ts';

/** A round, as one of its members takes it. */
export interface Round {
  /** Where all members begin. */
  readonly from: TrainPoint;
  /** Number of this member, from 0. */
  readonly rank: number;
  /** How many members there are, at least 1. */
  readonly size: number;
}

/** Number, counted from 1, of the batch that a member reads in a step: of all batches one after another, each member has every `size`-th. */
export function batchOf({ from: { step, batches = step }, rank, size }: Round, n: number): number {
  return batches + (n - step - 1) * size + rank + 1;
}

/** How many batches all members have read after a step, where those are not as many as steps. */
export function batchesAfter({ from, size }: Round, n: number): Pick<TrainPoint, 'batches'> {
  const { step, batches = step } = from;
  const read = batches + (n - step) * size;
  return read === n ? {} : { batches: read };
}

/**
 * The mean of points of one step, in their order: of parameters, moments and averages, of the smoothed losses, and of the errors by noise level. That of one point is the point
 * itself; sums are taken in float64 and rounded once.
 */
export function averageOf(points: readonly [TrainPoint, ...TrainPoint[]]): TrainPoint {
  const [first] = points;
  if (points.length === 1) return first;
  const all = (vector: (state: TrainState) => Float32Array | undefined): Float32Array =>
    meanOf(points.flatMap(({ state }) => vector(state) ?? []));
  const { profiles } = first.state;
  const levels = points.flatMap((point) => point.levels ?? []);
  return {
    ...first,
    state: {
      params: all(({ params }) => params),
      m: all(({ m }) => m),
      v: all(({ v }) => v),
      ema: all(({ ema }) => ema),
      ...(profiles && { profiles: profiles.map((_, i) => all((state) => state.profiles?.[i])) }),
      fixed: first.state.fixed,
    },
    smoothedLoss: meanNumber(points.map(({ smoothedLoss }) => smoothedLoss)),
    ...(levels.length === points.length && { levels: meanLevels(levels) }),
  };
}

function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(vectors[0]?.length ?? 0);
  for (let i = 0; i < mean.length; i++) {
    let sum = 0;
    for (const vector of vectors) sum += vector[i] ?? NaN;
    mean[i] = sum / vectors.length;
  }
  return mean;
}

function meanNumber(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function meanLevels(all: readonly LevelErrors[]): LevelErrors {
  const mean = (of: keyof LevelErrors): number[] =>
    (all[0]?.[of] ?? []).map((_, k) => meanNumber(all.map((one) => one[of][k] ?? NaN)));
  return { counts: mean('counts'), sums: mean('sums') };
}
