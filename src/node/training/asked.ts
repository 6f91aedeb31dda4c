/** @file What a training is asked for, as part of a configuration. */
import { basename, join, resolve } from 'node:path';
import { checkOptions, type Rule } from '../../base/check.ts';
import { taskFor } from '../../catalog/config/defaults.ts';
import {
  conditionKinds,
  jointLossKinds,
  lossKinds,
  netKinds,
  sdeKinds,
  studentLossKinds,
  taskKinds,
  ownLossKinds,
  ownNetKinds,
} from '../../catalog/kinds.ts';
import { merge, part } from '../../catalog/config/merge.ts';
import { unknownName } from '../../catalog/named.ts';
import type { Plain } from '../../catalog/option.ts';
import type { ConfigPart } from '../../model/training.ts';
import { askedData, type DataChoice } from '../data-config.ts';
import type { EngineOptions } from '../host.ts';
import type { PrepareOptions } from './prepared.ts';

/** What trains a run together: processes by MPI, so many threads of a process, or members that meet in a folder. */
export type Dist = 'mpi' | `threads:${number}` | `store:${string}`;

/** What a training is asked for. */
export interface TrainingChoice extends DataChoice, EngineOptions {
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
  /**
   * What trains together, each member with its part of every batch and with `threads` threads: processes that the launcher of `mpi` has started, or as many threads of this
   * process as `threads:4` says. `store:FOLDER` is for members that come and go: each has a batch of its own, takes `localSteps` steps, and goes on from the average of all.
   * Default one thread alone.
   */
  readonly dist?: Dist | undefined;
  /** Of `store:FOLDER`: name of this member, by which members are in order. Default the least number that is free. */
  readonly member?: string | undefined;
  /** Of `store:FOLDER`: how many members the first one waits for before it begins. Default 1. */
  readonly members?: number | undefined;
  /** Of `store:FOLDER`: steps that each member takes between two averages, as the first one says. Default 16. */
  readonly localSteps?: number | undefined;
  /** Seconds for which a member of several waits for the others before it ends the training, or goes on without those that are late in a store. Default 600. */
  readonly patience?: number | undefined;
}

/** The folder of a run. */
export function runFolder(ref: string, { out }: TrainingChoice): string {
  return out ?? join('runs', basename(resolve(ref)).replace(/\.\w+$/, ''));
}

/** What was asked for: `config`, then the options, then `settings`. */
export function askedFor(ref: string, options: TrainingChoice): Plain {
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
    known('objective', [...lossKinds, ...jointLossKinds, ...studentLossKinds, ...ownLossKinds], objective),
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

/** The option of a training that asks for classes or texts. */
export function neededBy({ conditional }: TrainingChoice, asked: Plain): PrepareOptions['needs'] {
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
