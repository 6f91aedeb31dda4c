/** @file What a restoration needs before it begins: the task, the method that suits it, and the measurement. */
import { withArticle } from '../../base/words.ts';
import { checkOptions } from '../../base/check.ts';
import { foldIn, key, type Key } from '../../base/key.ts';
import { commonDivisor, shardRows, type Shard, type ShardRows } from '../../base/shard.ts';
import { batchOf, concatRows, expectShape, sizeOf, takeRows, type Tensor } from '../../base/tensor.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import {
  buildPosteriorSampler,
  inverseList,
  posteriorSteps,
} from '../../catalog/posterior-samplers/build-posterior-sampler.ts';
import {
  suitedMethod,
  whyNot,
  type RestorationTask,
  type TaskOptions,
} from '../../catalog/restorations/inverse-tasks.ts';
import { hasFewValues } from '../../catalog/samplers/build-sampler.ts';
import { kindOf, sampleShape } from '../../data/dataset.ts';
import { diffpir } from '../../inverse/posterior/diffpir.ts';
import { guided } from '../../inverse/problem.ts';
import { measure, type Measurement } from '../../inverse/measurement.ts';
import { conditionInfo, type Condition, type ConditionInfo } from '../condition.ts';
import { dataSetOf, type DataInput } from '../data-input.ts';
import { chooseSampler } from '../samples/sampler-choice.ts';
import { namedTask, noiseLaw, type NamedTask } from './named-task.ts';
import { type Method, type RestorationRequest, type Subjects } from './restoration.ts';
import { mostNumbers } from '../samples/sampling.ts';
import type { TrainedModel } from '../trained.ts';
import { isOfLatents } from '../../nn/autoencoder.ts';

/** What was measured, or is to be measured, of which images. Exactly one of `image` and `measurement` is given. */
export interface RestorationSubject extends TaskOptions, Pick<NamedTask, 'noise' | 'counts'> {
  /** Name of a task (see `taskList`), or a task of one's own. */
  readonly task: string | RestorationTask;
  /** True images, which are measured here with noise, in the units of the data. None by default. */
  readonly image?: DataInput | undefined;
  /** Rows of `image`; all of them by default. They name the random numbers of each image. */
  readonly rows?: readonly number[] | undefined;
  /** What was measured, `[k, ...shapeOut]` of the task's operator, for images of 0 to 1. None by default. */
  readonly measurement?: Tensor | undefined;
  /** What people call the images, for titles. Default the name of the data. */
  readonly name?: string | undefined;
}

/** How posterior samples are drawn. */
export interface RestoreOptions {
  /** Name of a posterior sampler (see `posteriorSamplers`); ddrm, or diffpir where it lacks singular values, by default. */
  readonly method?: string | undefined;
  /** Steps of the method; its own by default. */
  readonly steps?: number | undefined;
  /** Network evaluations for each sample, in place of steps. Not limited by default. */
  readonly nfe?: number | undefined;
  /** Time grid: auto, uniform, quadratic, karras, log-snr, cosine or arctan; the method's own by default. */
  readonly grid?: string | undefined;
  /** Options of the method, such as `{ stepSize: 0.5 }`. Default the method's own. */
  readonly settings?: Readonly<Record<string, number>> | undefined;
  /** Samples of each image, at least 1. Default 8. */
  readonly count?: number | undefined;
  /** Seed of masks, noise and samples. Default 0. */
  readonly seed?: number | undefined;
  /** Samples that are computed together. Default 32. */
  readonly batch?: number | undefined;
  /** The part of the images that is restored: as many at a time as have whole batches of samples, the same as if all were restored. Default all. */
  readonly shard?: Shard | undefined;
}

/**
 * The whole request of a restoration.
 * @throws ConfigError or ShapeError if the model is not one of images at all noise levels, or the parts do not fit.
 */
export function restorationRequest(
  trained: TrainedModel,
  subject: RestorationSubject,
  options: RestoreOptions & { readonly condition?: Condition | undefined },
): RestorationRequest {
  const { data } = trained;
  const { count = 8, seed = 0, batch = 32, condition, shard } = options;
  checkOptions([condition?.perSample !== true, 'class', `expected one class or text for all samples, got a list`]);
  const task = taskOf(trained, subject, seed);
  const how = { ...options, condition: condition && conditionInfo(condition) };
  const method = methodOf(trained, task, how, subject.counts !== undefined);
  const subjects = measuredSubjects(key(seed), trained, task, subject);
  const most = Math.floor(mostNumbers / sizeOf(data.shape) / subjects.rows.length);
  checkOptions([count <= most, 'count', `expected at most ${most} samples of each image, got ${count}`]);
  const group = batch / commonDivisor(batch, count);
  const what = `groups of ${group} images, whose ${count} samples each are whole batches of ${batch}; restore more images, or give a smaller batch`;
  const range = shardRows(shard, { total: subjects.rows.length, group, what });
  return { task, method, subjects: subjectsOf(subjects, range), range, count, seed, batch };
}

