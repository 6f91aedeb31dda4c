/** @file `scorefield train`: a run from its configuration to its last checkpoint. */
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { nodeBackend } from '../backend/ort-node.ts';
import type { Backend } from '../backend/program.ts';
import { ConfigError, NumericalError } from '../base/errors.ts';
import { key } from '../base/key.ts';
import { attempt } from '../base/system-problem.ts';
import { buildTraining, type Training } from '../config/build.ts';
import { configOf, dataOf, fromCheckpoint, toCheckpoint, type DataSummary } from '../config/checkpoint.ts';
import type { Plain } from '../config/defaults.ts';
import {
  checkAsked,
  merge,
  parseConfigFile,
  parseSettings,
  part,
  resolveConfig,
  resumeConfig,
} from '../config/resolve.ts';
import { parseData, type RunConfig } from '../config/schema.ts';
import { sampleShape, type DataSet } from '../data/dataset.ts';
import { checkpointFile, listCheckpoints, loadCheckpoint, saveCheckpoint } from '../io/checkpoints.ts';
import { metricsWriter, readMetrics } from '../io/metrics.ts';
import { createRun, isRun, lockRun, openRun, type Json, type Run } from '../io/run-folder.ts';
import type { Image } from '../io/png.ts';
import { eventWriter } from '../io/tfevents.ts';
import { layout } from '../nn/network.ts';
import { train, type TrainPoint, type TrainProgress } from '../train/train.ts';
import { dataFrom, openData, type DataFlags } from './data-options.ts';
import { environment } from './environment.ts';
import { drawSnapshot, type SnapshotOptions } from './snapshot.ts';
import { duration, plural, short, terminal, type Terminal } from './terminal.ts';

/** Options of `scorefield train`. */
export interface TrainFlags extends DataFlags {
  readonly out?: string;
  readonly net?: string;
  readonly sde?: string;
  readonly batch?: number;
  readonly minutes?: number;
  readonly steps?: number;
  readonly seed?: number;
  readonly resume?: boolean;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly threads?: number;
  readonly json?: boolean;
}

/** Steps of a run that was given neither steps nor minutes. */
const defaultSteps = 20_000;
const interruptedExitCode = 130;

/** How a run stands when the command ends. */
export interface TrainOutcome {
  readonly run: string;
  readonly step: number;
  readonly smoothedLoss: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly interrupted: boolean;
}

interface Prepared {
  readonly run: Run;
  readonly config: RunConfig;
  readonly set: DataSet;
  readonly training: Training;
  readonly from: TrainPoint | undefined;
}

/** Trains a network on data, or goes on training one, and says what can follow. */
export async function trainCommand(ref: string, flags: TrainFlags): Promise<TrainOutcome> {
  const out = terminal(flags);
  const outcome = await trainFor(ref, flags, out);
  out.line(
    outcome.interrupted
      ? `go on with: scorefield train … --out ${outcome.run} --resume`
      : `draw samples with: scorefield sample ${outcome.run}`,
  );
  out.result(outcome);
  if (outcome.interrupted) process.exitCode = interruptedExitCode;
  return outcome;
}

/** The training of `trainCommand`, for a program that has words of its own around it. */
export async function trainFor(ref: string, flags: TrainFlags, out: Terminal): Promise<TrainOutcome> {
  const asked = askedFor(ref, flags);
  const folder = flags.out ?? join('runs', basename(resolve(ref)).replace(/\.\w+$/, ''));
  const begins = !(flags.resume && isRun(folder));
  const ready = begins ? await begun(folder, asked) : undefined;
  const run = ready?.run ?? openRun(folder);
  const lock = lockRun(run);
  try {
    // What a run goes on from is read under the lock: until then another process may be adding to it.
    const prepared = ready ?? (await resumed(run, asked));
    return await trainRun(prepared, nodeBackend({ threads: flags.threads ?? 2 }), out);
  } finally {
    lock.release();
  }
}

