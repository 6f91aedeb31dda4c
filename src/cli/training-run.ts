/** @file The loop of `scorefield train` around a prepared run: metrics, checkpoints, pictures, progress and its end. */
import { join } from 'node:path';
import type { Backend } from '../backend/program.ts';
import { NumericalError, UnsupportedError } from '../base/errors.ts';
import { key } from '../base/key.ts';
import { shellWord } from '../base/words.ts';
import type { Training } from '../catalog/build.ts';
import { toCheckpoint } from '../run/checkpoint.ts';
import type { DataSummary } from '../run/data-summary.ts';
import type { RunConfig } from '../catalog/schema.ts';
import { sampleShape, type DataSet } from '../data/dataset.ts';
import { checkpointWriter } from '../io/checkpoints.ts';
import type { Lock } from '../io/lock.ts';
import { metricsWriter, readMetrics } from '../io/metrics.ts';
import type { Image } from '../io/png.ts';
import type { Run } from '../io/run-folder.ts';
import { eventWriter } from '../io/tfevents.ts';
import { layout } from '../nn/network.ts';
import { classifierAccuracy } from '../train/classifier-accuracy.ts';
import { averaged, train, type TrainPoint, type TrainProgress } from '../train/train.ts';
import { watchInterrupt } from './shell/interrupt.ts';
import { limitOf, type Limit } from './limit.ts';
import { drawSnapshot, hasSnapshot, type SnapshotOptions } from './snapshot.ts';
import { duration, plural, short, type Terminal } from './shell/terminal.ts';

/** How a run stands when the command ends. */
export interface TrainOutcome {
  readonly run: string;
  readonly step: number;
  readonly smoothedLoss: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly interrupted: boolean;
  /** The minutes of a new run were over before its first step was done. */
  readonly cutShort?: true;
  /** Of a classifier: the share of samples that it tells right, by noise ratio sigma / alpha. */
  readonly accuracy?: Readonly<Record<string, number>>;
}

/** A run with everything that its training needs. */
export interface Prepared {
  readonly run: Run;
  readonly config: RunConfig;
  readonly set: DataSet;
  readonly training: Training;
  readonly summary: DataSummary;
  /** Where training goes on, or the point of step 0 that --init gives. */
  readonly from: TrainPoint | undefined;
}

/** What `trainRun` needs besides the run. */
export interface TrainingTools {
  readonly backend: Backend;
  /** The right to write to the run, which is confirmed before each write. */
  readonly lock: Pick<Lock, 'confirm'>;
  readonly out: Terminal;
}

/**
 * Trains until the run's limit or a signal, writing down metrics, checkpoints and pictures.
 * @throws NumericalError if the training diverges, saying how to go on.
 */