/** Some of the images. */
function subjectsOf(all: Subjects, { from, to, total }: ShardRows): Subjects {
  if (to - from === total) return all;
  const own = Array.from({ length: to - from }, (_, i) => from + i);
  const { measurement, truth, rows } = all;
  return {
    ...all,
    rows: rows.slice(from, to),
    measurement: { ...measurement, y: takeRows(measurement.y, own) },
    ...(truth && { truth: takeRows(truth, own) }),
  };
}

/**
 * The task that is asked for, with its masks and sums drawn from the seed.
 * @throws ConfigError or ShapeError if the model is not one of images at all noise levels, there is no task of this name, it does not
 * take an option, or the images do not fit.
 */
export function taskOf(
  { data, catalog, config, sampling, name }: TrainedModel,
  subject: Omit<RestorationSubject, 'image' | 'measurement'>,
  seed: number,
): RestorationTask {
  checkOptions([
    config.task === 'score',
    'model',
    `expected a model that has learned a score, ${name} is ${withArticle(config.task)}`,
  ]);
  const kind = dataKindOf(data, catalog);
  checkOptions(
    [
      kind.pictures !== undefined,
      'model',
      `expected a model of images, found one of ${data.kind}${kind.gaps ? '; complete a file with missing values by --table FILE, or a sound by --sound FILE' : ''}`,
    ],
    [
      !sampling.oneLevel,
      'model',
      'expected one that has learned the score at all noise levels, found one of one level',
    ],
    [
      !sampling.flowOnly,
      'model',
      'expected one that has learned a score, found one of a velocity, trained with a coupling of data and noise',
    ],
  );
  if (typeof subject.task === 'object') return subject.task;
  return namedTask(data.shape, { ...subject, task: subject.task }, seed);
}

/** What a method must know of a condition: whether its score can be differentiated, and the evaluations that it costs. */
export type MethodCondition = Pick<ConditionInfo, 'method' | 'differentiable' | 'cost'>;

/** The method that takes students: it shifts estimates, whatever they are estimates of. */
const methodOfStudents = 'diffpir';

/** The method that goes through a decoder unless another is asked for. */
const methodOfLatents = 'pigdm';

/**
 * The method that is asked for, or the one that suits the task. Of a student it is `diffpir` along the student's own steps, of latents one that differentiates the estimate, and
 * so the decoder too.
 * @param counted - whether the noise is Poisson's
 * @throws ConfigError if the method cannot use the task, the noise or the guidance, or takes scores and the model is a student, or measurements of the states and the
 * model is of latents, or does not
 * know an option.
 */
export function methodOf(
  trained: TrainedModel,
  { operator }: RestorationTask,
  options: RestoreOptions & { readonly condition?: MethodCondition | undefined },
  counted: boolean,
): Method {
  const student = trained.sampling.student !== undefined;
  const latent = isOfLatents(trained.net);
  const suited = student ? methodOfStudents : latent ? methodOfLatents : suitedMethod(operator, !counted);
  const { method: name = suited, steps, nfe, grid, settings, condition } = options;
  const problem = whyNot(name, operator);
  checkOptions(
    [
      !student || !latent,
      'model',
      `${trained.name} is a student of latents: ${methodOfStudents} of students measures the states, which images are decoded of, and all other methods need the mean of the image given the noisy one; give the teacher`,
    ],
    [
      !student || name === methodOfStudents,
      'method',
      `expected ${methodOfStudents}, as the estimate of a student is where the flow ends and not the mean of the image given the noisy one; got ${name}, or give the teacher`,
    ],
    [problem === undefined, 'method', problem ?? ''],
  );
  const about = inverseList.find((one) => one.name === name);
  const throughDecoders = inverseList.filter(({ needs }) => needs.includes('vjp')).map((one) => one.name);
  const countable = inverseList.filter(({ anyNoise }) => anyNoise).map((one) => one.name);
  checkOptions(
    [
      !latent || throughDecoders.includes(name),
      'method',
      `${name} measures what the network draws, and ${trained.name} draws latents; expected one that differentiates through the decoder, ${throughDecoders.join(', ')}`,
    ],
    [
      !counted || countable.includes(name),
      'method',
      `${name} takes noise for Gaussian; expected one that takes counts, ${countable.join(', ')}`,
    ],
    [
      condition?.differentiable !== false || about?.needs.includes('vjp') === false,
      'method',
      `${name} differentiates the score, which it cannot do with a ${condition?.method}; expected one that does not, such as diffpir`,
    ],
  );
  if (student) return { name, takes: ['priorWeight'], ...alongOwnSteps(trained, options) };
  const spread = latent && about?.takes.includes('dataStd') === true ? { dataStd: sigmaDataOf(trained) } : {};
  const own = { ...spread, ...settings, grid };
  const all = { ...own, steps: posteriorSteps(name, { ...own, steps, nfe, cost: condition?.cost }) };
  const sampler = buildPosteriorSampler(name, { ...all, lowDimensional: hasFewValues(operator.shapeIn) });
  return { name, takes: about?.takes ?? [], options: all, sampler };
}

