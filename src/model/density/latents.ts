/** @file Latents of a model: where the probability flow takes samples, on the scale of a standard normal, and back. */
import { scale } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import type { Shard, ShardRows } from '../../base/shard.ts';
import { batchOf, concatRows, expectShape, takeRows, type Tensor } from '../../base/tensor.ts';
import { decode, encode, slerp } from '../../likelihood/latent.ts';
import type { Carried } from '../../likelihood/flow.ts';
import type { Status } from '../../sample/sampler.ts';
import { dataSetOf, type DataInput } from '../data-input.ts';
import { evaluationCounter } from '../evaluation-counter.ts';
import { flowProgress } from '../flow-progress.ts';
import { givenInputs, type InputOptions } from '../inputs.ts';
import { reported } from '../running.ts';
import type { ScorePrograms } from '../score-programs.ts';
import { requireAllLevels, type TrainedModel } from '../trained.ts';
import { rowsOfSolving, solvedTogether } from './likelihood-estimates.ts';

/** How the probability flow is solved. */
export interface LatentOptions {
  /** Relative and absolute tolerance of the solver. Default 1e-5. */
  readonly tolerance?: number | undefined;
  /** Samples that are computed together. Default 32. */
  readonly batch?: number | undefined;
}

const defaultBatch = 32;

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
  { tolerance = 1e-5, batch = defaultBatch }: LatentOptions,
): AsyncGenerator<LatentStep, Carried> {
  const { process, net } = trained;
  expectShape(x, [undefined, ...net.sampleShape], direction === 'encode' ? 'samples' : 'latents');
  requireAllLevels(trained);
  const model = await programs.of({ samples: batch, maxBatch: batch });
  const { sde } = process;
  const span = direction === 'encode' ? { from: sde.tMin, to: sde.tMax } : { from: sde.tMax, to: sde.tMin };
  const count = batchOf(x);
  const together = solvedTogether(trained, batch);
  const parts: Carried[] = [];
  for (let first = 0; first < count; first += together) {
    const n = Math.min(together, count - first);
    const own = takeRows(
      x,
      Array.from({ length: n }, (_, i) => first + i),
    );
    parts.push(
      yield* reported<LatentStep, Carried>((report) => {
        const progress = flowProgress(sde, n, span);
        let evaluations = 0;
        const counter = evaluationCounter(n, (samples, t, rows) => {
          evaluations += samples;
          return report({
            ...{ fraction: (first + n * progress(t, rows)) / count, direction },
            evaluations: evaluations / n,
          });
        });
        const flow = { sde, score: counter.score(model.score) };
        return { encode, decode }[direction](flow, own, { rtol: tolerance, atol: tolerance });
      }),
    );
  }
  return {
    x: concatRows(parts.map((part) => part.x)),
    evals: parts.flatMap(({ evals }) => evals),
    status: parts.flatMap(({ status }) => status),
  };
}

/** Latents of samples, and the samples. */
export interface Latents {
  /** `[n, …]`, on the scale of a standard normal. */
  readonly latents: Tensor;
  /** The samples in the range of the model, `[n, …]`. */
  readonly x: Tensor;
  /** Which of the samples that were given these are. */
  readonly range: ShardRows;
  /** Evaluations of the network, one number per sample. */
  readonly evaluations: readonly number[];
  readonly status: readonly Status[];
}

/** Options of `encodeData`. */
export interface EncodeOptions extends LatentOptions, InputOptions {
  /** The part of the rows that is encoded: whole groups of 16 batches or 2^20 numbers, the same as if all were encoded. Default all. */
  readonly shard?: Shard | undefined;
}

/** Latents of data. */
export async function* encodeData(
  source: Source,
  input: DataInput,
  { seed, rows: asked, shard, ...options }: EncodeOptions,
): AsyncGenerator<LatentStep, Latents> {
  const set = dataSetOf(input, source.trained);
  const rows = asked ?? [...Array(set.count).keys()];
  const range = rowsOfSolving(source.trained, { shard, batch: options.batch ?? defaultBatch, total: rows.length });
  const x = givenInputs(source.trained, set, { seed, rows: rows.slice(range.from, range.to) });
  const { x: latents, evals, status } = yield* encodeSamples(source, x, options);
  return { latents, x, range, evaluations: evals, status };
}

/** Latents of samples in the model's range, on the scale of a standard normal. */
async function* encodeSamples(source: Source, x: Tensor, options: LatentOptions): AsyncGenerator<LatentStep, Carried> {
  const carried = yield* alongFlow(source, 'encode', await source.programs.toSeen(x), options);
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
  return decodedOf(source, yield* alongFlow(source, 'decode', start, options));
}

/** States at the end of the flow as samples of the data. */
async function decodedOf({ programs }: Source, carried: Carried): Promise<Carried> {
  return { ...carried, x: await programs.toData(carried.x) };
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
  const codes = yield* inHalf(0, alongFlow(source, 'encode', await source.programs.toSeen(ends), options));
  const [a, b] = [takeRows(codes.x, [0]), takeRows(codes.x, [1])];
  const between = Array.from({ length: steps }, (_, i) => slerp(a, b, i / (steps - 1)));
  return decodedOf(source, yield* inHalf(1, alongFlow(source, 'decode', concatRows(between), options)));
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