/** What the user asked for: the file, then the options, then --set. */
function askedFor(ref: string, flags: TrainFlags): Plain {
  const kindOf = (kind: string | undefined): Plain => (kind === undefined ? {} : { kind });
  const options = {
    data: dataFrom(ref, flags),
    net: kindOf(flags.net),
    sde: kindOf(flags.sde),
    train: { batch: flags.batch, minutes: flags.minutes, steps: flags.steps, seed: flags.seed },
  };
  const file = flags.config;
  const layer =
    file === undefined
      ? {}
      : parseConfigFile(
          attempt(file, 'cannot be read', () => readFileSync(file, 'utf8')),
          file,
        );
  return merge(layer, options, parseSettings(flags.set ?? []));
}

async function begun(folder: string, asked: Plain): Promise<Prepared> {
  checkAsked(asked);
  const set = await openData(parseData(part(asked, 'data')));
  const config = resolveConfig(set, asked);
  const training = buildTraining(config, set);
  const run = createRun(folder, { config: config as unknown as Json, env: environment() });
  return { run, config, set, training, from: undefined };
}

async function resumed(run: Run, asked: Plain): Promise<Prepared> {
  const config = resumeConfig(configOf(run), asked);
  const set = await openData(config.data);
  const training = buildTraining(config, set);
  if (listCheckpoints(run).length === 0) return { run, config, set, training, from: undefined };
  const loaded = loadCheckpoint(run);
  const file = checkpointFile(run, loaded.step);
  if (JSON.stringify(dataOf(loaded, file)) !== JSON.stringify(summaryOf(set, training)))
    throw new ConfigError([
      { path: 'data', message: `${set.name} has changed since this run began; restore it or start a new run` },
    ]);
  return { run, config, set, training, from: fromCheckpoint(loaded, training.net, file) };
}

function summaryOf(set: DataSet, { scaler }: Training): DataSummary {
  return { kind: set.kind, shape: sampleShape(set), scaler };
}

async function trainRun(prepared: Prepared, backend: Backend, out: Terminal): Promise<TrainOutcome> {
  const { run, config, set, training, from } = prepared;
  const summary = summaryOf(set, training);
  const limit = limitOf(config, from?.step ?? 0);
  const earlier = secondsSoFar(run, from?.step ?? 0);
  const started = performance.now();
  const seconds = (): number => earlier + (performance.now() - started) / 1000;
  describeRun(prepared, out);

  const metrics = metricsWriter(run, { resumeStep: from?.step ?? 0 });
  const events = eventWriter(run.folder, { wallTime: Date.now() / 1000, resumeStep: from?.step });
  const interrupt = watchInterrupt(out);
  let last: TrainPoint | undefined = from;
  let saved = from?.step;
  const save = (point: TrainPoint): void => {
    metrics.sync();
    saveCheckpoint(run, point.step, toCheckpoint(point, summary), {
      keep: config.train.keep,
      loss: point.smoothedLoss,
    });
    saved = point.step;
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
    if (!limit.reached(from?.step ?? 0, seconds()))
      for await (const progress of train(options)) {
        last = progress;
        const { step } = progress;
        const ends = limit.reached(step, seconds()) || interrupt.requested();
        const saves = ends || step % config.train.checkpointEvery === 0;
        if (saves || step % config.train.logEvery === 0) {
          const line = metricsOf(progress, seconds());
          metrics.append(line);
          const { loss, smoothedLoss, gradientNorm } = line;
          events.scalars({ step, wallTime: Date.now() / 1000 }, { loss, smoothedLoss, gradientNorm });
        }
        if (saves) save(progress);
        out.progress(
          progressLine(progress, {
            config,
            limit,
            seconds: seconds(),
            elapsed: (performance.now() - started) / 1000,
            from,
          }),
        );
        const { sampleEvery } = config.train;
        if (sampleEvery > 0 && (ends || step % sampleEvery === 0) && !interrupt.requested()) {
          const stop = (): boolean => interrupt.requested();
          const picture = await snapshot({ run, backend, training, summary, point: progress, stop }, out);
          if (picture !== undefined) events.image({ step, wallTime: Date.now() / 1000 }, 'samples', picture);
        }
        if (ends) break;
      }
  } catch (cause) {
    if (!(cause instanceof NumericalError)) throw cause;
    const good =
      saved === undefined
        ? 'there is no checkpoint yet'
        : `the last good checkpoint is step ${saved}, in ${join(run.folder, 'checkpoints')}`;
    throw new NumericalError(`${cause.message}; ${good}`, { cause });
  } finally {
    out.done();
    interrupt.stop();
    events.close();
    metrics.close();
  }
  const taken = (last?.step ?? 0) - (from?.step ?? 0);
  const outcome: TrainOutcome = {
    run: run.folder,
    step: last?.step ?? 0,
    smoothedLoss: last?.smoothedLoss ?? NaN,
    seconds: seconds(),
    imagesPerSecond: (taken * config.train.batch) / Math.max(seconds() - earlier, 1e-9),
    interrupted: interrupt.requested(),
  };
  conclude(outcome, out);
  return outcome;
}

