/** @file How well a model predicts noise at each noise level, beside the closed forms that are known before any training. */
import { withArticle } from '../../base/words.ts';
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { ShapeError } from '../../base/errors.ts';
import { foldIn, key } from '../../base/key.ts';
import { normalBatch, permutation } from '../../base/random.ts';
import { batchOf, concatRows, sizeOf, takeRows, type Tensor } from '../../base/tensor.ts';
import { matrixProducts } from '../../backend/matrix-product.ts';
import { buildTraining } from '../../catalog/build.ts';
import { loadBatch } from '../../data/batch.ts';
import { inClassOrder } from '../../data/class-names.ts';
import { kindOf, sampleShape, type DataSet } from '../../data/dataset.ts';
import { covarianceOf } from '../../evaluate/covariance.ts';
import { empiricalErrors } from '../../evaluate/empirical-errors.ts';
import type { FloatRows, MatrixProduct } from '../../evaluate/float-rows.ts';
import { linearErrors, linearErrorsOfFew, type ErrorsAt } from '../../evaluate/linear-score.ts';
import type { GradientNoise } from '../../evaluate/gradient-noise.ts';
import { levelReport, memorizesFrom, noiseErrors, noiseLevels, type LevelReport } from '../../evaluate/noise-levels.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import { noiseRatio } from '../../sde/time/noise-ratio.ts';
import { gradientNoiseScale } from '../../train/gradient-noise-scale.ts';
import { dataSetOf, randomRows, type DataInput } from '../data-input.ts';
import { modelInputs } from '../density/likelihood-estimates.ts';
import type { Source } from '../samples/sampling.ts';
import { requireOfData } from '../trained.ts';
import { diagnosisPicture } from './diagnosis-picture.ts';
import { pictureOf, type SavedPicture } from './saved-picture.ts';

/** The data of a diagnosis. */
export interface DiagnosisData {
  /** What the model was trained on, of which the closed forms are made. */
  readonly training: DataInput;
  /**
   * Samples of the same law that it was not trained on. Without them errors are those of training samples, each of which the empirical
   * score leaves out, and what is memorized cannot be seen.
   */
  readonly heldOut?: DataInput | undefined;
}

/** How a model is diagnosed. */
export interface DiagnoseOptions {
  /** Samples of each part whose noise is predicted. Default 256, or as many as there are. */
  readonly count?: number | undefined;
  /** Noise levels, evenly spaced in log(sigma / alpha) from the end of sampling to its start. Default 16. */
  readonly levels?: number | undefined;
  /** Training samples at most of which the closed forms are made. Default 20000, or as many as have 2^24 numbers. */
  readonly points?: number | undefined;
  /** Whether each sample's noise is predicted given its own class. Default false. */
  readonly givenClass?: boolean | undefined;
  /** Whether the gradient noise scale is measured too, at the batch of the training and the averaged parameters. Default false. */
  readonly noiseScale?: boolean | undefined;
  /** Seed of the samples and their noise. Default 0. */
  readonly seed?: number | undefined;
}

/** A step of a diagnosis. */
export interface DiagnosisStep {
  /** The part of all work that is done, 0 to 1, as estimated from the kinds of work that are left. */
  readonly fraction: number;
  /** The work that comes next. */
  readonly stage: 'data' | 'linear' | 'empirical' | 'network';
}

/** Errors of predicted noise E||z - z'||^2 / D at each noise level. */
export interface Diagnosis extends SavedPicture {
  /** Samples of each part. */
  readonly count: number;
  /** Training samples of which the closed forms are made. */
  readonly points: number;
  /** Whether the samples are new to the model. */
  readonly heldOut: boolean;
  readonly seed: number;
  /** By rising noise ratio. */
  readonly levels: readonly LevelReport[];
  /** The largest noise ratio with a significant gap between new samples and those of the training; undefined without one. */
  readonly memorizesFrom: number | undefined;
  /** Where it was asked for: B_simple, the batch above which larger ones hardly make steps better. */
  readonly gradientNoise?: GradientNoise | undefined;
}

/** Numbers of the training samples in memory. */
const mostNumbers = 2 ** 24;
/** A larger covariance takes minutes. */
const mostDimensions = 1024;
/** Samples of which products are computed in its place. */
const fewPoints = 1024;
/** Samples whose distances from all training samples are in memory. */
const mostDistances = 256;
/** Training samples that are loaded between two steps. */
const loaded = 1000;

