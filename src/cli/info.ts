/** @file `scorefield info`: what a run, a model or a data set is. */
import { existsSync } from 'node:fs';
import { checkOptions, type Rule } from '../base/check.ts';
import { shellCommand } from '../base/words.ts';
import { classesText } from '../run/data-summary.ts';
import { loadAnyRun } from '../run/load.ts';
import { parseData } from '../catalog/schema.ts';
import { dataSetNames } from '../data/named.ts';
import { describe } from '../data/describe.ts';
import { bestCheckpoint, listCheckpoints } from '../io/checkpoints.ts';
import { locate, modelNameOf, modelNames } from '../io/model-box.ts';
import { readMetrics } from '../io/metrics.ts';
import { isRun, openRun } from '../io/run-folder.ts';
import { layout } from '../nn/network.ts';
import { dataFrom, dataOptionNames, openData, type DataFlags } from './data-options.ts';
import { modelInfo } from './models.ts';
import { duration, short, table, terminal } from './shell/terminal.ts';

/** Options of `scorefield info`. */
export interface InfoFlags extends DataFlags {
  readonly data?: boolean;
  readonly json?: boolean;
}

/** Prints what a run, a model or a data set is; options of data say that a data set is meant where a model has its name. */
export async function infoCommand(ref: string, flags: InfoFlags): Promise<void> {
  const out = terminal(flags);
  const dataOptions = (['data', ...dataOptionNames] as const).filter((name) => flags[name] !== undefined);
  if (isRun(ref)) checkOptions(...dataOptions.map((name): Rule => [false, `--${name}`, `is of data, ${ref} is a run`]));
  const model = dataOptions.length === 0 && !isRun(ref) ? modelFolder(ref) : undefined;
  const found = isRun(ref) ? runInfo(ref) : model === undefined ? await dataInfo(ref, flags) : boxInfo(model);
  if (flags.json) out.result(found.value);
  else out.line(table(found.rows));
}

interface Info {
  readonly value: object;
  readonly rows: Readonly<Record<string, string | number | undefined>>;
}

/** The folder of the model of that name or path, if there is one. */
function modelFolder(ref: string): string | undefined {
  return modelNames().includes(ref) || existsSync(ref) ? locate(ref).folder : undefined;
}

function boxInfo(folder: string): Info {
  const name = modelNameOf(folder);
  const value = modelInfo(name, folder);
  const also = Object.hasOwn(dataSetNames, name) ? shellCommand('scorefield', 'info', name, '--data') : undefined;
  return { value, rows: { model: folder, ...value.facts, 'data of that name': also } };
}

function runInfo(folder: string): Info {
  const run = openRun(folder);
  const steps = listCheckpoints(run);
  const last = readMetrics(run).at(-1);
  const seconds = typeof last?.['seconds'] === 'number' ? last['seconds'] : 0;
  const loss = typeof last?.['smoothedLoss'] === 'number' ? last['smoothedLoss'] : undefined;
  const loaded = steps.length > 0 ? loadAnyRun(folder) : undefined;
  const best = bestCheckpoint(run);
  const value = {
    kind: 'run',
    folder,
    config: run.config,
    env: run.env,
    checkpoints: steps,
    best,
    seconds,
    smoothedLoss: loss,
    parameters: loaded && layout(loaded.net).trained,
    sampleShape: loaded?.data.shape,
    classes: loaded?.data.classes?.names,
  };
  const rows = {
    run: folder,
    data: loaded && `${loaded.config.data.ref} [${loaded.data.shape.join(', ')}]`,
    classes: loaded && classesText(loaded.data),
    network: loaded && `${loaded.config.net.kind}, ${layout(loaded.net).trained.toLocaleString('en')} parameters`,
    SDE: loaded?.config.sde.kind,
    trained: `${last?.step ?? 0} steps, ${duration(seconds)}`,
    loss: loss === undefined ? undefined : short(loss),
    checkpoints:
      steps.length === 0 ? 'none yet' : steps.map((step) => (step === best ? `${step} (best)` : step)).join(', '),
  };
  return { value, rows };
}

async function dataInfo(ref: string, flags: DataFlags): Promise<Info> {
  const summary = describe(await openData(parseData(dataFrom(ref, flags))));
  // Notes have been printed when the set was opened.
  const rows = Object.entries({ ...summary, notes: undefined }).map(([name, value]) => [name, shown(value)] as const);
  return { value: { source: ref, ...summary }, rows: Object.fromEntries(rows) };
}

function shown(value: unknown): string | number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toLocaleString('en') : short(value);
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
