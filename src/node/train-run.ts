/** @file Training as a run: a folder that can be stopped, resumed, inspected and sampled from. */
import { basename, join, resolve } from 'node:path';
import { checkOptions, type Rule } from '../base/check.ts';
import { solo } from '../base/group.ts';
import type { Json } from '../base/json.ts';
import { taskFor } from '../catalog/config/defaults.ts';
import {
  conditionKinds,
  lossKinds,
  netKinds,
  sdeKinds,
  studentLossKinds,
  taskKinds,
  ownLossKinds,
  ownNetKinds,
} from '../catalog/kinds.ts';
import { merge, part } from '../catalog/config/merge.ts';
import { unknownName } from '../catalog/named.ts';
import type { Plain } from '../catalog/option.ts';
import { openDataSet } from '../run/data-sets.ts';
import { completeFolders, isRun, lockRun, openRun, updateConfig } from '../run/folder/run-folder.ts';
import { running, type Running, type RunOptions } from '../model/running.ts';
import type { ConfigPart } from '../model/training.ts';
import { askedData, type DataChoice } from './data-config.ts';
import { enginesFor } from '../model/host.ts';
import { nodeHost, type EngineOptions } from './host.ts';
import { mpiGroup } from './mpi/mpi-group.ts';
import { followTraining } from './training/follow.ts';
import { startRun } from './training/start.ts';
import { trainPrepared, type TrainOutcome, type TrainRunControl, type TrainRunStep } from './training/loop.ts';
import type { OpenSet, PrepareOptions } from './training/prepared.ts';
import { resumeRun } from './training/resume.ts';

/** How a run is trained. */
export interface TrainRunOptions extends DataChoice, EngineOptions, TrainRunControl {
  /** Folder of the run. Default `runs/` and the name of the data. */
  readonly out?: string | undefined;
  /** Whether to go on with the run in `out`, or begin it where there is none. Default false: a new run. */
  readonly resume?: boolean | undefined;
  /** Name of the network. Default mlp for points, ddpmpp for images. */
  readonly network?: string | undefined;
  /** Name of the noise process; what suits the network by default. */
  readonly process?: string | undefined;
  /** Name of the loss; those of students need a teacher in `config`, see `distillRun`. Default denoising. */
  readonly objective?: string | undefined;
  /** What is learned: `score`, or `classifier`, the class of noised data. Default score. */
  readonly task?: string | undefined;
  /** Whether the network learns the classes of the data, so that samples of a class can be drawn. Default true for images of two or more classes with 100 samples each on average, else false. */
  readonly conditional?: boolean | undefined;
  /** What the network is conditioned on: `classes`, or texts as `words`, `trigrams` or `words-trigrams`. Default nothing. */
  readonly condition?: string | undefined;
  /** Samples of a step. Default 32 images, 64 with another network than the default, or 512 points. */
  readonly batch?: number | undefined;
  /** Minutes of training in all, over all resumed parts; not limited by default. */
  readonly minutes?: number | undefined;
  /** Steps in all. Default 20000, or as many as fit in `minutes`. */
  readonly steps?: number | undefined;
  /** Seed of everything random. Default 0. */
  readonly seed?: number | undefined;
  /**
   * Run or model with whose averaged parameters the run begins. Network, process and parametrization are those of it unless
   * others are given. Random parameters by default.
   */
  readonly init?: string | undefined;
  /**
   * Run or model of `--task autoencoder` whose latents are learned in place of the data. The data are read as for that one unless others are given. Default none.
   */
  readonly latent?: string | undefined;
  /** Other keys of the configuration, such as `{ net: { width: 64 } }`; the options above win over them. None by default. */
  readonly config?: ConfigPart | Plain | undefined;
  /** Keys of the configuration that win over everything else. None by default. */
  readonly settings?: ConfigPart | Plain | undefined;
  /** How processes train together: by `mpi`, whose launcher has started them all. Default this process alone. */
  readonly dist?: 'mpi' | undefined;
  /** Seconds for which a process of several waits for the others before it ends the job. Default 600. */
  readonly patience?: number | undefined;
  /** Opens the data. Default `openDataSet`. */
  readonly open?: OpenSet | undefined;
}

/**
 * Trains a network on data in a run folder, or goes on training it, as `scorefield train` does. The run has been saved when the
 * computation ends, and can be opened by `openModel(run)`.
 * @param data - name of a data set, or path of a folder of images or of an array
 * @throws ConfigError listing every option that is unknown or does not fit the data.
 * @throws FileError if the folder, a file of the run or the data cannot be used.
 * @throws NumericalError when the loss, the gradient or the update is not finite, with a way to go on.
 * @example
 * ```ts
 * import { openModel, trainRun } from 'scorefield/node';
 *
 * const { run } = await trainRun('two-moons', { out: 'runs/moons', steps: 3000 });
 * const model = await openModel(run);
 * console.log(model.info.step);
 * ```
 */
