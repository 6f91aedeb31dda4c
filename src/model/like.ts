/** @file Samples that are to be like others in what a network is given of these, such as waves that have the spectrograms of others. */
import { ConfigError } from '../base/errors.ts';
import { buildModel } from '../catalog/build.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import { classesOf, kindOf, type DataSet } from '../data/dataset.ts';
import { portraitsOf } from '../train/portraits.ts';
import type { TrainedModel } from './trained.ts';

/** What a network is given of samples, with their classes where they have any. */
export interface LikeCondition {
  readonly given: readonly Float32Array[];
  readonly labels: readonly number[] | undefined;
  readonly names: readonly string[];
}

/**
 * What a network is given of samples of a set.
 * @param rows - of the set; all of them by default
 * @throws ConfigError if the model is not conditioned on samples themselves.
 * @throws ShapeError if they are of another form than those of its training.
 */
export function conditionLike(
  { net, data, name }: TrainedModel,
  set: DataSet,
  rows: readonly number[] = [...Array(set.count).keys()],
): LikeCondition {
  const given = portraitsOf(net, { set, rows, scaler: data.scaler });
  if (given === undefined)
    throw new ConfigError([
      {
        path: 'like',
        message: `expected a run that makes waves of spectrograms, ${name} does not; train one with --as wave --condition mel`,
      },
    ]);
  const { labels } = set;
  return { given, labels: labels && rows.map((row) => labels[row] ?? 0), names: labels ? classesOf(set) : [] };
}

/** The same model for samples as long as those of a set, whose network has the same parameters for every length; the model itself where they are as long. */
export function fittingLength(trained: TrainedModel, set: DataSet): TrainedModel {
  const { data, config, net, catalog } = trained;
  const units = net.ofSample === true ? kindOf(set).portraits?.unitsFor(set, data) : undefined;
  if (units === undefined || units.shape.join() === data.shape.join()) return trained;
  const built = buildModel(config, units.shape, catalog, { kind: dataKindOf(data, catalog).name });
  return { ...trained, net: built.net, data: { ...data, ...units } };
}
