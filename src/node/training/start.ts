/** @file A new run. */
import { checkOptions } from '../../base/check.ts';
import type { Json } from '../../base/json.ts';
import { buildTraining } from '../../catalog/build.ts';
import { defaultClasses } from '../../catalog/config/default-classes.ts';
import { taskFor } from '../../catalog/config/defaults.ts';
import { conditionalNetKinds, netKinds } from '../../catalog/kinds.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { merge, part } from '../../catalog/config/merge.ts';
import type { Plain } from '../../catalog/option.ts';
import { checkAsked, resolveConfig } from '../../catalog/config/resolve.ts';
import { parseData } from '../../catalog/config/schema.ts';
import { seenSize } from '../../catalog/latent-codec.ts';
import { textCodingOf } from '../../catalog/text-coding.ts';
import { classesOf, missingClasses, sampleShape, type DataSet } from '../../data/dataset.ts';
import { codingSize, type TextCoding } from '../../data/texts/text-coding.ts';
import { bareAutoencoder, isOfLatents } from '../../nn/autoencoder.ts';
import { trainedPart } from '../../run/data-sets.ts';
import { createRun } from '../../run/folder/run-folder.ts';
import { inherited, initialPoint } from '../../run/initial.ts';
import type { LoadedRun } from '../../run/load.ts';
import { requireDivisible } from '../../score/divided-step.ts';
import { codingOf, summarize } from '../../run/summarize.ts';
import { readingOf, readingOfOther } from '../run-data.ts';
import { averaged } from '../../train/train.ts';
import { environment } from './environment.ts';
import { latentSource, requireOwnData, type LatentSource } from './latents.ts';
import { openConfigured, openHeldOut, type Prepared, type PrepareOptions } from './prepared.ts';
import { inOrderOf, sourceOf } from './source.ts';
import { requireSameAutoencoder, teacherOf } from './teacher.ts';

/**
 * Begins a run: resolves the configuration, opens the data, and writes the records of the run.
 * @param folder - of the run
 * @throws ConfigError listing every option that is unknown or does not fit the data.
 * @throws FileError if the data or the folder cannot be used; nothing is written then.
 */
export async function startRun(
  folder: string,
  wanted: Plain,
  { needs, device = 'cpu', open, members = 1 }: PrepareOptions,
): Promise<Prepared> {
  const init = part(wanted, 'train')['init'];
  const source = typeof init === 'string' ? sourceOf(init, taskFor(wanted).name) : undefined;
  const coder = latentSource(wanted);
  const given = await beside({ source, coder }, wanted);
  const teacher = teacherOf(part(wanted, 'loss'));
  const withSource = (set: DataSet | undefined, own: Plain): Plain =>
    source ? merge(inherited(source, set ?? { kind: source.data.kind }, own), own) : own;
  // How many classes there are is not known yet; a classifier has at least two.
  const early = withSource(undefined, given);
  checkAsked(needs === 'task' ? merge({ net: { classes: 2 } }, early) : early);
  if (needs === 'conditional' || needs === 'condition') checkConditional(early, needs);
  const { ref } = parseData(part(given, 'data'));
  const asked = merge({ data: { split: await trainedPart(ref) } }, given);
  const opened = await openConfigured(open, parseData(part(asked, 'data')));
  const set = source === undefined ? opened : inOrderOf(source, opened, String(init));
  if (needs === 'conditional') checkKind(set, asked);
  const known = source && codingOf(source.data);
  const columns =
    needs &&
    (needs === 'nothing'
      ? 0
      : needs === 'condition'
        ? columnsOf(set, withSource(set, asked), known)
        : classesIn(set, needs));
  const own = columns ?? defaultClasses(set, asked);
  const complete = merge(
    own === 0 ? {} : { net: { classes: own } },
    teacher === undefined ? {} : { loss: { teacherStep: teacher.step } },
    asked,
  );
  if (coder !== undefined) requireOwnData(coder, set);
  const whole = withSource(set, complete);
  const seen = { ...set, ...seenSize(whole, sampleShape(set)) };
  const config = resolveConfig(seen, whole);
  const training = buildTraining(config, set, undefined, { coding: known, teacher: teacher?.score });
  requireDivisible(training.objective, config.train.batch, members);
  const heldOut = await openHeldOut(open, config, set);
  const from = source && initialPoint(training.net, source, String(init));
  const { net } = training;
  const bare =
    from && isOfLatents(net) ? bareAutoencoder(net, { net, params: averaged(from.state) }) : coder?.autoencoder;
  if (teacher !== undefined && bare !== undefined) requireSameAutoencoder(teacher, bare);
  const summary = summarize(set, training);
  const run = createRun(folder, { config: config as unknown as Json, env: environment(device) });
  return { run, config, set, heldOut, training, summary, from, autoencoder: coder?.autoencoder };
}

/** What is asked for over what goes with the run that another begins with, and with its autoencoder: how data are read. */
async function beside(
  { source, coder }: { readonly source: LoadedRun | undefined; readonly coder: LatentSource | undefined },
  asked: Plain,
): Promise<Plain> {
  const data = source && (await readBeside(source, asked));
  if (coder === undefined) return data === undefined ? asked : merge({ data }, asked);
  const { ref } = part(asked, 'data');
  const { range } = coder.loaded.config;
  const own = typeof ref === 'string' ? await readingOf(coder.loaded, ref) : {};
  return merge({ data: { ...own } }, asked, { range, latent: coder.latent });
}

/** The settings by which the data of a run are read that begins with another: of any size, else as those of the other. */
async function readBeside(source: LoadedRun, asked: Plain): Promise<Plain> {
  const { ref } = part(asked, 'data');
  return typeof ref === 'string' ? { ...(await readingOfOther(source, ref)), size: undefined } : {};
}

/** @throws ConfigError if the network that is asked for takes no condition. */
function checkConditional(asked: Plain, option: string): void {
  const { kind } = part(asked, 'net');
  const without = netKinds.some((name) => name === kind && !conditionalNetKinds.includes(name));
  const message = `expected one of the networks ${conditionalNetKinds.join(', ')}, got ${String(kind)}`;
  checkOptions([!without, option, message]);
}

/** @throws ConfigError if data of the kind are learned by a task of their own, which takes no classes, unless another one is asked for. */
function checkKind(set: DataSet, { task }: Plain): void {
  const { task: own, name } = dataKindOf(set);
  checkOptions([own === undefined || task !== undefined, 'conditional', `${name} are learned without classes`]);
}

/** Columns of the rows of the texts of a set. */
function columnsOf(set: DataSet, asked: Plain, known: TextCoding | undefined): number | undefined {
  const coding = textCodingOf(resolveConfig(set, asked), set, { known });
  return coding && codingSize(coding);
}

function classesIn(set: DataSet, option: string): number {
  const { length } = classesOf(set);
  checkOptions([length > 0, option, `expected data with classes, found ${missingClasses(set)}`]);
  return length;
}