export function trainRun(
  data: string,
  options: TrainRunOptions & RunOptions<TrainRunStep> = {},
): Running<TrainRunStep, TrainOutcome> {
  return running(() => training(data, options), options);
}

async function* training(ref: string, options: TrainRunOptions): AsyncGenerator<TrainRunStep, TrainOutcome> {
  const {
    out: folder = join('runs', basename(resolve(ref)).replace(/\.\w+$/, '')),
    resume,
    open = openDataSet,
  } = options;
  const { device, onStart, onNote, stopRequested, saveRequested, onLevels } = options;
  const asked = askedFor(ref, options);
  const begins = !(resume && isRun(folder));
  const group = options.dist === undefined ? solo : mpiGroup({ ...options, threads: options.threads ?? 2 });
  const how: PrepareOptions = { needs: classesFor(options, asked), device, open, members: group.size };
  const host = nodeHost(options);
  // That the device can be used is known before anything is written.
  await host.backend(1);
  if (group.rank > 0) {
    // The first process makes the run, and says what is wrong with it.
    await group.barrier();
    const followed = await resumeRun(openRun(folder), asked, how);
    const engines = await enginesFor(host, followed.set);
    const outcome = await followTraining(followed, { ...engines, group, onStart, stopRequested });
    await group.close();
    return outcome;
  }
  const ready = begins ? await startRun(folder, asked, how) : undefined;
  const lock = lockRun(ready?.run ?? openRun(folder));
  try {
    // What a run goes on from is read under the lock: until then another process may be adding to it. All is read and found
    // sound before the first byte is written.
    const prepared = ready ?? (await resumeRun(openRun(folder), asked, how));
    completeFolders(prepared.run);
    // What is asked for now is what a later --resume goes on with.
    if (!begins) updateConfig(prepared.run, prepared.config as unknown as Json);
    const engines = await enginesFor(host, prepared.set);
    await group.barrier();
    const outcome = yield* trainPrepared(prepared, {
      ...engines,
      group,
      lock,
      onStart,
      onNote,
      stopRequested,
      saveRequested,
      onLevels,
    });
    await group.close();
    return outcome;
  } finally {
    lock.release();
  }
}

/** What was asked for: `config`, then the options, then `settings`. */
function askedFor(ref: string, options: TrainRunOptions): Plain {
  const {
    network,
    process,
    objective,
    task,
    condition,
    batch,
    minutes,
    steps,
    seed,
    init,
    latent,
    config = {},
    settings = {},
  } = options;
  checkOptions(
    known('network', [...netKinds, ...ownNetKinds], network),
    known('process', sdeKinds, process),
    known('objective', [...lossKinds, ...studentLossKinds, ...ownLossKinds], objective),
    known('task', taskKinds, task),
    known('condition', conditionKinds, condition),
  );
  const kindOf = (kind: string | undefined): Plain => (kind === undefined ? {} : { kind });
  const own = {
    data: askedData(ref, options),
    task,
    condition: condition === undefined ? undefined : kindOf(condition),
    net: kindOf(network),
    sde: kindOf(process),
    loss: kindOf(objective),
    latent: latent === undefined ? undefined : { run: latent },
    train: { batch, minutes, steps, seed, init },
  };
  return merge(config, own, settings);
}

function classesFor({ conditional }: TrainRunOptions, asked: Plain): PrepareOptions['needs'] {
  const { name, labels = false } = taskFor(asked);
  const { kind = conditional === true ? 'classes' : undefined } = part(asked, 'condition');
  checkOptions(
    [!labels || conditional === undefined, 'conditional', `this is of scores; a ${name} knows its classes anyway`],
    [!labels || conditional !== undefined || kind === undefined, 'condition', `this is of scores, got a ${name}`],
    [conditional !== true || kind === 'classes', 'conditional', `this is --condition classes, got ${String(kind)} too`],
    [conditional !== false || kind === undefined, 'conditional', `expected no condition, got ${String(kind)}`],
  );
  if (labels) return 'task';
  if (kind === undefined) return conditional === false ? 'nothing' : undefined;
  return kind === 'classes' ? 'conditional' : 'condition';
}

function known(option: string, names: readonly string[], name: string | undefined): Rule {
  return [name === undefined || names.includes(name), option, unknownName(name ?? '', names)];
}
