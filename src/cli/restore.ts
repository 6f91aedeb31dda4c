/** @file `scorefield restore`: inverse problems of images by posterior sampling. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Backend } from '../backend/program.ts';
import { checkOptions } from '../base/check.ts';
import { ConfigError, FileError } from '../base/errors.ts';
import { jsonText } from '../base/json.ts';
import { foldIn, key } from '../base/key.ts';
import { sizeOf } from '../base/tensor.ts';
import { attempt } from '../base/system-problem.ts';
import { lastPart, shortened } from '../base/words.ts';
import type { LoadedRun } from '../run/load.ts';
import { buildPosteriorSampler, inverseList, posteriorSteps } from '../catalog/inverse.ts';
import {
  buildTask,
  suitedMethod,
  taskInfo,
  taskSettings,
  whyNot,
  type RestorationTask,
  type TaskOptions,
} from '../catalog/inverse-tasks.ts';
import { isLowDimensional } from '../catalog/samplers.ts';
import { formatNpz } from '../data/npz.ts';
import { meanEstimate } from '../evaluate/estimate.ts';
import { writeTogether } from '../io/atomic.ts';
import { modelNameOf } from '../io/model-box.ts';
import { encodePng } from '../io/png.ts';
import { svgToPng } from '../io/svg-png.ts';
import { scoreModel } from '../score/score-model.ts';
import { averaged } from '../train/train.ts';
import { choose, classScores, type ClassChoice, type ClassFlags } from './class-score.ts';
import { engine, type EngineFlags } from './engine.ts';
import { restore, type Method, type PriorOf, type Restoration } from './restoration.ts';
import { readMask } from './mask-file.ts';
import { countsOf, measureInput, readInput, type InputFlags, type Subjects } from './restore-input.ts';
import { arrayOf, gridOf, largestSpread, restorationSheet, spreadColors } from './restore-pictures.ts';
import { listMethods, reportOf, tell } from './restore-report.ts';
import { loadWholeRun } from './run-data.ts';
import { terminal } from './shell/terminal.ts';

/** Options that say what is measured and how it is restored. */
export interface TaskFlags extends ClassFlags {
  readonly task?: string;
  readonly mask?: string;
  readonly factor?: number;
  readonly blur?: number | string;
  readonly rate?: number;
  readonly acceleration?: number;
  readonly angles?: number;
  readonly method?: string;
  readonly steps?: number;
  readonly nfe?: number;
  readonly noiseModel?: 'gaussian' | 'poisson';
  readonly counts?: number;
  readonly grid?: string;
  readonly set?: readonly string[];
  readonly seed?: number;
}

/** Options of `scorefield restore`. */
export interface RestoreFlags extends TaskFlags, InputFlags, EngineFlags {
  readonly list?: boolean;
  readonly noise?: number;
  readonly n?: number;
  readonly out?: string;
  readonly checkpoint?: number;
  readonly batch?: number;
  readonly json?: boolean;
}

/** Numbers of all samples together, 1 GiB in float64. */
const mostNumbers = 2 ** 27;

