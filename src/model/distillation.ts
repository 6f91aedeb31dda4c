/** @file Distillation of a model in memory: students that draw samples in few evaluations. */
import { key } from '../base/key.ts';
import { buildTraining } from '../catalog/build.ts';
import type { Plain } from '../catalog/option.ts';
import { parseConfig, type RunConfig } from '../catalog/config/schema.ts';
import type { DataSet } from '../data/dataset.ts';
import { codingOf } from '../run/summarize.ts';
import { averaged, train, type TrainPoint } from '../train/train.ts';
import {
  defaultRoundSteps,
  distillationRounds,
  methodNamed,
  requireDirect,
  requireTeacher,
  roundTrain,
  studentConfig,
  type DistillationRound,
} from './distillation-plan.ts';
import { interleaved, type Host } from './host.ts';
import { modelOf, type Model } from './model.ts';
import { running, type RunOptions, type Running } from './running.ts';
import type { TrainedModel } from './trained.ts';
import { trainingSet, type TrainingData, type TrainingStep } from './training.ts';

/** How a model is distilled in memory. */
export interface DistillModelOptions {
  /** How: `progressive`, `consistency` (of a teacher) or `easy-consistency`. Default progressive. */
  readonly method?: string | undefined;
  /** Evaluations of a sample of the student; of `progressive` a power of two. Default 4, of consistency models 2. */
  readonly nfe?: number | undefined;
  /** Of `progressive`: evaluations of the first student, a power of two of at least `nfe`, which halve in each round. Default 16. */
  readonly first?: number | undefined;
  /** Steps of all rounds together. Default 2000 for each round. */
  readonly steps?: number | undefined;
  /** Samples of a step. Default that of the teacher. */
  readonly batch?: number | undefined;
  /** Seed of everything random. Default 0. */
  readonly seed?: number | undefined;
}

/** One training step of a distillation; its fraction is that of all rounds. */
export interface DistillModelStep extends TrainingStep {
  /** Round, from 1. */
  readonly round: number;
  readonly rounds: number;
  /** Evaluations of a sample of the student of this round. */
  readonly nfe: number;
}

/**
 * Distills a student of a model; `distillRun` is the way to runs that can be stopped and resumed.
 * @param data - those that the teacher was trained on, which the teacher's scaling brings into its range
 * @throws ConfigError if the teacher cannot teach, or an option or the data do not fit.
 * @throws NumericalError when the loss, the gradient or the update is not finite.
 */
export function distillOn(
  host: Host,
  teacher: TrainedModel,
  data: TrainingData,
  options: DistillModelOptions & RunOptions<DistillModelStep> = {},
): Running<DistillModelStep, Model> {
  return running(() => interleaved(host, distilling(host, teacher, { set: trainingSet(data), options })), options);
}

async function* distilling(
  host: Host,
  teacher: TrainedModel,
  { set, options }: { readonly set: DataSet; readonly options: DistillModelOptions },
): AsyncGenerator<DistillModelStep, Model> {
  const method = methodNamed(options.method ?? 'progressive');
  requireDirect(method);
  const rounds = distillationRounds(method, { ...options, student: teacher.sampling.student?.steps });
  requireTeacher(teacher, teacher.name, rounds[0]?.loss ?? {});
  const steps = Math.ceil((options.steps ?? defaultRoundSteps * rounds.length) / rounds.length);
  let source = teacher;
  let last: Model | undefined;
  for (const [k, round] of rounds.entries()) {
    const config = configOf(teacher, set, { round, steps, options, name: source.name });
    const { params, net, process } = source;
    const built = buildTraining(config, set, source.catalog, {
      coding: codingOf(source.data),
      teacher: { net, params, process },
    });
    // The networks differ in dropout alone, which has no parameters.
    const zeros = new Float32Array(params.trained.length);
    const state = { params: params.trained, m: zeros, v: zeros, ema: params.trained, fixed: params.fixed };
    const from: TrainPoint = { step: 0, smoothedLoss: NaN, state };
    const own = source;
    const modelAt = ({ step, state }: TrainPoint): Model =>
      modelOf(host, {
        ...{ ...own, config, net: built.net, process: built.process, sampling: built.sampling, step },
        ...{ params: averaged(state), name: `a student of ${teacher.name}`, record: undefined },
      });
    const plan = {
      ...built,
      scaler: source.data.scaler,
      backend: await host.backend(1),
      set,
      batch: config.train.batch,
    };
    for await (const progress of train({ ...plan, from, key: key(config.train.seed) })) {
      const { step, loss, smoothedLoss, gradientNorm, point: pointOf } = progress;
      const ends = step >= steps;
      if (ends) last = modelAt(await pointOf());
      const fraction = (k + step / steps) / rounds.length;
      const model = async (): Promise<Model> => (ends && last ? last : modelAt(await pointOf()));
      yield {
        ...{ step, loss, smoothedLoss, gradientNorm, fraction, model },
        round: k + 1,
        rounds: rounds.length,
        nfe: round.nfe,
      };
      if (ends) break;
    }
    source = (last as Model).trained;
  }
  return last as Model;
}

/** The configuration of a round: that of its teacher with another objective, a smaller rate and no dropout. */
function configOf(
  { config, catalog }: TrainedModel,
  set: DataSet,
  {
    round,
    steps,
    options,
    name,
  }: {
    readonly round: DistillationRound;
    readonly steps: number;
    readonly options: DistillModelOptions;
    readonly name: string;
  },
): RunConfig {
  const { net = {}, train: own } = studentConfig({ config });
  const { batch, seed } = options;
  return parseConfig(
    {
      ...config,
      data: { ref: set.name },
      net: { ...config.net, ...(net as Plain) },
      loss: 'teacher' in round.loss ? { ...round.loss, teacher: name } : round.loss,
      train: {
        ...(own as Plain),
        ...roundTrain(round, steps),
        ...{ steps, seed: seed ?? 0 },
        ...(batch !== undefined && { batch }),
      },
    },
    catalog,
  );
}
