/** @file Distillation as runs: students of a trained model that draw samples in few evaluations. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkOptions, positiveInteger } from '../base/check.ts';
import { ConfigError, FileError } from '../base/errors.ts';
import { merge, part } from '../catalog/config/merge.ts';
import type { DataConfig } from '../catalog/config/schema.ts';
import type { Plain } from '../catalog/option.ts';
import { isOfLatents } from '../nn/autoencoder.ts';
import { running, type Running, type RunOptions } from '../model/running.ts';
import { modelNameOf } from '../run/model-box.ts';
import { loadAnyRun, type LoadedRun } from '../run/load.ts';
import { openDataSet, optionsOfData } from '../run/data-sets.ts';
import { isRun, pairsFolder, requireNewRun, roundsFolder } from '../run/folder/run-folder.ts';
import {
  defaultPairs,
  defaultRoundSteps,
  distillationRounds,
  isOfPairs,
  methodNamed,
  requirePairsFit,
  requireTeacher,
  roundTrain,
  studentConfig,
  type DistillMethod,
  type PairChoice,
} from '../model/distillation-plan.ts';
import type { ConfigPart } from '../model/training.ts';
import { setDefaultSampling } from './default-sampling.ts';
import type { EngineOptions } from './host.ts';
import { drawPairs, type PairFiles } from './teacher-pairs.ts';
import type { PairProgress } from '../model/teacher-pairs.ts';
import type { TrainOutcome, TrainRunControl, TrainRunStep } from './training/loop.ts';
import { openConfigured, type OpenSet } from './training/prepared.ts';
import { trainRun, type TrainRunOptions } from './train-run.ts';

/** How a student is distilled. */
export interface DistillRunOptions extends EngineOptions, TrainRunControl, PairChoice {
  /** Folder of the student's run. Default `runs/`, the name of the teacher and `-student`. */
  readonly out?: string | undefined;
  /** Whether to go on with the distillation in `out`, or begin it where there is none. Default false: a new one. */
  readonly resume?: boolean | undefined;
  /** How: `progressive`, `consistency` (of a teacher), `easy-consistency`, or from pairs `luhman` or `reflow`. Default progressive. */
  readonly method?: string | undefined;
  /** Evaluations of a sample of the student; of `progressive` a power of two. Default 4, of consistency models 2, of luhman 1. */
  readonly nfe?: number | undefined;
  /** Of `progressive`: evaluations of the first student, a power of two of at least `nfe`, which halve in each round. Default 16. */
  readonly first?: number | undefined;
  /** Called while pairs are drawn, before the training begins. None by default. */
  readonly onPairs?: ((drawn: PairProgress) => void) | undefined;
  /** Minutes of all rounds together, over all resumed parts; not limited by default. */
  readonly minutes?: number | undefined;
  /** Steps of all rounds together. Default 2000 for each round, or as many as fit in `minutes`. */
  readonly steps?: number | undefined;
  /** Samples of a step. Default that of the teacher. */
  readonly batch?: number | undefined;
  /** Seed of everything random. Default 0. */
  readonly seed?: number | undefined;
  /** Keys of the configuration of every round that win over everything else. None by default. */
  readonly settings?: ConfigPart | Plain | undefined;
  /** Opens the data. Default `openDataSet`. */
  readonly open?: OpenSet | undefined;
}

/** One training step of a distillation; fraction and time left are those of all rounds. */
export interface DistillRunStep extends TrainRunStep {
  /** Round, from 1. */
  readonly round: number;
  readonly rounds: number;
  /** Evaluations of a sample of the student of this round. */
  readonly nfe: number;
}

/** How a distillation stands when it ends. */
export interface DistillOutcome extends TrainOutcome {
  readonly method: DistillMethod;
  /** Evaluations of a sample of the student in `run`. */
  readonly nfe: number;
  /** Rounds that are done. */
  readonly rounds: number;
}

/**
 * Distills a student of a trained model: a run whose samples cost few evaluations. Of progressive distillation each round halves the
 * steps; the students on the way are runs in `rounds/` of the folder. A student is sampled, evaluated, packed and exported as any
 * model is, by its own sampler.
 * Of luhman and reflow pairs of noise and samples of the teacher are drawn first, into `pairs/` of the folder; a twentieth is kept out of the training, which
 * ends when the loss on it no longer falls. Of a teacher of latents students learn latents, with its autoencoder.
 * @param ref - run or model that teaches: a score, or for progressive distillation also a student of `2 first` steps
 * @throws ConfigError if the teacher is no such model, or an option does not fit.
 * @throws FileError if the teacher, its data or the folder cannot be used.
 * @throws NumericalError when the loss, the gradient or the update is not finite, with a way to go on.
 * @see Salimans and Ho 2022; Song et al. 2023, "Consistency models"; Geng et al. 2024, "Consistency models made easy"
 * @example
 * ```ts
 * import { distillRun, openModel } from 'scorefield/node';
 *
 * const { run } = await distillRun('emoji', { out: 'runs/quick', nfe: 4, minutes: 30 });
 * const model = await openModel(run);
 * const { samples } = await model.sample({ count: 4 });
 * await samples.save('quick.png');
 * ```
 */
export function distillRun(
  ref: string,
  options: DistillRunOptions & RunOptions<DistillRunStep> = {},
): Running<DistillRunStep, DistillOutcome> {
  const { signal, onProgress, ...own } = options;
  return running(() => distilling(ref, own), { signal, onProgress });
}

