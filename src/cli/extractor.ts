/** @file Who looks at samples: the features by which `evaluate` compares them with data. */
import type { Backend } from '../backend/program.ts';
import { checkOptions } from '../base/check.ts';
import { foldIn, key } from '../base/key.ts';
import { concatRows, tensor, type Shape, type Tensor } from '../base/tensor.ts';
import { loadAnyRun, loadClassifier, type LoadedRun } from '../run/load.ts';
import { sampleShape, type DataSet } from '../data/dataset.ts';
import { fingerprintOf } from '../data/fingerprint.ts';
import { inUnitsOf, unitValues } from '../data/float-images.ts';
import { centered, scaled, type Scaler } from '../data/scaler.ts';
import { modelNameOf, modelNames } from '../io/model-box.ts';
import { initialize, type Network, type ParamVectors } from '../nn/network.ts';
import { randomFeatures } from '../nn/random-features.ts';
import { featureModel } from '../score/feature-model.ts';
import { averaged } from '../train/train.ts';

/** An extractor of features. */
export interface Extractor {
  /** As in "FD (name)". */
  readonly name: string;
  /** The first digits of the SHA-256 of its parameters. */
  readonly fingerprint: string;
  /** Names of the classes that it tells apart, none for one that does not. */
  readonly classes: readonly string[];
  /** Features `[N, D]` of samples of a set, and the likeliest class of each. */
  of(set: DataSet, rows: readonly number[]): Promise<{ readonly features: Tensor; readonly labels: readonly number[] }>;
  dispose(): Promise<void>;
}

/** The name of the extractor that knows no data. */
export const randomName = 'random';

/** Samples whose features are taken in one go, which bounds the memory of their numbers. */
const chunk = 4096;

/**
 * The extractor of a name: `random`, a run or a model of a classifier; by default the classifier in the box that was trained on
 * these data, and else `random`. Points are their own features.
 * @param data - name of the data set
 * @throws ConfigError if the classifier reads samples of another shape.
 */
export async function openExtractor(
  backend: Backend,
  { name, data, shape }: { readonly name: string | undefined; readonly data: string; readonly shape: Shape },
): Promise<Extractor> {
  if (shape.length === 1 && name === undefined) return points;
  const ref = name ?? classifierOf(data, shape) ?? randomName;
  if (ref !== randomName) return classifierExtractor(backend, loadClassifier(ref), { ref, shape });
  const net = randomFeatures(shape);
  const params = initialize(net, foldIn(key(0), 'features'));
  return ofNetwork(backend, { net, params, scaler: centered, label: 0, factor: 1, name: randomName, classes: [] });
}

const points: Extractor = {
  name: 'the points themselves',
  fingerprint: '',
  classes: [],
  of: (set, rows) => Promise.resolve({ features: raw(set, rows), labels: [] }),
  dispose: () => Promise.resolve(),
};

/** The first classifier in the box of these data. */
function classifierOf(data: string, shape: Shape): string | undefined {
  return modelNames().find((name) => {
    const { config, data: own } = loadAnyRun(name);
    return config.task === 'classifier' && config.data.ref === data && own.shape.join() === shape.join();
  });
}

/**
 * The features and classes of a classifier.
 * @throws ConfigError if it reads samples of another shape.
 */
export function classifierExtractor(
  backend: Backend,
  run: LoadedRun,
  { ref, shape }: { readonly ref: string; readonly shape: Shape },
): Promise<Extractor> {
  const { net, data, process, point, model } = run;
  checkOptions([
    data.shape.join() === shape.join(),
    '--extractor',
    `expected a classifier of samples [${shape.join(', ')}], got one of [${data.shape.join(', ')}]`,
  ]);
  // Samples are seen as they are, at the least noise that the classifier knows.
  const { sde, parametrization } = process;
  return ofNetwork(backend, {
    net,
    params: averaged(point.state),
    scaler: data.scaler,
    label: parametrization.label(sde.tMin),
    factor: parametrization.inScale(sde.tMin) * sde.alpha(sde.tMin),
    name: model === undefined ? ref : modelNameOf(run.run.folder),
    classes: data.classes?.names ?? [],
  });
}

interface Parts {
  readonly net: Network;
  readonly params: ParamVectors;
  readonly scaler: Scaler;
  readonly label: number;
  /** Of the scaled samples. */
  readonly factor: number;
  readonly name: string;
  readonly classes: readonly string[];
}

async function ofNetwork(
  backend: Backend,
  { net, params, scaler, label, factor, name, classes }: Parts,
): Promise<Extractor> {
  const model = await featureModel(backend, net, { params, label });
  const { trained } = params;
  return {
    name,
    fingerprint: fingerprintOf(new Uint8Array(trained.buffer, trained.byteOffset, trained.byteLength)),
    classes,
    of: async (set, rows) => {
      const parts: Tensor[] = [];
      const labels: number[] = [];
      for (let begin = 0; begin < rows.length; begin += chunk) {
        const x = scaled(scaler, raw(set, rows.slice(begin, begin + chunk), scaler));
        const { features, output } = await model.of({ shape: x.shape, data: x.data.map((value) => factor * value) });
        parts.push(features);
        if (classes.length > 0) labels.push(...likeliest(output));
      }
      return { features: concatRows(parts), labels };
    },
    dispose: () => model.dispose(),
  };
}

/** Samples as numbers in the units of a scaler: of bytes the middles of their bins; of floats, where bytes are read, what they are of 256. */
function raw(given: DataSet, rows: readonly number[], scaler: Pick<Scaler, 'kind' | 'range'> = centered): Tensor {
  const { range } = scaler;
  const set = range === undefined ? given : inUnitsOf(scaler, given);
  const shape = sampleShape(set);
  const size = shape.reduce((a, b) => a * b, 1);
  const values = new Float64Array(rows.length * size);
  const of = (row: number): ArrayLike<number> => {
    const [begin, end] = [row * size, (row + 1) * size];
    if (set.kind === 'points') return set.values.subarray(begin, end);
    if (range !== undefined && set.floats !== undefined) return set.floats.values.subarray(begin, end);
    return unitValues(set, row).map((value) => 256 * value);
  };
  rows.forEach((row, i) => {
    values.set(of(row), i * size);
  });
  return tensor(values, [rows.length, ...shape]);
}

function likeliest({ shape, data }: Tensor): number[] {
  const [rows = 0, columns = 1] = shape;
  return Array.from({ length: rows }, (_, i) => {
    const row = data.subarray(i * columns, (i + 1) * columns);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  });
}