/**
 * `diffpir` along the steps of a student: each of its estimates is moved towards the measurement before the next step. With consistency models and without
 * noise it is zero-shot editing.
 * @see Song et al. 2023, "Consistency models", algorithm 4; Wang et al. 2023 (DDNM), eq. 13
 */
function alongOwnSteps(
  trained: TrainedModel,
  { steps, nfe, grid, settings = {}, condition }: RestoreOptions & { readonly condition?: MethodCondition | undefined },
): Pick<Method, 'options' | 'sampler'> {
  const { priorWeight, ...others } = settings;
  const [unknown] = Object.keys(others);
  checkOptions([
    unknown === undefined,
    unknown ?? '',
    `expected priorWeight, the one option of ${methodOfStudents} with a student`,
  ]);
  const { sampler } = chooseSampler(trained, { steps, nfe, grid: grid }, condition?.cost);
  const guidance = diffpir(priorWeight === undefined ? {} : { priorWeight });
  return { options: { steps, nfe, grid, priorWeight }, sampler: guided(guidance, sampler) };
}

/** Standard deviation of what a network draws; that of latents is what they were brought to. */
function sigmaDataOf({ data, catalog }: TrainedModel): number {
  return dataKindOf(data, catalog).sigmaData;
}

/**
 * What was measured: the values that are given, or those of the images with noise.
 * @throws ConfigError or ShapeError if neither or both are given, or they do not fit.
 */
export function measuredSubjects(
  own: Key,
  { data, catalog, name }: Pick<TrainedModel, 'data' | 'catalog' | 'name'>,
  { operator }: RestorationTask,
  subject: RestorationSubject,
): Subjects {
  const { image, measurement: y, counts } = subject;
  checkOptions([
    (image === undefined) !== (y === undefined),
    'image',
    'expected either an image to measure or what was measured of it',
  ]);
  const law = noiseLaw(subject);
  const whole = (measurement: Measurement): Measurement => (counts === undefined ? measurement : counted(measurement));
  if (y !== undefined) {
    expectShape(y, [undefined, ...operator.shapeOut], 'measurement');
    const rows = subject.rows ?? Array.from({ length: batchOf(y) }, (_, i) => i);
    return { name: subject.name ?? 'the measurement', rows, counts, measurement: whole({ operator, y, ...law }) };
  }
  const set = dataSetOf(image as DataInput, { data, catalog }, 'image');
  const { pictures } = kindOf(set);
  const fits = pictures !== undefined && data.shape.join() === sampleShape(set).join();
  checkOptions([fits, 'image', `expected images [${data.shape.join(', ')}] as ${name} has, found others`]);
  const valuesOf = (row: number): Float64Array => pictures?.unitValues(set, row) ?? new Float64Array();
  const rows = subject.rows ?? Array.from({ length: set.count }, (_, i) => i);
  const truth = concatRows(rows.map((row) => ({ shape: [1, ...data.shape], data: valuesOf(row) })));
  const keys = rows.map((row) => foldIn(foldIn(own, 'noise'), row));
  return {
    name: subject.name ?? set.name,
    ...{ rows, truth, counts },
    measurement: whole(measure(keys, { operator, ...law }, truth)),
  };
}

/** With the root mean square of what the counts themselves say of their noise. */
function counted(measurement: Measurement): Measurement {
  const variances = measurement.noise?.varianceOf(measurement.y).data ?? new Float64Array();
  return { ...measurement, noiseStd: Math.sqrt(variances.reduce((sum, v) => sum + v, 0) / variances.length) };
}
