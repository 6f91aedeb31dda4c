/** @file The features by which samples are compared, by what people call them. */
import { join } from 'node:path';
import type { Shape } from '../../base/tensor.ts';
import { builtIn } from '../../catalog/catalog.ts';
import { extractorNames } from '../../catalog/extractors/index.ts';
import type { SetKind } from '../../data/dataset.ts';
import { haveClasses, type Features } from '../../model/evaluation/feature-extractor.ts';
import { loadAnyRun } from '../../run/load.ts';
import { modelBox, modelNames } from '../../run/model-box.ts';
import { running, type Running } from '../../model/running.ts';
import type { EngineOptions } from '../host.ts';
import { openModel } from '../open-model.ts';
import { isNetworkFile, openFid, type FidStep } from './fid.ts';
import { digestOf } from '../shards.ts';

/**
 * The features by which samples of data are compared unless others are asked for: those of the shipped classifier that was trained on
 * these data; else the points themselves, or random ones of images.
 * @param data - name of the data
 * @param shape - of one sample
 * @param options.kind - of the data; by default the first whose samples have such a shape
 */
export async function openFeatures(
  data: string,
  shape: Shape,
  {
    kind = builtIn.dataKinds.find((one) => one.shapeOk(shape)),
    ...engine
  }: EngineOptions & { readonly kind?: Pick<SetKind, 'name' | 'features'> | undefined } = {},
): Promise<Features> {
  if (kind !== undefined && kind.features === kind.name) return kind.features;
  // Their folders, as a run where the program starts may have the name of a model.
  const folders = modelNames().map((name) => join(modelBox(), name));
  const folder = folders.find((one) => {
    const { config, data: own } = loadAnyRun(one);
    return config.task === 'classifier' && config.data.ref === data && own.shape.join() === shape.join();
  });
  return folder === undefined ? 'random' : openModel(folder, engine);
}

/**
 * The features of a name: an extractor's, such as `random`; a file of the network of FID (.onnx), which is checked first; or a run or a model of a classifier.
 * @throws as `openModel` and `openFid`
 */
export function featuresNamed(name: string, engine: EngineOptions): Running<FidStep, Features> {
  if (isNetworkFile(name)) return openFid(name, engine);
  return running(async function* () {
    if (extractorNames.includes(name)) return name;
    yield { fraction: 0 };
    return openModel(name, engine);
  });
}

/** What features are of: equal texts of two programs mean equal features of equal samples. */
export function identityOf(features: Features): string {
  if (typeof features === 'string') return features;
  return haveClasses(features) ? digestOf(features.trained.params) : features.fingerprint;
}
