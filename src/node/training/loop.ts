/** @file The training of a prepared run, with its metrics, checkpoints and pictures. */
import { join } from 'node:path';
import { solo, sayFact, type Group } from '../../base/group.ts';
import type { Backend } from '../../backend/program.ts';
import { NumericalError, UnsupportedError } from '../../base/errors.ts';
import { key } from '../../base/key.ts';
import { shellWord } from '../../base/words.ts';
import { toCheckpoint } from '../../run/checkpoint.ts';
import type { RunConfig } from '../../catalog/config/schema.ts';
import { averagesWriter } from '../../run/folder/averages.ts';
import { checkpointWriter } from '../../run/folder/checkpoint-files.ts';
import type { Lock } from '../../run/folder/lock.ts';
import { metricsWriter, readMetrics } from '../../run/folder/metrics.ts';
import type { Image } from '../../plot/png.ts';
import type { Run } from '../../run/folder/run-folder.ts';
import { eventWriter } from '../../run/folder/tfevents.ts';
import { layout } from '../../nn/network.ts';
import type { LedRounds, LedTraining } from '../store/lead.ts';
import { classifierAccuracy } from '../../train/classifier-accuracy.ts';
import type { LevelStanding } from '../../train/level-errors.ts';
import { averaged, startPoint, train, type TrainPoint, type TrainProgress } from '../../train/train.ts';
import { limitOf } from '../../run/limit.ts';
import { watchOf, type HeldOutOutcome } from './held-out-watch.ts';
import { withLatents } from './latents.ts';
import { levelStandings } from './level-standings.ts';
import type { Prepared } from './prepared.ts';
import { drawSnapshot, hasSnapshot, type SnapshotOptions } from './snapshot.ts';

/** How a run stands when its training ends. */
export interface TrainOutcome extends HeldOutOutcome {
  /** Folder of the run. */
  readonly run: string;
  /** Name of the task. */
  readonly task: string;
  readonly step: number;
  readonly smoothedLoss: number;
  /** Seconds of training, over all resumed parts. */
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly interrupted: boolean;
  /** Whether another process of the group has the run, and says what there is to say. */
  readonly follower?: true;
  /** Of a training by several members: the gradient noise scale in samples, as `train` has it, and how many members there were. */
  readonly together?: { readonly members: number; readonly noiseScale?: number | undefined; readonly batch: number };
  /** Of a member of a training in a store that follows the first one: its name. */
  readonly member?: string;
  /** Of a training in a store: how many members took part in the last round, and how many rounds there were since it was started. */
  readonly inStore?: { readonly members: number; readonly rounds: number };
  /** The minutes of a new run were over before its first step was done. */
  readonly cutShort?: true;
  /** Of a classifier: the share of samples that it classifies right, by noise ratio sigma / alpha. */
  readonly accuracy?: Readonly<Record<string, number>>;
}

/** One step of the training of a run. */
export interface TrainRunStep extends Pick<TrainProgress, 'step' | 'loss' | 'smoothedLoss' | 'gradientNorm'> {
  /** The part of all steps, or of all minutes, that is done, 0 to 1. */
  readonly fraction: number;
  /** Seconds that are left, estimated from the speed so far. */
  readonly secondsLeft: number;
  readonly samplesPerSecond: number;
}

/** A run whose training begins or goes on. */
export interface TrainRunStart extends Pick<Prepared, 'run' | 'config' | 'set'> {
  /** Numbers of the network that are trained. */
  readonly parameters: number;
  /** Steps that were taken before. */
  readonly step: number;
  /** Whether this process follows another one of a group, which has the run. */
  readonly follower?: true;
  /** Whether the run has reached its steps or minutes before, so that nothing is trained. */
  readonly over: boolean;
}

/** How the training of a run is watched and stopped. */
export interface TrainRunControl {
  /** Called once, before the first step. */
  readonly onStart?: ((start: TrainRunStart) => void) | undefined;
  /** Called with a sentence on what could not be done, such as a picture. */
  readonly onNote?: ((note: string) => void) | undefined;
  /**
   * Called at each picture with the errors of predicted noise by noise level, beside those of the best linear score of the data. Only of
   * losses that are such errors.
   */
  readonly onLevels?: ((levels: readonly LevelStanding[]) => void) | undefined;
  /** Called after each step; true saves a checkpoint and ends the training. Never by default. */
  readonly stopRequested?: (() => boolean) | undefined;
  /** Called after each step; true saves a checkpoint, and the training goes on. Never by default. */
  readonly saveRequested?: (() => boolean) | undefined;
}

/** What `trainPrepared` needs besides the run. */
export interface TrainingTools extends TrainRunControl {
  readonly backend: Backend;
  /** The processes that train together, of which this one is the first. Default this one alone. */
  readonly group?: Group | undefined;
  /** Begins the rounds of a training in a store. Default none: each step is one of all. */
  readonly rounds?: ((training: LedTraining) => Promise<LedRounds>) | undefined;
  /** Computes parts of large steps side by side. Default none. */
  readonly parts?: Backend | undefined;
  /** The right to write to the run, which is confirmed before each write. */
  readonly lock: Pick<Lock, 'confirm'>;
}