/**
 * Compares the noise that a model predicts with closed forms, level by level, on the same samples with the same noise.
 * @throws ConfigError if the model is a classifier, or options are out of range.
 * @throws ShapeError if the data have not the shape of the model's.
 */
export async function* diagnoseModel(
  { host, trained, programs }: Source,
  unconditional: ScoreFn,
  data: DiagnosisData,
  {
    count: asked = 256,
    levels: howMany = 16,
    points: most = 20_000,
    givenClass = false,
    noiseScale = false,
    seed = 0,
  }: DiagnoseOptions,
): AsyncGenerator<DiagnosisStep, Diagnosis> {
  const { process, sampling, config, name } = trained;
  checkOptions(
    [
      config.task === 'score',
      'model',
      `expected a model that has learned a score, ${name} is ${withArticle(config.task)}`,
    ],
    [
      sampling.student === undefined,
      'model',
      `expected a score, which predicts the noise; ${name} is a student, whose estimate is where the flow ends`,
    ],
    positiveInteger('count', asked),
    [asked >= 2, 'count', `expected at least 2 samples, got ${asked}`],
    [Number.isInteger(howMany) && howMany >= 2, 'levels', `expected at least 2, got ${howMany}`],
    [Number.isInteger(most) && most >= 2, 'points', `expected at least 2 samples, got ${most}`],
  );
  requireOfData(trained, 'model', 'a diagnosis compares scores of data in closed form');
  const training = ofShape(dataSetOf(data.training, trained, 'training'), trained.data.shape);
  const heldOut = data.heldOut && ofShape(dataSetOf(data.heldOut, trained, 'heldOut'), trained.data.shape);
  const size = sizeOf(trained.data.shape);
  const own = foldIn(key(seed), 'diagnosis');

  yield { fraction: 0, stage: 'data' };
  const order = Array.from(permutation(foldIn(key(0), 'points'), training.count));
  const rows = order.slice(0, Math.min(most, Math.max(2, Math.floor(mostNumbers / size))));
  const points: FloatRows = { count: rows.length, size, data: new Float32Array(rows.length * size) };
  for (let begin = 0; begin < rows.length; begin += loaded) {
    const some = rows.slice(begin, begin + loaded);
    points.data.set(loadBatch(training, trained.data.scaler, some, foldIn(own, begin)), begin * size);
    yield { fraction: (0.1 * begin) / rows.length, stage: 'data' };
  }
  const known = Array.from({ length: Math.min(asked, rows.length) }, (_, i) => i);
  const seen: Tensor = {
    shape: [known.length, ...trained.data.shape],
    data: Float64Array.from(points.data.subarray(0, known.length * size)),
  };
  const set = heldOut ?? training;
  const tested = heldOut === undefined ? known.map((at) => rows[at] ?? 0) : randomRows(heldOut, asked, seed);
  const x0 = heldOut === undefined ? seen : modelInputs(trained, heldOut, tested, own);
  const noiseOf = (part: string, n: number): Tensor =>
    normalBatch(
      Array.from({ length: n }, (_, i) => foldIn(foldIn(own, part), i)),
      trained.data.shape,
    );
  const z = noiseOf('noise', tested.length);

  const products = matrixProducts(await host.backend(1));
  const product: MatrixProduct = (a, b, sizes) => products.of(a, b, sizes);
  try {
    const linear = yield* linearPart(points, { x0, z, product });
    const at = sampling.oneLevel
      ? [{ t: process.sde.tEnd, noiseRatio: noiseRatio(process.sde, process.sde.tEnd) }]
      : noiseLevels(process.sde, howMany);
    const empirical = yield* empiricalPart(
      points,
      { x0, z, product, own: heldOut === undefined ? known : undefined },
      at,
    );

    const scoreFor = async (labels: readonly number[]): Promise<ScoreFn> =>
      (await programs.of({ samples: labels.length, maxBatch: 64 })).given(labels).score;
    const classes = (of: DataSet, chosen: readonly number[]): readonly number[] => {
      const names = trained.data.classes?.names ?? [];
      checkOptions([names.length > 0, 'givenClass', 'this model knows no classes; train one with --conditional']);
      const { labels } = inClassOrder(of, { names, whose: name, path: 'givenClass' });
      return chosen.map((row) => labels[row] ?? 0);
    };
    const score = givenClass ? await scoreFor(classes(set, tested)) : unconditional;
    const seenRows = known.map((i) => rows[i] ?? 0);
    const seenScore = givenClass && heldOut ? await scoreFor(classes(training, seenRows)) : score;
    const seenNoise = noiseOf('training', known.length);
    const levels: LevelReport[] = [];
    for (const [i, level] of at.entries()) {
      yield { fraction: 0.5 + (0.5 * i) / at.length, stage: 'network' };
      levels.push(
        levelReport({
          ...level,
          network: await noiseErrors({ sde: process.sde, score }, { x0, z }, level.t),
          linear: linear(level.noiseRatio),
          empirical: empirical[i] ?? new Float64Array(tested.length).fill(NaN),
          training:
            heldOut && (await noiseErrors({ sde: process.sde, score: seenScore }, { x0: seen, z: seenNoise }, level.t)),
        }),
      );
    }
    const found = { count: tested.length, points: points.count, heldOut: heldOut !== undefined, seed, levels };
    const gradientNoise = noiseScale
      ? await gradientNoiseScale({
          ...{ backend: await host.backend(1), set: training, scaler: trained.data.scaler, net: trained.net, process },
          ...{ objective: buildTraining(config, training).objective, params: trained.params },
          ...{ batch: config.train.batch, key: foldIn(own, 'gradients') },
        })
      : undefined;
    const facts = { ...found, memorizesFrom: memorizesFrom(levels), ...(gradientNoise && { gradientNoise }) };
    return { ...facts, ...pictureOf(host, (title = name) => diagnosisPicture(facts, title)) };
  } finally {
    await products.dispose();
  }
}