/** Restores images, or lists tasks and methods. */
export async function restoreCommand(folder: string | undefined, flags: RestoreFlags): Promise<void> {
  const out = terminal(flags);
  if (flags.list) {
    listMethods(out, flags.json ?? false);
    return;
  }
  if (folder === undefined)
    throw new ConfigError([{ path: 'RUN', message: 'expected the folder of a run, or --list, got none' }]);
  const { n = 8, seed = 0, batch = 32 } = flags;
  taskInfo(flags.task ?? '');
  const loaded = loadWholeRun(folder, flags.checkpoint);
  const { task, method, choice, counts } = await prepare(loaded, flags);
  // The box of models is not written to.
  const { run, model: boxed } = loaded;
  const beside = boxed === undefined ? join(run.folder, 'restored') : `${modelNameOf(run.folder)}-restored`;
  const into = flags.out ?? join(beside, `${flags.task}-${method.name}-seed${seed}`);
  requireFolder(into);
  const input = await readInput(loaded, task, flags);
  const most = Math.floor(mostNumbers / sizeOf(loaded.data.shape) / input.rows.length);
  checkOptions([n <= most, '-n', `expected at most ${most} samples of each image, got ${n}`]);
  const subjects = measureInput(key(seed), task, input, { noise: flags.noise, counts });
  const { measurement, rows } = subjects;
  if (!heedsNoise(method) && measurement.noiseStd > 0)
    out.line(`${method.name} does not ask for the noise of the measurement; other methods do (see --list)`);
  const restoration = await withModel(
    loaded,
    { batch, backend: await engine(flags, n * rows.length), choice },
    (priorOf) => restore(loaded, priorOf, { task, method, measurement, rows, n, seed, batch }, out),
  ).finally(() => out.done());

  const report = reportOf(subjects, restoration);
  const about = { run: folder, step: loaded.point.step, task: flags.task, method: method.name };
  const sheet = restorationSheet({
    title: `${flags.task}: ${shortened(lastPart(subjects.name), 40)}`,
    subtitle:
      `${n} samples by ${method.name}, ${meanEstimate(restoration.evals).value.toFixed(0)} evaluations each; ` +
      `${counts === undefined ? `noise ${measurement.noiseStd}` : `${counts} counts for 1`} for images of 0 to 1` +
      (choice === undefined ? '' : `; ${choice.names.join()}, guidance ${choice.guidance}`) +
      (subjects.truth === undefined ? '' : '; below the pictures: PSNR, SSIM'),
    ...{ task, subjects, restoration, quality: report.columns },
  });
  const contents = await contentsOf({ task, subjects, restoration, sheet }, n);
  const files: Readonly<Record<string, string>> = Object.fromEntries(
    [...Object.entries(contents), ['report', [reportName]] as const].map(([what, [name]]) => [what, join(into, name)]),
  );
  const result = {
    ...about,
    options: { ...taskSettings(flags.task ?? '', taskOptions(flags)), ...method.options },
    ...(counts !== undefined && { noiseModel: 'poisson', counts }),
    ...(choice && { class: choice.names.join(), guidance: choice.guidance, classifier: flags.classifier }),
    ...{ data: subjects.name, noise: measurement.noiseStd, n, seed, seconds: restoration.seconds },
    measurements: sizeOf(task.operator.shapeOut),
    unknowns: sizeOf(loaded.data.shape),
    evaluations: meanEstimate(restoration.evals).value,
    ...{ images: report.images, files },
  };
  attempt(into, 'cannot be created', () => mkdirSync(into, { recursive: true }));
  // The report comes last, so that a folder with it holds one restoration and not parts of two.
  writeTogether(into, [...Object.values(contents), [reportName, `${jsonText(result, { indent: 2, digits: 6 })}\n`]]);
  tell(out, { restoration, columns: report.columns, sheet: files['sheet'], method, n });
  out.result(JSON.parse(jsonText(result, { digits: 6 })) as object);
}

/** What is to be done. */
export interface Prepared {
  readonly task: RestorationTask;
  readonly method: Method;
  /** The class that the images have, if one was told. */
  readonly choice: ClassChoice | undefined;
  /** Expected counts of a measured value of 1, where they are counted. */
  readonly counts: number | undefined;
}

/**
 * The task and the method that were asked for.
 * @throws ConfigError or FileError if the run is not one of images at all noise levels, or the parts do not fit.
 */
export async function prepare(loaded: LoadedRun, flags: TaskFlags): Promise<Prepared> {
  const { data } = loaded;
  const { task: name = '', seed = 0 } = flags;
  const info = taskInfo(name);
  checkOptions([data.kind === 'images', 'RUN', 'expected a run of images, found one of points']);
  const choice = chooseOne(loaded, flags);
  const counts = countsOf(info, flags);
  const { mask } = flags;
  const isFile = mask !== undefined && 'mask' in info.takes && !/^(box|half|random:.*)$/.test(mask);
  const known = isFile ? await readMask(mask, data.shape) : mask;
  const task = buildTask(name, data.shape, { ...taskOptions(flags), mask: known, key: foldIn(key(seed), 'task') });
  const methodName = flags.method ?? suitedMethod(task.operator, counts === undefined);
  const problem = whyNot(methodName, task.operator);
  checkOptions([problem === undefined, 'method', problem ?? '']);
  const about = inverseList.find((one) => one.name === methodName);
  const guidable = choice?.classifier === undefined || about?.needs.includes('vjp') === false;
  const countable = inverseList.filter(({ anyNoise }) => anyNoise).map((one) => one.name);
  checkOptions(
    [
      counts === undefined || countable.includes(methodName),
      'method',
      `${methodName} takes noise for Gaussian; expected one that takes counts, ${countable.join(', ')}`,
    ],
    [
      guidable,
      'method',
      `${methodName} differentiates the score, which it cannot do with a --classifier; expected one that does not, such as diffpir`,
    ],
  );
  const told = { ...settings(flags.set ?? []), grid: flags.grid };
  const nfe = flags.nfe === undefined ? undefined : Math.floor(flags.nfe / (choice?.cost ?? 1));
  const options = { ...told, steps: posteriorSteps(methodName, { ...told, steps: flags.steps, nfe }) };
  const sampler = buildPosteriorSampler(methodName, { ...options, lowDimensional: isLowDimensional(data) });
  return { task, method: { name: methodName, takes: about?.takes ?? [], options, sampler }, choice, counts };
}