export async function trainRun(prepared: Prepared, { backend, lock, out }: TrainingTools): Promise<TrainOutcome> {
  const { run, config, set, training, summary, from } = prepared;
  const limit = limitOf(config);
  const resumed = from?.step === 0 ? undefined : from;
  const earlier = secondsSoFar(run, from?.step ?? 0);
  const started = performance.now();
  const seconds = (): number => earlier + (performance.now() - started) / 1000;
  // A new run takes its first step, however short its time.
  const over = resumed !== undefined && limit.reached(resumed.step, seconds());
  describeRun(prepared, out);

  const { keep, checkpointEvery, logEvery } = config.train;
  const checkpoints = checkpointWriter(run, { keep, resumeStep: resumed?.step });
  const metrics = metricsWriter(run, { resumeStep: from?.step ?? 0 });
  const events = eventWriter(run.folder, { wallTime: Date.now() / 1000, resumeStep: resumed?.step });
  const interrupt = watchInterrupt(out);
  let last: Pick<TrainPoint, 'step' | 'smoothedLoss'> | undefined = resumed;
  let saved = resumed?.step;
  let accuracy: TrainOutcome['accuracy'];
  const save = (point: TrainPoint): void => {
    metrics.sync();
    checkpoints.save(point.step, toCheckpoint(point, summary), point.smoothedLoss);
    saved = point.step;
  };
  const draw = async (point: TrainPoint): Promise<void> => {
    const stop = (): boolean => interrupt.requested();
    const picture = await snapshot({ run, backend, training, summary, point, labels: set.labels, stop }, out);
    if (picture !== undefined) events.image({ step: point.step, wallTime: Date.now() / 1000 }, 'samples', picture);
  };

  try {
    const options = {
      ...training,
      backend,
      set,
      batch: config.train.batch,
      key: key(config.train.seed),
      ...(from ? { from } : {}),
    };
    const sampleEvery = training.objective.classes === undefined ? config.train.sampleEvery : 0;
    const drawsAt = (step: number, ends: boolean): boolean => sampleEvery > 0 && (ends || step % sampleEvery === 0);
    // A process that was killed between a checkpoint and its picture leaves the picture to the next one.
    if (resumed && drawsAt(resumed.step, over) && !hasSnapshot(run, summary, resumed.step)) await draw(resumed);
    if (over) out.line('the run has come to its end before; give a larger --steps or --minutes to go on');
    else
      for await (const progress of train(options)) {
        last = progress;
        const { step } = progress;
        const ends = limit.reached(step, seconds()) || interrupt.requested();
        const saves = interrupt.saveRequested() || ends || step % checkpointEvery === 0;
        const draws = drawsAt(step, ends);
        const logs = saves || step % logEvery === 0;
        if (logs || draws) lock.confirm();
        const point = saves || draws ? await progress.point() : undefined;
        if (logs) {
          const line = metricsOf(progress, seconds());
          const measured = saves && point ? await accuracyOf(prepared, backend, point) : undefined;
          accuracy = measured ?? accuracy;
          metrics.append({ ...line, ...measured });
          const { loss, smoothedLoss, gradientNorm } = line;
          events.scalars({ step, wallTime: Date.now() / 1000 }, { loss, smoothedLoss, gradientNorm, ...measured });
        }
        if (saves && point) save(point);
        out.progress(
          progressLine(progress, {
            kind: set.kind,
            config,
            limit,
            seconds: seconds(),
            elapsed: (performance.now() - started) / 1000,
            from,
          }),
        );
        if (draws && point && !interrupt.requested()) await draw(point);
        if (ends) break;
      }
  } catch (cause) {
    if (!(cause instanceof NumericalError)) throw cause;
    throw new NumericalError(`${cause.message}; ${wayOut(run, config, saved)}`, { cause });
  } finally {
    out.done();
    interrupt.stop();
    events.close();
    metrics.close();
  }
  const taken = (last?.step ?? 0) - (from?.step ?? 0);
  const cutShort = !resumed && last?.step === 1 && config.train.steps !== 1 && !interrupt.requested();
  const outcome: TrainOutcome = {
    run: run.folder,
    step: last?.step ?? 0,
    smoothedLoss: last?.smoothedLoss ?? NaN,
    seconds: seconds(),
    imagesPerSecond: (taken * config.train.batch) / Math.max(seconds() - earlier, 1e-9),
    interrupted: interrupt.requested(),
    ...(cutShort && { cutShort }),
    ...(accuracy && { accuracy }),
  };
  conclude(outcome, out);
  return outcome;
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
async function snapshot(options: SnapshotOptions, out: Terminal): Promise<Image | undefined> {
  try {
    return await drawSnapshot(options);
  } catch (error) {
    if (!(error instanceof NumericalError || error instanceof UnsupportedError)) throw error;
    out.line(`no picture of step ${options.point.step}: ${error.message}`);
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

function progressLine(
  { step, smoothedLoss }: TrainProgress,
  at: {
    kind: DataSet['kind'];
    config: RunConfig;
    limit: Limit;
    seconds: number;
    elapsed: number;
    from: TrainPoint | undefined;
  },
): string {
  const perStep = at.elapsed / (step - (at.from?.step ?? 0));
  const unit = at.kind === 'points' ? 'points' : 'images';
  const rate = Math.round(at.config.train.batch / perStep).toLocaleString('en');
  return `step ${step.toLocaleString('en')}  loss ${short(smoothedLoss)}  ${rate} ${unit}/s  ${duration(at.limit.left(step, at.seconds, perStep))} left`;
}

function describeRun({ run, config, set, training, from }: Prepared, out: Terminal): void {
  const { trained } = layout(training.net);
  out.line(
    `${set.name}: ${plural(set.count, 'sample')} [${sampleShape(set).join(', ')}]; ${config.net.kind} with ${trained.toLocaleString('en')} parameters; SDE ${config.sde.kind}`,
  );
  const begins = from === undefined || from.step === 0;
  const { init } = config.train;
  const first = init === undefined ? '' : `, which begins with the parameters of ${init}`;
  out.line(
    begins
      ? `new run in ${run.folder}${first}`
      : `going on with ${run.folder} after step ${from.step.toLocaleString('en')}`,
  );
}

function conclude({ step, smoothedLoss, seconds, interrupted, cutShort, accuracy }: TrainOutcome, out: Terminal): void {
  const ended = cutShort ? 'the minutes were over before the first step was done' : 'done';
  const how = interrupted ? 'stopped and saved' : ended;
  out.line(`${how}: step ${step.toLocaleString('en')}, loss ${short(smoothedLoss)}, ${duration(seconds)} of training`);
  if (accuracy === undefined) return;
  const shares = Object.entries(accuracy).map(
    ([name, share]) => `${(100 * share).toFixed(0)} % at ${name.slice('accuracy/'.length)}`,
  );
  out.line(`right by noise ratio sigma / alpha, on data of the training: ${shares.join(', ')}`);
}