interface Parts {
  readonly x0: Tensor;
  readonly z: Tensor;
  readonly product: MatrixProduct;
}

async function* linearPart(points: FloatRows, parts: Parts): AsyncGenerator<DiagnosisStep, ErrorsAt> {
  if (points.size > mostDimensions) {
    yield { fraction: 0.1, stage: 'linear' };
    const count = Math.min(points.count, fewPoints);
    return linearErrorsOfFew({ ...points, count, data: points.data.subarray(0, count * points.size) }, parts);
  }
  const steps = covarianceOf(points, parts.product);
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return linearErrors(next.value, parts);
    yield { fraction: 0.1 + 0.1 * next.value, stage: 'linear' };
  }
}

/** Errors of each sample at each level, of so many samples at a time that their distances fit into memory. */
async function* empiricalPart(
  points: FloatRows,
  { x0, z, product, own }: Parts & { readonly own: readonly number[] | undefined },
  levels: readonly { readonly noiseRatio: number }[],
): AsyncGenerator<DiagnosisStep, readonly Float64Array[]> {
  const n = batchOf(x0);
  const found = levels.map(({ noiseRatio }) => ({ noiseRatio, parts: [] as Tensor[] }));
  for (let begin = 0; begin < n; begin += mostDistances) {
    const some = Array.from({ length: Math.min(mostDistances, n - begin) }, (_, i) => begin + i);
    yield { fraction: 0.25 + (0.25 * begin) / n, stage: 'empirical' };
    const errors = await empiricalErrors(points, {
      ...{ x0: takeRows(x0, some), z: takeRows(z, some), product },
      own: own && some.map((i) => own[i] ?? -1),
    });
    for (const [i, level] of found.entries()) {
      yield { fraction: 0.25 + (0.25 * (begin + (some.length * i) / levels.length)) / n, stage: 'empirical' };
      level.parts.push({ shape: [some.length], data: await errors(level.noiseRatio) });
    }
  }
  return found.map(({ parts }) => concatRows(parts).data);
}

/** @throws ShapeError unless samples have the shape of the model's. Mirror images are for training; here every sample is itself. */
function ofShape(set: DataSet, shape: readonly number[]): DataSet {
  const found = sampleShape(set);
  if (found.join() !== shape.join())
    throw new ShapeError(`${set.name}: expected samples [${shape.join(', ')}], got [${found.join(', ')}]`);
  return kindOf(set).pictures?.withFlips(set, false) ?? set;
}