/** The class of the images, one for all. */
function chooseOne(loaded: LoadedRun, flags: ClassFlags): ClassChoice | undefined {
  const choice = choose(loaded, flags);
  const names = (choice?.names ?? []).slice(0, 3).join(', ');
  checkOptions([flags.class !== 'all', '--class', `expected one class, such as ${names}, got all`]);
  return choice;
}

/** The score of a run for as long as `use` needs it, of the class that was chosen. */
export async function withModel<T>(
  loaded: LoadedRun,
  options: { readonly batch: number; readonly backend: Backend; readonly choice?: ClassChoice | undefined },
  use: (priorOf: PriorOf) => Promise<T>,
): Promise<T> {
  const { net, process, point } = loaded;
  const { batch, backend, choice } = options;
  const model = scoreModel(backend, net, { params: averaged(point.state), process, maxBatch: batch });
  const ofClass = choice && (await classScores(backend, { model, run: loaded, choice }, { maxBatch: batch }));
  const label = choice?.labels[0] ?? 0;
  try {
    return await use((samples) => ofClass?.of(new Array<number>(samples).fill(label)) ?? model);
  } finally {
    await ofClass?.dispose();
    await model.dispose();
  }
}

function taskOptions({ mask, factor, blur, rate, acceleration, angles }: TaskFlags): TaskOptions {
  return { mask, factor, blur, rate, acceleration, angles };
}

/** Options of a method as name=number. */
function settings(texts: readonly string[]): Readonly<Record<string, number>> {
  const pairs = texts.map((text) => /^(\w+)=(.+)$/.exec(text) ?? [text, '', '']);
  const bad = pairs.find(([, name, value]) => name === '' || !Number.isFinite(Number(value)));
  checkOptions([bad === undefined, '--set', `expected name=number, such as stepSize=0.5, got ${bad?.[0] ?? ''}`]);
  return Object.fromEntries(pairs.map(([, name = '', value]) => [name, Number(value)]));
}

function heedsNoise({ name }: Method): boolean {
  return inverseList.some((one) => one.name === name && one.heedsNoise);
}

/** @throws FileError unless files can be written in a folder, or it can be made. */
function requireFolder(folder: string): void {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  attempt(folder, 'cannot be written', () => {
    if (!statSync(there).isDirectory())
      throw new FileError(folder, `expected the name of a folder; ${there} is a file`);
    accessSync(there, constants.W_OK);
  });
}

interface Written {
  readonly task: RestorationTask;
  readonly subjects: Subjects;
  readonly restoration: Restoration;
  readonly sheet: string;
}

const reportName = 'restore.json';

/** Names and contents of all files but the report. */
async function contentsOf(
  { task, subjects, restoration, sheet }: Written,
  n: number,
): Promise<Readonly<Record<string, readonly [string, Uint8Array]>>> {
  const { measurement, rows } = subjects;
  const { samples, means, spreads } = restoration;
  const k = rows.length;
  const { y, noiseStd } = measurement;
  return {
    sheet: ['sheet.png', await svgToPng(sheet)],
    measurement: ['measurement.png', encodePng(gridOf(task.picture(y)))],
    measurementArray: [
      'measurement.npz',
      formatNpz({
        measurement: y,
        rows: { shape: [k], data: Int32Array.from(rows) },
        noise: { shape: [1], data: Float64Array.of(noiseStd) },
      }),
    ],
    mean: ['mean.png', encodePng(gridOf(means))],
    spread: ['spread.png', encodePng(gridOf(spreadColors(spreads, largestSpread(spreads))))],
    samples: ['samples.png', encodePng(gridOf(samples, k === 1 ? undefined : n))],
    arrays: [
      'samples.npz',
      formatNpz({ samples: arrayOf(samples, [k, n]), mean: arrayOf(means, [k]), spread: arrayOf(spreads, [k]) }),
    ],
  };
}
