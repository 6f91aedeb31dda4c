/** @file `scorefield train`: from options to a run that begins or goes on. */
import { basename, join, resolve } from 'node:path';
import type { Device } from '../backend/device.ts';
import { checkOptions, type Rule } from '../base/check.ts';
import { shellCommand, shellWord } from '../base/words.ts';
import { readTextFile } from '../base/regular-file.ts';
import { buildTraining, type Training } from '../catalog/build.ts';
import { configOf, loadAnyRun, type LoadedRun } from '../run/load.ts';
import { dataOf, fromCheckpoint } from '../run/checkpoint.ts';
import type { DataSummary } from '../run/data-summary.ts';
import { sameData, summarize } from '../run/summarize.ts';
import { taskFor, type DataKind } from '../catalog/defaults.ts';
import type { Plain } from '../catalog/option.ts';
import { inherited, initialPoint } from '../run/initial.ts';
import { parseConfigFile, parseSettings } from '../catalog/config-text.ts';
import { checkAsked, resolveConfig, resumeConfig } from '../catalog/resolve.ts';
import { merge, part } from '../catalog/merge.ts';
import { classCount, conditionalNetKinds, lossKinds, netKinds, sdeKinds, taskKinds } from '../catalog/kinds.ts';
import { unknownName } from '../catalog/named.ts';
import { parseData, type RunConfig } from '../catalog/schema.ts';
import { inClassOrder, knowsClasses } from '../data/class-names.ts';
import { inUnitsOf } from '../data/float-images.ts';
import { classesOf, missingClasses, type DataSet } from '../data/dataset.ts';
import { dataSetNames } from '../data/named.ts';
import { checkpointFile, listCheckpoints, loadCheckpoint, type LoadedCheckpoint } from '../io/checkpoints.ts';
import { requireHistory } from '../io/history.ts';
import { readMetrics } from '../io/metrics.ts';
import { completeFolders, createRun, isRun, lockRun, openRun, updateConfig, type Run } from '../io/run-folder.ts';
import type { Json } from '../base/json.ts';
import type { TrainPoint } from '../train/train.ts';
import { dataFrom, openData, type DataFlags } from './data-options.ts';
import { engine, type EngineFlags } from './engine.ts';
import { environment } from './environment.ts';
import { interruptedExitCode } from './shell/interrupt.ts';
import { readingOfOther } from '../node/run-data.ts';
import { terminal, type Terminal } from './shell/terminal.ts';
import { trainRun, type Prepared, type TrainOutcome } from './training-run.ts';

