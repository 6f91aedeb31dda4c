/** @file Whether samples are copies of the data of a training, in a Node process. */
import type { DataSet } from '../data/dataset.ts';
import { inUnitsOf } from '../data/dataset.ts';
import type { OpenOptions } from '../data/opener.ts';
import { memorizationOf, type Memorization, type MemorizationData, type MemorizationOptions, type MemorizationStep } from '../model/evaluation/memorization.ts'; // prettier-ignore
import type { RealParts } from '../model/evaluation/evaluation.ts';
import { running, type RunOptions, type Running } from '../model/running.ts';
import { openDataSet, optionsOfData } from '../run/data-sets.ts';
import { nodeHost, type EngineOptions } from './host.ts';
import type { KnownData } from './run-data.ts';

/**
 * Whether samples are copies of training data: in the space of their numbers and in that of features, the data-copying test of Meehan et al., and how many are
 * nearer to one training sample than to all others, both beside the values of held-out data.
 * @throws ConfigError if shapes differ, or there are fewer than 100 samples or 200 others.
 * @example
 * ```ts
 * import { findCopies, openModel, openTrainingData } from 'scorefield/node';
 *
 * const model = await openModel('emoji');
 * const { samples } = await model.sample({ count: 100, nfe: 10 });
 * const found = await findCopies({ samples: samples.toDataSet(), ...(await openTrainingData(model.trained)) });
 * console.log(found.spaces.map(({ space, test, real }) => [space, test.z, real.z]));
 * await found.save('nearest.png');
 * ```
 */
export function findCopies(
  data: MemorizationData,
  {
    signal,
    onProgress,
    threads,
    device,
    ...own
  }: MemorizationOptions & EngineOptions & RunOptions<MemorizationStep> = {},
): Running<MemorizationStep, Memorization> {
  return running(() => memorizationOf(nodeHost({ threads, device }), data, own), { signal, onProgress });
}

/** Options of `openTrainingData`. */
export interface TrainingDataOptions {
  /** Opens the data; `openDataSet` by default. */
  readonly open?: ((ref: string, options: OpenOptions) => Promise<DataSet>) | undefined;
}

/**
 * The data of a training as it had them, with its mirror images, and others of the same law where there are any: the test part, or a toy that is drawn
 * again with another seed.
 * @throws FileError or ConfigError if the data cannot be read.
 */
export async function openTrainingData(
  { config, data }: KnownData,
  { open = openDataSet }: TrainingDataOptions = {},
): Promise<Pick<MemorizationData, 'training' | 'heldOut'>> {
  const { ref, limit, ...rest } = config.data;
  const options: OpenOptions = rest;
  const takes: readonly string[] = await optionsOfData(ref);
  const other = takes.includes('split')
    ? { split: 'test' as const }
    : takes.includes('seed')
      ? { seed: (options.seed ?? 0) + 1 }
      : undefined;
  const training = inUnitsOf(data.scaler, await open(ref, { ...options, limit }));
  const heldOut = other && inUnitsOf(data.scaler, await open(ref, { ...options, ...other }));
  return { training, heldOut };
}

/** What samples may be copies of, of data in two parts: the part that is not the reference, or all where both are of one set. */
export function trainingOf({ reference, real }: RealParts): Pick<MemorizationData, 'training' | 'heldOut'> {
  return { training: real.set, heldOut: reference.set === real.set ? undefined : reference.set };
}