/**
 * Trains until the run's limit or a request to stop, and writes metrics, checkpoints and pictures.
 * @throws NumericalError if the training diverges, with a way to go on.
 */
export async function* trainPrepared(
  given: Prepared,
  tools: TrainingTools,
): AsyncGenerator<TrainRunStep, TrainOutcome> {
  const { backend, parts, lock, group = solo, stopRequested = () => false, saveRequested = () => false } = tools;
  const prepared = await withLatents(given, backend);
  const { run, config, set, training, summary, from } = prepared;
  const limit = limitOf(config);
  const resumed = from?.step === 0 ? undefined : from;
  const earlier = secondsSoFar(run, from?.step ?? 0);
  let started = performance.now();
  const seconds = (): number => earlier + (performance.now() - started) / 1000;
  // A new run takes its first step, however short its time.
  const watch = await watchOf(prepared, backend);
  const over = resumed !== undefined && (limit.reached(resumed.step, seconds()) || watch?.settled() === true);
  const together = group.size > 1;
  await sayFact(group, over);
  const parameters = layout(training.net).trained;
  tools.onStart?.({ run, config, set: given.set, parameters, step: from?.step ?? 0, over });

  const { keep, checkpointEvery, logEvery, steps: lastStep = Infinity, seed } = config.train;
  const rounds = over
    ? undefined
    : await tools.rounds?.({
        from: from ?? startPoint(training.net, key(seed)),
        ...{ net: training.net, summary, lastStep, stopRequested, onNote: tools.onNote },
        secondsLeft: () => limit.left(0, seconds(), Infinity),
        spent: () => limit.spent(seconds()),
      });
  // Waiting for the members is no time of training.
  if (rounds !== undefined) started = performance.now();
  const due = rounds?.due ?? ((step: number, every: number) => step % every === 0);
  const checkpoints = checkpointWriter(run, { keep, resumeStep: resumed?.step });
  const metrics = metricsWriter(run, { resumeStep: from?.step ?? 0 });
  const events = eventWriter(run.folder, { wallTime: Date.now() / 1000, resumeStep: resumed?.step });
  let interrupted = false;
  const stopping = (): boolean => (interrupted ||= stopRequested());
  let last: Pick<TrainProgress, 'step' | 'smoothedLoss' | 'noiseScale'> | undefined = resumed;
  let saved = resumed?.step;
  let accuracy: TrainOutcome['accuracy'];
  const save = (point: TrainPoint): void => {
    metrics.sync();
    checkpoints.save(point.step, toCheckpoint(point, summary), point.smoothedLoss);
    saved = point.step;
  };
  const averages = averagesWriter(run, { gammas: training.optimizer.profiles ?? [], resumeStep: from?.step ?? 0 });
  const standing = levelStandings(prepared, backend);
  const draw = async (point: TrainPoint): Promise<void> => {
    const options = { run, backend, training, summary, point, set, stop: stopping };
    const picture = await snapshot(options, tools);
    if (picture !== undefined) events.image({ step: point.step, wallTime: Date.now() / 1000 }, 'samples', picture);
  };

  try {
    const options = {
      ...training,
      ...{ backend, parts, set },
      batch: config.train.batch,
      key: key(seed),
      spent: () => limit.spent(seconds()),
      ...(together && { group, stop: () => stopRequested() || limit.reached(0, seconds()) }),
      ...(from ? { from } : {}),
      ...(rounds && { round: rounds.round, meet: rounds.meet }),
    };
    const { classes, carriesData } = training.objective;
    const sampleEvery = classes === undefined && carriesData === undefined ? config.train.sampleEvery : 0;
    const drawsAt = (step: number, ends: boolean): boolean => sampleEvery > 0 && (ends || due(step, sampleEvery));
    // A process that was killed between a checkpoint and its picture leaves the picture to the next one.
    if (resumed && drawsAt(resumed.step, over) && !hasSnapshot(run, { summary, training, step: resumed.step }))
      await draw(resumed);
    if (!over)
      for await (const progress of train(options)) {
        last = progress;
        const { step } = progress;
        const common = rounds?.common();
        // Within a round the first member has no point of all.
        const within = common !== undefined && step !== common.step;
        if (within && stopping()) {
          lock.confirm();
          if (common.step > (saved ?? 0)) save(common);
          last = common;
          break;
        }
        const apart = watch && due(step, checkpointEvery) ? await watch.measure(await progress.point()) : undefined;
        const settled = watch?.settled() === true;
        // All members of a group end after the same step: by what they know, or have voted for, or the first one says.
        if (watch && due(step, checkpointEvery)) await sayFact(group, settled);
        const stops = together ? progress.stop : (!within && limit.reached(0, seconds())) || stopping();
        interrupted ||= progress.stop && !limit.reached(0, seconds());
        const ends = limit.reached(step, 0) || stops || settled;
        const saves = (!within && saveRequested()) || ends || due(step, checkpointEvery);
        const draws = drawsAt(step, ends);
        const keeps = !within && averages.due(step);
        const logs = saves || draws || step % logEvery === 0;
        if (logs || keeps) lock.confirm();
        const point = saves || draws || keeps ? await progress.point() : undefined;
        if (keeps && point) averages.save(point);
        if (logs) {
          const line = metricsOf(progress, seconds());
          const measured = saves && point ? await accuracyOf(prepared, backend, point) : undefined;
          accuracy = measured ?? accuracy;
          const levels = draws ? await standing(progress.levels) : undefined;
          metrics.append({
            ...line,
            ...measured,
            ...apart,
            ...(levels && { levels: levels.map((level) => ({ ...level })) }),
          });
          if (levels !== undefined) tools.onLevels?.(levels);
          const { loss, smoothedLoss, gradientNorm } = line;
          events.scalars(
            { step, wallTime: Date.now() / 1000 },
            { loss, smoothedLoss, gradientNorm, ...measured, ...apart },
          );
        }
        if (saves && point) save(point);
        const perStep = (performance.now() - started) / 1000 / (step - (from?.step ?? 0));
        const { loss, smoothedLoss, gradientNorm } = progress;
        yield {
          ...{ step, loss, smoothedLoss, gradientNorm },
          fraction: limit.fraction(step, seconds()),
          secondsLeft: limit.left(step, seconds(), perStep),
          samplesPerSecond: ((rounds?.size() ?? 1) * config.train.batch) / perStep,
        };
        if (draws && point && !stopping()) await draw(point);
        if (ends) break;
      }
  } catch (cause) {
    if (!(cause instanceof NumericalError)) throw cause;
    throw new NumericalError(`${cause.message}; ${wayOut(run, config, saved)}`, { cause });
  } finally {
    events.close();
    metrics.close();
    await watch?.dispose();
  }
  const taken = (last?.step ?? 0) - (from?.step ?? 0);
  const cutShort = !resumed && last?.step === 1 && config.train.steps !== 1 && !stopping();
  return {
    run: run.folder,
    task: config.task,
    step: last?.step ?? 0,
    smoothedLoss: last?.smoothedLoss ?? NaN,
    seconds: seconds(),
    imagesPerSecond: (taken * config.train.batch * (rounds?.size() ?? 1)) / Math.max(seconds() - earlier, 1e-9),
    interrupted: stopping(),
    ...(together && { together: { members: group.size, batch: config.train.batch, noiseScale: last?.noiseScale } }),
    ...(rounds && { inStore: { members: rounds.size(), rounds: rounds.rounds() } }),
    ...(cutShort && { cutShort }),
    ...(accuracy && { accuracy }),
    ...watch?.outcome(),
  };
}

