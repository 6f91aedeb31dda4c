/** @file Latents of a model: where the probability flow takes samples, on the scale of a standard normal, and back. */
import { scale } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import { batchOf, concatRows, expectShape, takeRows, type Tensor } from '../../base/tensor.ts';
import { decode, encode, slerp } from '../../likelihood/latent.ts';
import type { Carried } from '../../likelihood/flow.ts';
import { evaluationCounter } from '../evaluation-counter.ts';
import { flowProgress } from '../flow-progress.ts';
import { reported } from '../running.ts';
import type { ScorePrograms } from '../score-programs.ts';
import { requireAllLevels, type TrainedModel } from '../trained.ts';

/** How the probability flow is solved. */
export interface LatentOptions {
  /** Relative and absolute tolerance of the solver. Default 1e-5. */
  readonly tolerance?: number | undefined;
  /** Samples that are computed together. Default 32. */
  readonly batch?: number | undefined;
}

/** How far the flow has come. */
export interface LatentStep {
  /** The part of the computation that is done, 0 to 1. */
  readonly fraction: number;
  readonly direction: 'encode' | 'decode';
  /** Evaluations of the network so far for each sample, on average. */
  readonly evaluations: number;
}

interface Source {
  readonly trained: TrainedModel;
  readonly programs: ScorePrograms;
}

/**
 * Takes a batch along the probability flow.
 * @param x - samples in the model's range, or states at tMax on the scale of the prior
 */
async function* alongFlow(
  { trained, programs }: Source,
  direction: LatentStep['direction'],
  x: Tensor,
  { tolerance = 1e-5, batch = 32 }: LatentOptions,
): AsyncGenerator<LatentStep, Carried> {
  const { process, data } = trained;
  expectShape(x, [undefined, ...data.shape], direction === 'encode' ? 'samples' : 'latents');
  requireAllLevels(trained);
  const model = await programs.of({ samples: batch, maxBatch: batch });
  return yield* reported<LatentStep, Carried>((report) => {
    const { sde } = process;
    const span = direction === 'encode' ? { from: sde.tMin, to: sde.tMax } : { from: sde.tMax, to: sde.tMin };
    const progress = flowProgress(sde, batchOf(x), span);
    let evaluations = 0;
    const counter = evaluationCounter(batchOf(x), (samples, t, rows) => {
      evaluations += samples;
      return report({ fraction: progress(t, rows), direction, evaluations: evaluations / batchOf(x) });
    });
    const flow = { sde, score: counter.score(model.score) };
    return { encode, decode }[direction](flow, x, { rtol: tolerance, atol: tolerance });
  });
}

/** Latents of samples in the model's range, on the scale of a standard normal. */
export async function* encodeSamples(
  source: Source,
  x: Tensor,
  options: LatentOptions,
): AsyncGenerator<LatentStep, Carried> {
  const carried = yield* alongFlow(source, 'encode', x, options);
  return { ...carried, x: scale(1 / source.trained.process.sde.priorStd, carried.x) };
}

/**
 * Samples of latents, in the model's range.
 * @param latents - on the scale of a standard normal
 * @param temperature - factor of the latents
 */
export async function* decodeLatents(
  source: Source,
  latents: Tensor,
  { temperature = 1, ...options }: LatentOptions & { readonly temperature?: number | undefined },
): AsyncGenerator<LatentStep, Carried> {
  const start = scale(temperature * source.trained.process.sde.priorStd, latents);
  return yield* alongFlow(source, 'decode', start, options);
}

/**
 * The way between two samples along the sphere of latents.
 * @param ends - `[2, …]` in the model's range
 * @returns `steps` samples from the first to the second
 */
export async function* interpolated(
  source: Source,
  ends: Tensor,
  { steps = 9, ...options }: LatentOptions & { readonly steps?: number | undefined },
): AsyncGenerator<LatentStep, Carried> {
  checkOptions([Number.isInteger(steps) && steps >= 2, 'steps', `expected a whole number of at least 2, got ${steps}`]);
  const codes = yield* inHalf(0, alongFlow(source, 'encode', ends, options));
  const [a, b] = [takeRows(codes.x, [0]), takeRows(codes.x, [1])];
  const between = Array.from({ length: steps }, (_, i) => slerp(a, b, i / (steps - 1)));
  return yield* inHalf(1, alongFlow(source, 'decode', concatRows(between), options));
}

/** Steps of the first or the second half of a computation. */
async function* inHalf<R>(half: 0 | 1, steps: AsyncGenerator<LatentStep, R>): AsyncGenerator<LatentStep, R> {
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done === true) return next.value;
      yield { ...next.value, fraction: (half + next.value.fraction) / 2 };
    }
  } finally {
    await steps.return(undefined as R);
  }
}
