/** @file `scorefield sample`: samples of a trained run. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions } from '../base/check.ts';
import { sizeOf } from '../base/tensor.ts';
import { attempt } from '../base/system-problem.ts';
import { lastPart } from '../base/words.ts';
import { loadRun, type LoadedRun } from '../run/load.ts';
import { modelNameOf } from '../io/model-box.ts';
import { samplesFolder } from '../io/run-folder.ts';
import { choose, type ClassChoice, type ClassFlags } from './class-score.ts';
import { chooseSampler, drawSamples, type SamplerChoice } from './draw.ts';
import { engine, type EngineFlags } from './engine.ts';
import { requireWritable, writeSamples } from './pictures.ts';
import { duration, plural, terminal } from './terminal.ts';

/** Options of `scorefield sample`. */
export interface SampleFlags extends ClassFlags, EngineFlags {
  readonly n?: number;
  readonly sampler?: string;
  readonly steps?: number;
  readonly nfe?: number;
  readonly grid?: string;
  readonly eta?: number;
  readonly churn?: number;
  readonly stepSize?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly checkpoint?: number;
  readonly snr?: number;
  readonly tolerance?: number;
  readonly temperature?: number;
  readonly denoise?: boolean;
  readonly batch?: number;
  readonly json?: boolean;
}

/** Samples that are drawn where nobody says how many, and of each class where all are asked for. */
const defaultCount = 64;
const defaultCountOfEach = 8;

/** Numbers of all samples together, 1 GiB in float64. */
const mostNumbers = 2 ** 27;

/** Draws samples from a run and writes them to a file. */
export async function sampleCommand(folder: string, flags: SampleFlags): Promise<void> {
  const { seed = 0, batch = 64 } = flags;
  const out = terminal(flags);
  const loaded = loadRun(folder, flags.checkpoint);
  const choice = choose(loaded, flags);
  const each = flags.n ?? (flags.class === 'all' ? defaultCountOfEach : defaultCount);
  const classes = choice?.labels.flatMap((label) => new Array<number>(each).fill(label));
  const n = classes?.length ?? each;
  const size = sizeOf(loaded.data.shape);
  const most = Math.floor(mostNumbers / size);
  checkOptions([n <= most, '-n', `expected at most ${most} samples of ${size} numbers, got ${n}`]);
  const { nfe } = flags;
  const { name, sampler } = chooseSampler(loaded, {
    ...samplerFlags(flags),
    nfe: nfe && Math.floor(nfe / (choice?.cost ?? 1)),
  });
  const file = flags.out ?? ownFile(loaded, `${name}-seed${seed}-n${n}${choice ? suffixOf(choice) : ''}.png`);
  requireWritable(file);
  const backend = await engine(flags, n);
  const started = performance.now();
  const { x, evals, status } = await drawSamples(loaded, { sampler, n, choice, classes, seed, batch, backend }, out);
  const seconds = (performance.now() - started) / 1000;
  const columns = flags.class === 'all' ? each : undefined;
  const ofClass = choice?.labels.length === 1 ? ` of class ${choice.names.join()}` : '';
  const title = `${n} samples of ${lastPart(loaded.config.data.ref)}${ofClass}`;
  const classNames = (choice?.classifier ?? loaded).data.classes?.names;
  await writeSamples(file, loaded.data, x, { title, classes, classNames, columns });

  const mean = evals.reduce((sum, count) => sum + count, 0) / evals.length;
  const failed = status.filter((state) => state !== 'ok').length;
  out.line(
    `${plural(n, 'sample')} by ${name} in ${duration(seconds)}, ${mean.toFixed(0)} network evaluations each: ${file}`,
  );
  if (failed > 0) out.line(`${plural(failed, 'sample')} did not reach the tolerance; try a larger --tolerance`);
  out.result({
    file,
    run: folder,
    step: loaded.point.step,
    n,
    sampler: name,
    ...(choice && { classes: choice.names, guidance: choice.guidance, classifier: flags.classifier }),
    seed,
    seconds: Number(seconds.toFixed(3)),
    evaluations: { mean, min: evals.reduce((a, b) => Math.min(a, b)), max: evals.reduce((a, b) => Math.max(a, b)) },
    failed,
  });
}

/** What tells the file of a class from others. */
function suffixOf({ labels, guidance, classifier }: ClassChoice): string {
  const which = labels.length === 1 ? labels.join() : 's';
  return `-class${which}-${classifier ? 'classifier' : 'guidance'}${guidance}`;
}

/** What of the options is the sampler's. */
function samplerFlags(flags: SampleFlags): SamplerChoice {
  const { sampler, steps, grid, eta, churn, stepSize, snr, tolerance, temperature, denoise } = flags;
  return { sampler, steps, grid, eta, churn, stepSize, snr, tolerance, temperature, denoise };
}

/**
 * A file among the samples of a run, or in the current folder for a model: the box is not written to. Copies of runs may
 * have lost the folder.
 */
function ownFile({ run, model, point }: LoadedRun, name: string): string {
  if (model !== undefined) return `${modelNameOf(run.folder)}-${name}`;
  const folder = samplesFolder(run);
  attempt(folder, 'cannot be created', () => mkdirSync(folder, { recursive: true }));
  return join(folder, `step${point.step}-${name}`);
}
