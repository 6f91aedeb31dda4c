/** @file A trained network with everything that is known of it, as a file or a run describes it. */
import { withArticle } from '../base/words.ts';
import type { BuiltModel as BuiltModel } from '../catalog/build.ts';
import { checkOptions } from '../base/check.ts';
import type { DataSummary } from '../run/data-summary.ts';
import type { ModelRecord } from '../run/model-file.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { RunConfig } from '../catalog/config/schema.ts';
import { isOfLatents } from '../nn/autoencoder.ts';
import type { ParamVectors } from '../nn/network.ts';
import { samplingParameters, type Loaded } from '../run/from-bytes.ts';

/** A trained network with the process that it was trained on. */
export interface TrainedModel extends BuiltModel {
  /** What people call it: the name or the path by which it was opened. */
  readonly name: string;
  readonly config: RunConfig;
  readonly data: DataSummary;
  /** Training steps that were taken. */
  readonly step: number;
  /** Averaged parameters, and those that training leaves as they are. */
  readonly params: ParamVectors;
  /** What a packed model says of itself; undefined for a run. */
  readonly record?: ModelRecord | undefined;
  /** The catalog that has what the model names; that of scorefield by default. */
  readonly catalog?: Catalog | undefined;
  /** Whether the process is an SDE of the user's own, which no file can describe; false by default. */
  readonly ownProcess?: boolean | undefined;
}

/** A run or a model that was read. */
export function trainedOf(loaded: Loaded, name: string, catalog?: Catalog): TrainedModel {
  const { task, config, data, net, process, reverseVariance, sampling, point, model } = loaded;
  return {
    ...{ name, task, config, data, net, process, reverseVariance, sampling },
    ...{ step: point.step, params: samplingParameters(loaded), record: model },
    ...(catalog && { catalog }),
  };
}

/**
 * Checks that a model has learned the score on the whole way between data and noise.
 * @throws ConfigError if it is a classifier or a student, or has learned the score at one noise level alone.
 */
export function requireAllLevels({ config, sampling, name }: Pick<TrainedModel, 'config' | 'sampling' | 'name'>): void {
  checkOptions(
    [config.task === 'score', 'model', `expected a run that learns a score, ${name} is ${withArticle(config.task)}`],
    [
      !sampling.oneLevel,
      'model',
      'expected a run that has learned the score at all noise levels, found one of one level',
    ],
    [
      sampling.student === undefined,
      'model',
      `expected a score, whose probability flow can be followed; ${name} is a student, whose estimate is where the flow ends`,
    ],
  );
}

/**
 * Checks that a network has learned the score of the data themselves.
 * @param why - what needs it, and what to do
 * @throws ConfigError if it is one of latents.
 */
export function requireOfData({ net, name }: Pick<TrainedModel, 'net' | 'name'>, path: string, why: string): void {
  checkOptions([!isOfLatents(net), path, `expected a model of the data themselves, ${name} is of latents: ${why}`]);
}
