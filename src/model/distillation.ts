/** @file Distillation of a model in memory: students that draw samples in few evaluations. */
import { key } from '../base/key.ts';
import { buildTraining } from '../catalog/build.ts';
import type { Plain } from '../catalog/option.ts';
import { resolveConfig } from '../catalog/config/resolve.ts';
import type { RunConfig } from '../catalog/config/schema.ts';
import { seenSize } from '../catalog/latent-codec.ts';
import type { Sampling } from '../catalog/objectives/objective.ts';
import type { DataSet } from '../data/dataset.ts';
import { latentPairSet } from '../data/latent-set.ts';
import { bareAutoencoder, isOfLatents, latentUnits } from '../nn/autoencoder.ts';
import { inLayoutOf } from '../nn/network.ts';
import { codingOf } from '../run/summarize.ts';
import { hasSettled, heldOutLoss } from '../train/held-out.ts';
import { encodedSets } from '../train/latents.ts';
import { averaged, train, type TrainPoint } from '../train/train.ts';
import {
  defaultRoundSteps,
  distillationRounds,
  isOfPairs,
  methodNamed,
  pairTraining,
  requirePairsFit,
  requireTeacher,
  roundTrain,
  studentConfig,
  type DistillationRound,
  type DistillMethod,
  type PairChoice,
} from './distillation-plan.ts';
import { enginesFor, interleaved, type Host } from './host.ts';
import { modelOf, type Model } from './model.ts';
import { running, type RunOptions, type Running } from './running.ts';
import type { Samples } from './samples/samples.ts';
import { pairSets, type PairProgress } from './teacher-pairs.ts';
import type { TrainedModel } from './trained.ts';
import { trainingSet, type TrainingData, type TrainingStep } from './training.ts';
import { undecoded } from './undecoded.ts';

/** How a model is distilled in memory. */
export interface DistillModelOptions extends PairChoice {
  /** How: `progressive`, `consistency` (of a teacher), `easy-consistency`, or from pairs `luhman` or `reflow`. Default progressive. */
  readonly method?: string | undefined;
  /** Evaluations of a sample of the student; of `progressive` a power of two. Default 4, of consistency models 2, of luhman 1. */
  readonly nfe?: number | undefined;
  /** Of `progressive`: evaluations of the first student, a power of two of at least `nfe`, which halve in each round. Default 16. */
  readonly first?: number | undefined;
  /** Called while pairs are drawn, before the first step. None by default. */
  readonly onPairs?: ((drawn: PairProgress) => void) | undefined;
  /** Steps of all rounds together, or of pairs at most: they end when the loss on those that are kept out no longer falls. Default 2000 for each round. */
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
 * Distills a student of a model, of latents where the model is of latents; `distillRun` is the way to runs that can be stopped and resumed.
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
  { set: data, options }: { readonly set: DataSet; readonly options: DistillModelOptions },
): AsyncGenerator<DistillModelStep, Model> {
  const method = methodNamed(options.method ?? 'progressive');
  const rounds = distillationRounds(method, { ...options, student: teacher.sampling.student?.steps });
  requireTeacher(teacher, teacher.name, rounds[0]?.loss ?? {});
  requirePairsFit(teacher, teacher.name, { ...options, method });
  const pairs = isOfPairs(method) ? await pairsOf(host, teacher, { ...options, said: data }) : undefined;
  const set = pairs?.train ?? (await seenBy(host, teacher, data));
  // What describes latents are their samples.
  const described = isOfLatents(teacher.net) ? { ...data, ...(pairs && { noise: pairs.train.noise }) } : set;
  const steps = Math.ceil((options.steps ?? defaultRoundSteps * rounds.length) / rounds.length);
  let source = teacher;
  let last: Model | undefined;
  for (const [k, round] of rounds.entries()) {
    const config = configOf(teacher, described, { round, steps, options, name: source.name });
    const { params, net, process } = source;
    const built = buildTraining(config, described, source.catalog, {
      coding: codingOf(source.data),
      teacher: { net, params, process },
    });
    // The networks differ in dropout, which has no parameters, and in whether an autoencoder is trained.
    const { trained, fixed } = inLayoutOf(built.net, net, params);
    const zeros = new Float32Array(trained.length);
    const state = { params: trained, m: zeros, v: zeros, ema: trained, fixed };
    const from: TrainPoint = { step: 0, smoothedLoss: NaN, state };
    const own = source;
    const modelAt = ({ step, state }: TrainPoint): Model =>
      modelOf(host, {
        ...{
          ...own,
          config,
          net: built.net,
          process: built.process,
          sampling: samplingOf(built.sampling, method, round),
          step,
        },
        ...{ params: averaged(state), name: `a student of ${teacher.name}`, record: undefined },
      });
    const plan = {
      ...built,
      scaler: source.data.scaler,
      ...(await enginesFor(host, data)),
      set,
      batch: config.train.batch,
      key: key(config.train.seed),
    };
    const watch = pairs && (await heldOutLoss(plan.backend, { ...plan, set: pairs.heldOut }));
    const losses: number[] = [];
    try {
      for await (const progress of train({ ...plan, from })) {
        const { step, loss, smoothedLoss, gradientNorm, point: pointOf } = progress;
        if (watch && step % pairTraining.checkpointEvery === 0)
          losses.push(await watch.of(averaged((await pointOf()).state), step));
        const ends = step >= steps || hasSettled(losses, pairTraining.patience);
        if (ends) last = modelAt(await pointOf());
        const fraction = (k + (ends ? 1 : step / steps)) / rounds.length;
        const model = async (): Promise<Model> => (ends && last ? last : modelAt(await pointOf()));
        yield {
          ...{ step, loss, smoothedLoss, gradientNorm, fraction, model },
          round: k + 1,
          rounds: rounds.length,
          nfe: round.nfe,
        };
        if (ends) break;
      }
    } finally {
      await watch?.dispose();
    }
    source = (last as Model).trained;
  }
  return last as Model;
}