/** What can be done about a training that diverges: the same steps from the same checkpoint would do so again. */
function wayOut(run: Run, { train: { learningRate } }: RunConfig, saved: number | undefined): string {
  const slower = `--set train.learningRate=${Number((learningRate / 4).toPrecision(2))}`;
  const folder = shellWord(run.folder);
  if (saved === undefined)
    return `there is no checkpoint yet; begin anew, slower, with: scorefield train … --out ${folder} --resume ${slower}`;
  return (
    `the last good checkpoint is step ${saved}, in ${join(run.folder, 'checkpoints')}; begin a slower run with its parameters ` +
    `by: scorefield train … --out NEW --init ${folder} ${slower}`
  );
}

/** No picture is worth a run: where samples are not finite, or plots cannot be drawn here, training goes on without. */
async function snapshot(options: SnapshotOptions, { onNote }: TrainRunControl): Promise<Image | undefined> {
  try {
    return await drawSnapshot(options);
  } catch (error) {
    if (!(error instanceof NumericalError || error instanceof UnsupportedError)) throw error;
    onNote?.(`no picture of step ${options.point.step}: ${error.message}`);
    return undefined;
  }
}

/** Of a classifier, with the average of the parameters. */
async function accuracyOf(
  { set, training }: Prepared,
  backend: Backend,
  { state }: TrainPoint,
): Promise<TrainOutcome['accuracy']> {
  const { net, objective, process, scaler } = training;
  const { classes } = objective;
  if (classes === undefined) return undefined;
  return classifierAccuracy(backend, { net, params: averaged(state), sde: process.sde, set, scaler, classes });
}

/** Seconds that the run had been trained for when it took a step, from its metrics. */
function secondsSoFar(run: Run, step: number): number {
  const line = readMetrics(run).findLast((entry) => entry.step <= step);
  return typeof line?.['seconds'] === 'number' ? line['seconds'] : 0;
}

function metricsOf(
  { step, loss, smoothedLoss, gradientNorm }: TrainProgress,
  seconds: number,
): Record<'step' | 'loss' | 'smoothedLoss' | 'gradientNorm' | 'seconds', number> {
  return { step, loss, smoothedLoss, gradientNorm, seconds: Number(seconds.toFixed(3)) };
}