/** Options of `scorefield train`. */
export interface TrainFlags extends DataFlags, EngineFlags {
  readonly out?: string;
  readonly net?: string;
  readonly sde?: string;
  readonly objective?: string;
  readonly task?: string;
  readonly conditional?: boolean;
  readonly batch?: number;
  readonly minutes?: number;
  readonly steps?: number;
  readonly seed?: number;
  readonly resume?: boolean;
  readonly init?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

/** Trains a network on data, or goes on training one, and says what can follow. */
export async function trainCommand(ref: string, flags: TrainFlags): Promise<TrainOutcome> {
  const out = terminal(flags);
  const outcome = await trainFor(ref, flags, out);
  const next =
    outcome.accuracy === undefined
      ? `draw samples with: ${shellCommand('scorefield', 'sample', outcome.run)}`
      : `guide samples with: scorefield sample … --class … --classifier ${shellWord(outcome.run)}`;
  const resume = `go on with: scorefield train … --out ${shellWord(outcome.run)} --resume`;
  out.line(outcome.cutShort ? `${resume} --minutes …` : outcome.interrupted ? resume : next);
  out.result(outcome);
  if (outcome.interrupted) process.exitCode = interruptedExitCode;
  return outcome;
}

/** The training of `trainCommand`, for a program that has words of its own around it. */
export async function trainFor(ref: string, flags: TrainFlags, out: Terminal): Promise<TrainOutcome> {
  const asked = askedFor(ref, flags);
  const folder = flags.out ?? join('runs', basename(resolve(ref)).replace(/\.\w+$/, ''));
  const begins = !(flags.resume && isRun(folder));
  const needs = classesFor(flags, asked);
  const backend = await engine(flags);
  const ready = begins ? await begun(folder, asked, needs, flags.device) : undefined;
  const lock = lockRun(ready?.run ?? openRun(folder));
  try {
    // What a run goes on from is read under the lock: until then another process may be adding to it. All is read and found
    // sound before the first byte is written.
    const prepared = ready ?? (await resumed(openRun(folder), asked, needs));
    completeFolders(prepared.run);
    // What is asked for now is what a later --resume goes on with.
    if (!begins) updateConfig(prepared.run, prepared.run.config);
    return await trainRun(prepared, { backend, lock, out });
  } finally {
    lock.release();
  }
}

/** What the user asked for: the file, then the options, then --set. */
function askedFor(ref: string, flags: TrainFlags): Plain {
  checkOptions(
    oneOf('--net', netKinds, flags.net),
    oneOf('--sde', sdeKinds, flags.sde),
    oneOf('--objective', lossKinds, flags.objective),
    oneOf('--task', taskKinds, flags.task),
  );
  const kindOf = (kind: string | undefined): Plain => (kind === undefined ? {} : { kind });
  const options = {
    data: dataFrom(ref, flags),
    task: flags.task,
    net: kindOf(flags.net),
    sde: kindOf(flags.sde),
    loss: kindOf(flags.objective),
    train: { batch: flags.batch, minutes: flags.minutes, steps: flags.steps, seed: flags.seed, init: flags.init },
  };
  const file = flags.config;
  const layer = file === undefined ? {} : parseConfigFile(readTextFile(file), file);
  return merge(layer, options, parseSettings(flags.set ?? []));
}

/** The option that asks for the classes of the data. */
type NeedsClasses = '--task' | '--conditional' | undefined;

function classesFor({ conditional = false }: TrainFlags, asked: Plain): NeedsClasses {
  const { name, labels = false } = taskFor(asked);
  checkOptions([!labels || !conditional, '--conditional', `this is of scores; a ${name} knows its classes anyway`]);
  if (labels) return '--task';
  return conditional ? '--conditional' : undefined;
}

function oneOf(option: string, names: readonly string[], name: string | undefined): Rule {
  return [name === undefined || names.includes(name), option, unknownName(name ?? '', names)];
}

async function begun(folder: string, wished: Plain, needs: NeedsClasses, device: Device = 'cpu'): Promise<Prepared> {
  const init = part(wished, 'train')['init'];
  const source = typeof init === 'string' ? sourceOf(init, taskFor(wished).name) : undefined;
  const asked = source === undefined ? wished : merge({ data: await readBeside(source, wished) }, wished);
  const withSource = (set: DataKind, own: Plain): Plain => (source ? merge(inherited(source, set, own), own) : own);
  // How many classes there are is not known yet; a classifier has at least two.
  const early = withSource({ kind: source?.data.kind ?? 'images' }, asked);
  checkAsked(needs === '--task' ? merge({ net: { classes: 2 } }, early) : early);
  if (needs === '--conditional') checkConditional(early);
  const opened = await openData(parseData(part(asked, 'data')));
  const set = source === undefined ? opened : inOrderOf(source, opened, String(init));
  const wanted = needs ? merge({ net: { classes: classesIn(set, needs) } }, asked) : asked;
  const config = resolveConfig(set, withSource(set, wanted));
  const training = buildTraining(config, set);
  const from = source && initialPoint(training.net, source, String(init));
  const summary = summarize(set, training);
  const run = createRun(folder, { config: config as unknown as Json, env: environment(device) });
  return { run, config, set, training, summary, from };
}

/** Where a run that has no checkpoint yet begins, if not at random. */
function firstPoint({ train: { init }, task }: RunConfig, { net }: Training): TrainPoint | undefined {
  if (init === undefined) return undefined;
  return initialPoint(net, sourceOf(init, task), init);
}

/** The settings by which the data of a run are read that begins with another: of any size, else as those of the other. */
async function readBeside(source: LoadedRun, asked: Plain): Promise<Plain> {
  const { ref } = part(asked, 'data');
  return typeof ref === 'string' ? { ...(await readingOfOther(source, ref)), size: undefined } : {};
}

/** A set in the order of the classes that the parameters of `--init` know, if they know any. */
function inOrderOf({ data: { classes } }: Pick<LoadedRun, 'data'>, set: DataSet, ref: string): DataSet {
  if (classes === undefined || set.labels === undefined) return set;
  return inClassOrder(set, { names: classes.names, whose: ref, path: '--init' });
}

/** The data of a run that goes on, in the order of classes that it began with; data of other classes stay as they are. */
function inOrderOfRun({ train: { init }, task }: RunConfig, set: DataSet, begun: DataSummary | undefined): DataSet {
  if (begun === undefined) return init === undefined ? set : inOrderOf(sourceOf(init, task), set, init);
  const names = begun.classes?.names;
  if (names === undefined || !knowsClasses(names, set)) return set;
  return inClassOrder(set, { names, whose: 'the run', path: 'data' });
}

/** The run or the model that a new run begins from. */
function sourceOf(ref: string, task: string): LoadedRun {
  const source = loadAnyRun(ref);
  checkOptions([
    source.task === task,
    '--init',
    `expected a run or a model of a ${task}, ${ref} is of a ${source.task}`,
  ]);
  return source;
}

/** @throws ConfigError if the network that is asked for cannot be told classes. */
function checkConditional(asked: Plain): void {
  const { kind } = part(asked, 'net');
  const without = netKinds.some((name) => name === kind && !conditionalNetKinds.includes(name));
  const message = `expected one of the networks ${conditionalNetKinds.join(', ')}, got ${String(kind)}`;
  checkOptions([!without, '--conditional', message]);
}

function classesIn(set: DataSet, option: string): number {
  const { length } = classesOf(set);
  checkOptions([length > 0, option, `expected data with classes, found ${missingClasses(set)}`]);
  return length;
}

async function resumed(stored: Run, asked: Plain, needs: NeedsClasses): Promise<Prepared> {
  const before = configOf(stored);
  const newest = listCheckpoints(stored).at(-1);
  requireHistory(stored, newest, before.train.checkpointEvery);
  readMetrics(stored);
  const untrained = newest === undefined;
  const { ref } = part(asked, 'data');
  const moved = isMoved(before.data.ref, ref) ? ref : undefined;
  const inPlace = moved === undefined ? asked : merge(asked, { data: { ref: before.data.ref } });
  const kept = resumeConfig(before, inPlace, { untrained });
  const config = moved === undefined ? kept : { ...kept, data: { ...kept.data, ref: moved } };
  checkOptions([
    classCount(config.net) > 0 || needs !== '--conditional',
    '--conditional',
    'this run has a network without classes; start a new run',
  ]);
  const loaded = untrained ? undefined : loadCheckpoint(stored, newest);
  const summarized = loaded && dataOf(loaded, checkpointFile(stored, loaded.step));
  const opened = await openData(config.data);
  // Older runs read images of floats as bytes.
  const set = inOrderOfRun(config, summarized ? inUnitsOf(summarized.scaler, opened) : opened, summarized);
  const training = buildTraining(config, set);
  const summary = summarize(set, training);
  const from =
    loaded === undefined
      ? firstPoint(config, training)
      : pointOf(loaded, checkpointFile(stored, loaded.step), {
          ...{ set, training, summary },
          before: moved === undefined ? undefined : before.data.ref,
        });
  return { run: { ...stored, config: config as unknown as Json }, config, set, training, summary, from };
}

/** Whether data at another path are asked for; that of data with a name of their own is no path. */
function isMoved(before: string, asked: unknown): asked is string {
  const isName = (ref: string): boolean => Object.hasOwn(dataSetNames, ref);
  return typeof asked === 'string' && asked !== before && !isName(asked) && !isName(before);
}

function pointOf(
  loaded: LoadedCheckpoint,
  file: string,
  {
    set,
    training,
    summary,
    before,
  }: Pick<Prepared, 'set' | 'training' | 'summary'> & { readonly before: string | undefined },
): TrainPoint {
  const message =
    before === undefined
      ? `${set.name} has changed since this run began, or is read otherwise since (see CHANGELOG.md); restore it, or start a new run with --init`
      : `the data of this run were ${before}, and ${set.name} holds others; give the same data, or start a new run`;
  checkOptions([sameData(dataOf(loaded, file), summary), 'data', message]);
  return fromCheckpoint(loaded, training.net, file);
}