/** Pairs of a teacher; of one of latents those are of latents, which nothing decodes. */
function pairsOf(
  host: Host,
  teacher: TrainedModel,
  options: Parameters<typeof pairSets>[1],
): ReturnType<typeof pairSets> {
  const { net, data } = teacher;
  if (!isOfLatents(net)) return pairSets(modelOf(host, teacher), options);
  const about = { shape: net.autoencoder.latentShape, scaler: data.scaler };
  const toSet = (samples: Samples): DataSet => {
    const { name, noise = new Float32Array(), ...said } = samples.toDataSet();
    const { labels, classNames, texts, given } = said;
    const labeled = { ...(labels && { labels }), ...(classNames && { classNames }), ...(texts && { texts }) };
    const latents = Float32Array.from(samples.x.data);
    return latentPairSet({ ...labeled, ...(given && { given }), latents, noise }, { ...about, name });
  };
  return pairSets(modelOf(host, undecoded(teacher)), { ...options, toSet });
}

/** Data as a network sees them: their latents, of one of latents. */
async function seenBy(host: Host, { net, params, data: { scaler } }: TrainedModel, set: DataSet): Promise<DataSet> {
  if (!isOfLatents(net)) return set;
  const coder = bareAutoencoder(net, { net, params });
  const { sets } = await encodedSets(await host.backend(1), coder, [{ set, scaler }], latentUnits(net, params));
  return sets[0] ?? set;
}

/** A straighter flow is a velocity like another, in whatever steps it is sampled. */
function samplingOf(own: Sampling, method: DistillMethod, { nfe }: DistillationRound): Sampling {
  return method === 'reflow' ? { ...own, nfe } : own;
}

/** The configuration of a round: that of its teacher with another objective, a smaller rate and no dropout. */
function configOf(
  { config, catalog, data }: TrainedModel,
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
  return resolveConfig(
    { kind: data.kind, ...seenSize(config, data.shape, catalog) },
    {
      ...config,
      data: { ref: set.name },
      net: { ...config.net, ...(net as Plain) },
      loss: 'teacher' in round.loss ? { ...round.loss, teacher: name } : round.loss,
      train: {
        ...(own as Plain),
        ...roundTrain(round, steps),
        // The loss on pairs that are kept out is watched here, and belongs to no run.
        ...{ steps, seed: seed ?? 0, checkpointEvery: undefined, patience: undefined },
        ...(batch !== undefined && { batch }),
      },
    },
    catalog,
  );
}