/** No picture is worth a run: where samples are not finite, training goes on without. */
async function snapshot(options: SnapshotOptions, out: Terminal): Promise<Image | undefined> {
  try {
    return await drawSnapshot(options);
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    out.line(`no picture of step ${options.point.step}: ${error.message}`);
    return undefined;
  }
}

interface Limit {
  reached(step: number, seconds: number): boolean;
  /** Seconds that are left, as far as can be told. */
  left(step: number, seconds: number, perStep: number): number;
}

/** The end of a run: so many steps, so many minutes, or whichever comes first. */
function limitOf({ train: { steps, minutes } }: RunConfig, from: number): Limit {
  const lastStep = steps ?? (minutes === undefined ? Math.max(defaultSteps, from) : Infinity);
  const lastSecond = minutes === undefined ? Infinity : minutes * 60;
  return {
    reached: (step, seconds) => step >= lastStep || seconds >= lastSecond,
    left: (step, seconds, perStep) => Math.max(0, Math.min((lastStep - step) * perStep, lastSecond - seconds)),
  };
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
  at: { config: RunConfig; limit: Limit; seconds: number; elapsed: number; from: TrainPoint | undefined },
): string {
  const perStep = at.elapsed / (step - (at.from?.step ?? 0));
  const unit = at.config.net.kind === 'mlp' ? 'points' : 'images';
  const rate = Math.round(at.config.train.batch / perStep).toLocaleString('en');
  return `step ${step.toLocaleString('en')}  loss ${short(smoothedLoss)}  ${rate} ${unit}/s  ${duration(at.limit.left(step, at.seconds, perStep))} left`;
}

function describeRun({ run, config, set, training, from }: Prepared, out: Terminal): void {
  const { trained } = layout(training.net);
  out.line(
    `${set.name}: ${plural(set.count, 'sample')} [${sampleShape(set).join(', ')}]; ${config.net.kind} with ${trained.toLocaleString('en')} parameters; SDE ${config.sde.kind}`,
  );
  out.line(
    from === undefined
      ? `new run in ${run.folder}`
      : `going on with ${run.folder} after step ${from.step.toLocaleString('en')}`,
  );
}

function conclude({ step, smoothedLoss, seconds, interrupted }: TrainOutcome, out: Terminal): void {
  const how = interrupted ? 'stopped and saved' : 'done';
  out.line(`${how}: step ${step.toLocaleString('en')}, loss ${short(smoothedLoss)}, ${duration(seconds)} of training`);
}

/** The first Ctrl-C asks the loop to save and end; a second one ends the process at once. */
function watchInterrupt(out: Terminal): { requested(): boolean; stop(): void } {
  let requested = false;
  const onSignal = (): void => {
    if (requested) process.exit(interruptedExitCode);
    requested = true;
    out.line('saving after this step (press Ctrl-C again to stop without saving)');
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    requested: () => requested,
    stop: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