async function* distilling(ref: string, options: DistillRunOptions): AsyncGenerator<DistillRunStep, DistillOutcome> {
  const {
    method: asked = 'progressive',
    resume = false,
    out: folder = join('runs', `${modelNameOf(ref)}-student`),
  } = options;
  const method = methodNamed(asked);
  const teacher = loadAnyRun(ref);
  const rounds = distillationRounds(method, { ...options, student: teacher.sampling.student?.steps });
  requireTeacher(teacher, ref, rounds[0]?.loss ?? {});
  const shared = sharedOptions(options, rounds.length);
  const ofPairs = isOfPairs(method);
  requirePairsFit(teacher, ref, { ...options, method });
  const ofLatents = isOfLatents(teacher.net);
  const own = ownDataOf(teacher, options);
  if (!ofPairs || ofLatents || teacher.data.texts !== undefined) await requireData(own.ref, ref);
  const unfinished = existsSync(roundsFolder(folder)) || existsSync(pairsFolder(folder));
  if (!resume && unfinished && !isRun(folder))
    throw new FileError(
      folder,
      'there is a distillation in this folder; go on with it with --resume, or choose another --out',
    );
  // What the last round would refuse is refused before the first one begins.
  if (!(resume && isRun(folder))) requireNewRun(folder);
  const folders = rounds.map(({ nfe }, k) =>
    k === rounds.length - 1 ? folder : join(roundsFolder(folder), String(nfe)),
  );
  const pairs = ofPairs ? await pairsOf(ref, folder, teacher, options) : undefined;
  // Rounds before the latest that there is are over, whatever the limits are now.
  const reached = resume ? Math.max(0, folders.findLastIndex(isRun)) : 0;
  let outcome: TrainOutcome | undefined;
  for (const [k, round] of rounds.entries()) {
    const { nfe, loss } = round;
    if (k < reached) continue;
    const source = folders[k - 1] ?? ref;
    const training = trainRun(pairs === undefined || ofLatents ? own.ref : pairs.train, {
      ...shared,
      out: folders[k],
      init: source,
      config: merge(studentConfig(teacher), {
        data: pairs === undefined || ofLatents ? withoutRef(own) : {},
        ...(pairs && ofLatents && { latent: { pairs: resolve(pairs.folder) } }),
        loss: 'teacher' in loss ? { ...loss, teacher: source } : loss,
        train: { ...roundTrain(round, shared.steps), ...(pairs && !ofLatents && { heldOut: pairs.heldOut }) },
      }),
      settings: merge(options.settings ?? {}, k === rounds.length - 1 ? {} : { train: { keep: 1 } }),
    });
    for await (const step of training) {
      const share = (k + step.fraction) / rounds.length;
      const perRound = step.secondsLeft / Math.max(1 - step.fraction, 1e-9);
      const later = step.fraction < 1 ? perRound * (rounds.length - k - 1) : 0;
      yield {
        ...step,
        fraction: share,
        secondsLeft: step.secondsLeft + later,
        round: k + 1,
        rounds: rounds.length,
        nfe,
      };
    }
    outcome = await training;
    if (outcome.interrupted) return { ...outcome, run: folder, method, nfe, rounds: k };
  }
  if (outcome === undefined) throw new FileError(folder, 'there is nothing to distill');
  const nfe = rounds.at(-1)?.nfe ?? 1;
  // A straighter flow is a velocity like another, in whatever steps it is sampled.
  if (method === 'reflow') setDefaultSampling(folder, { sampler: 'ddim', nfe });
  return { ...outcome, method, nfe, rounds: rounds.length };
}

/** How the data of a teacher are read: as it read them, from where they are now. */
function ownDataOf({ config: { data } }: LoadedRun, { settings = {} }: DistillRunOptions): DataConfig {
  const { ref } = part(settings, 'data');
  return { ...data, ...(typeof ref === 'string' && { ref }) };
}

/** @throws ConfigError if there are no data of a name or at a path. */
async function requireData(data: string, teacher: string): Promise<void> {
  try {
    await optionsOfData(data);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const message = `expected the data that ${teacher} was trained on, ${data}, found none there; say where they are with --set data.ref=PATH`;
    throw new ConfigError([{ path: 'teacher', message }]);
  }
}

async function pairsOf(
  ref: string,
  folder: string,
  teacher: LoadedRun,
  options: DistillRunOptions,
): Promise<PairFiles> {
  const { pairs: count = defaultPairs.count, teacherNfe: nfe = defaultPairs.nfe, seed = 0, guidance } = options;
  const { threads, device, onPairs, open = openDataSet } = options;
  const said = teacher.data.texts && (await openConfigured(open, ownDataOf(teacher, options)));
  return drawPairs(ref, folder, { count, nfe, guidance, said, seed, threads, device, onProgress: onPairs });
}

/** What `trainRun` gets in every round, which has an equal part of the limits. */
function sharedOptions(options: DistillRunOptions, rounds: number): TrainRunOptions {
  const { threads, device, onStart, onNote, stopRequested, saveRequested, open, resume, batch, seed } = options;
  const { minutes, steps = minutes === undefined ? defaultRoundSteps * rounds : undefined } = options;
  checkOptions(...(steps === undefined ? [] : [positiveInteger('steps', steps)]));
  return {
    ...{ threads, device, onStart, onNote, stopRequested, saveRequested, open, resume, batch, seed },
    minutes: minutes === undefined ? undefined : minutes / rounds,
    steps: steps === undefined ? undefined : Math.ceil(steps / rounds),
  };
}

/** The settings by which data are read. */
function withoutRef(data: DataConfig): Plain {
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'ref'));
}
