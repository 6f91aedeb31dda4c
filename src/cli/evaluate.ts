/** @file `scorefield evaluate`: how good the samples of a run, a model or a file are. */
import { extname } from 'node:path';
import type { Backend } from '../backend/program.ts';
import { checkOptions } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import { foldIn, key } from '../base/key.ts';
import { permutation } from '../base/random.ts';
import type { Shape, Tensor } from '../base/tensor.ts';
import { lastPart } from '../base/words.ts';
import { loadAnyRun, type LoadedRun } from '../run/load.ts';
import { inClassOrder } from '../data/class-names.ts';
import { sampleShape, type DataSet } from '../data/dataset.ts';
import { inSameUnits } from '../data/float-images.ts';
import type { Layout } from '../data/layout.ts';
import type { OpenOptions } from '../data/opener.ts';
import { unscaled } from '../data/scaler.ts';
import { imageParts } from '../figure/sample-grid.ts';
import { meanEstimate, type Estimate } from '../evaluate/estimate.ts';
import { mostOfEnergy } from '../evaluate/feature-distance.ts';
import { chooseSampler, drawSamples } from './draw.ts';
import { engine, type EngineFlags } from './engine.ts';
import { evaluateSamples, type Evaluation } from './evaluation.ts';
import { classifierExtractor, openExtractor } from './extractor.ts';
import { openShown } from './shell/opening.ts';
import { realParts, type Rows } from './reference.ts';
import { readingOf } from '../node/run-data.ts';
import { duration, plural, short, terminal, type Terminal } from './shell/terminal.ts';

/** Options of `scorefield evaluate`. */
export interface EvaluateFlags extends EngineFlags {
  readonly data?: string;
  readonly layout?: Layout;
  readonly n?: number;
  readonly extractor?: string;
  readonly sampler?: string;
  readonly nfe?: number;
  readonly steps?: number;
  readonly grid?: string;
  readonly seed?: number;
  readonly checkpoint?: number;
  readonly batch?: number;
  readonly json?: boolean;
}

const defaultCount = 5000;
/** The jackknife leaves out a twentieth of the samples, of two or more. */
const leastCount = 40;

/** What is drawn, and where it comes from. */
interface Subject {
  readonly samples: Pick<Rows, 'set' | 'rows'>;
  /** How they were drawn; nothing is known of a file. */
  readonly drawn: Readonly<Record<string, string | number>>;
}

/** Prints the distances of samples from data. */
export async function evaluateCommand(ref: string, flags: EvaluateFlags): Promise<void> {
  const out = terminal(flags);
  const file = ['.npz', '.npy'].includes(extname(ref).toLowerCase());
  const any = file ? undefined : loadAnyRun(ref, flags.checkpoint);
  if (any?.config.task === 'classifier') return evaluateClassifier(any, ref, flags);
  const loaded = any;
  const given = file ? await samplesIn(ref, flags) : undefined;
  const shape: Shape = loaded?.data.shape ?? (given === undefined ? [] : sampleShape(given));
  const data = flags.data ?? loaded?.config.data.ref;
  if (data === undefined)
    throw new ConfigError([{ path: '--data', message: 'expected the data to compare with, such as fashion-mnist' }]);
  const options = { ...sizeFor(shape), ...(loaded && (await readingOf(loaded, data))), ...layoutFor(flags) };
  const parts = await realParts(data, { options, shape });
  for (const set of [parts.reference.set, ...(given ? [given] : [])]) requireSquares(set);
  const most = parts.real.rows.length;
  const n = flags.n ?? Math.min(defaultCount, most, given?.count ?? Infinity);
  checkOptions(
    [n >= leastCount, '-n', `expected at least ${leastCount} samples, got ${n}`],
    [n <= most, '-n', `expected at most ${most}, as many as there are real samples beside the reference, got ${n}`],
    [n <= (given?.count ?? n), '-n', `expected at most ${given?.count ?? 0}, as many as the file has, got ${n}`],
  );
  const backend = await engine(flags);
  const extractor = await openExtractor(backend, { name: flags.extractor, data, shape });
  try {
    const { samples, drawn } =
      given === undefined && loaded !== undefined
        ? await draw(await engine(flags, n), { loaded, n, flags, out })
        : { samples: partOf(given as DataSet, n), drawn: {} };
    const { set, rows } = samples;
    const inUnits = (part: Rows): Rows => ({ ...part, set: inSameUnits(set, part.set)[1] });
    const own = { set: inSameUnits(set, parts.reference.set)[0], rows };
    const real = { reference: inUnits(parts.reference), real: inUnits(parts.real) };
    const found = await evaluateSamples(extractor, own, real, out);
    tell(out, ref, found);
    if ('seconds' in drawn)
      out.line(
        `drawn by ${drawn['sampler']}, ${short(Number(drawn['evaluations']))} evaluations each, in ${duration(Number(drawn['seconds']))}`,
      );
    out.result({ ...(file ? { file: ref } : { run: ref }), ...drawn, data, ...found });
  } finally {
    await extractor.dispose();
  }
}

/** Prints how often a classifier is right about samples as they are, without noise. */
async function evaluateClassifier(run: LoadedRun, ref: string, flags: EvaluateFlags): Promise<void> {
  const out = terminal(flags);
  const others = ['n', 'extractor', 'sampler', 'nfe', 'steps', 'grid', 'seed'] as const;
  checkOptions(
    ...others.map((name) => [flags[name] === undefined, `--${name}`, `is of scores, ${ref} is a classifier`] as const),
  );
  const data = flags.data ?? run.config.data.ref;
  const options = { ...sizeFor(run.data.shape), ...(await readingOf(run, data)), ...layoutFor(flags) };
  const { reference } = await realParts(data, { options, shape: run.data.shape });
  const names = run.data.classes?.names ?? [];
  const { labels: truth } = inClassOrder(reference.set, { names, whose: ref, path: '--data' });
  const backend = await engine(flags);
  const extractor = await classifierExtractor(backend, run, { ref, shape: run.data.shape });
  const { labels } = await extractor.of(reference.set, reference.rows).finally(() => extractor.dispose());
  const accuracy = meanEstimate(labels.map((label, i) => Number(label === truth[reference.rows[i] ?? 0])));
  const n = labels.length;
  out.line(
    `${ref} is right about ${(100 * accuracy.value).toFixed(2)} ± ${(100 * accuracy.standardError).toFixed(2)} % of ${plural(n, 'sample')} ${reference.what}`,
  );
  out.result({ run: ref, step: run.point.step, data, n, reference: reference.what, accuracy });
}

/** How other data become samples of a shape: square images are shrunk, images that are not are taken as they are; pictures get its channels. */
function sizeFor([channels, height, width]: Shape): OpenOptions {
  if (height === undefined) return {};
  return { ...(height === width && { size: height }), channels: channels === 1 ? 1 : 3 };
}

/** Distances are of squares of the numbers. */
const largest = 1e150;

/** @throws ConfigError if the squares of points are beyond all numbers. */
function requireSquares(set: DataSet): void {
  const bad = set.kind === 'points' ? set.values.find((value) => Math.abs(value) > largest) : undefined;
  checkOptions([
    bad === undefined,
    'data',
    `expected numbers whose squares are finite, found ${short(bad ?? 0)} in ${set.name}; rescale them`,
  ]);
}

/** What the axes of arrays are, where it is said. */
function layoutFor({ layout }: EvaluateFlags): OpenOptions {
  return layout === undefined ? {} : { layout };
}

/** The samples of a file, which no option of a sampler can change. */
async function samplesIn(file: string, flags: EvaluateFlags): Promise<DataSet> {
  const names = ['sampler', 'nfe', 'steps', 'grid', 'seed', 'checkpoint'] as const;
  checkOptions(
    ...names.map((name) => [flags[name] === undefined, `--${name}`, `is of runs, ${file} holds samples`] as const),
  );
  return openShown(file, { layout: flags.layout });
}

/**
 * Samples of a file that someone may have sorted: where not all of them are compared, those of a permutation that depends on their
 * number alone.
 */
export function partOf(set: DataSet, n: number): Subject['samples'] {
  const all = n === set.count && n <= mostOfEnergy;
  const order = all
    ? Array.from({ length: n }, (_, row) => row)
    : Array.from(permutation(foldIn(key(0), 'file'), set.count));
  return { set, rows: order.slice(0, n) };
}

async function draw(
  backend: Backend,
  { loaded, n, flags, out }: { loaded: LoadedRun; n: number; flags: EvaluateFlags; out: Terminal },
): Promise<Subject> {
  const { seed = 0, batch = 64, sampler: asked, nfe, steps, grid } = flags;
  const { name, sampler } = chooseSampler(loaded, { sampler: asked, nfe, steps, grid });
  const started = performance.now();
  const { x, evals } = await drawSamples(loaded, { sampler, n, seed, batch, backend }, out);
  return {
    samples: { set: asSet(loaded, x), rows: Array.from({ length: n }, (_, row) => row) },
    drawn: {
      step: loaded.point.step,
      sampler: name,
      evaluations: evals.reduce((sum, count) => sum + count, 0) / evals.length,
      seconds: Number(((performance.now() - started) / 1000).toFixed(3)),
      seed,
    },
  };
}

/** Samples in the model's range as a data set: images as the bytes that a file of them would hold. */
export function asSet({ data, config }: Pick<LoadedRun, 'data' | 'config'>, x: Tensor): DataSet {
  const name = `samples of ${lastPart(config.data.ref)}`;
  if (data.kind === 'images') return { name, flips: false, ...imageParts(data, x) };
  const [count = 0, dimension = 1] = x.shape;
  return { kind: 'points', name, count, dimension, values: unscaled(data.scaler, x).data };
}

function tell(out: Terminal, ref: string, found: Evaluation): void {
  const { n, frechet, frechetFloor, frechetExcess, energy, energyFloor, dimension, reference, real } = found;
  out.line(
    `FD (${found.extractor}) ${shown(frechet)} for ${plural(n, 'sample')} of ${ref}, against ${plural(reference.count, 'sample')} ${reference.what}`,
  );
  out.line(`${plural(n, 'sample')} ${real.what} have ${shown(frechetFloor)}: ${shown(frechetExcess)} less`);
  out.line(`energy distance ${shown(energy)}, of the real ones ${shown(energyFloor)}`);
  if (n <= dimension)
    out.line(`${n} samples are too few for a covariance of ${dimension} features; compare nothing with this FD`);
  if (found.classes !== undefined)
    out.line(
      `classes, as the extractor sees them (samples, reference): ${Object.entries(found.classes)
        .map(([name, [own, theirs]]) => `${name} ${percent(own)}, ${percent(theirs)}`)
        .join('; ')}`,
    );
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

/** A value with as many digits as its error allows. */
export function shown({ value, standardError }: Estimate): string {
  const digits = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(standardError))));
  if (!Number.isFinite(digits)) return short(value);
  if (Math.abs(value) >= 1e9 || standardError < 1e-6) return `${short(value)} ± ${short(standardError)}`;
  return `${value.toFixed(digits)} ± ${standardError.toFixed(digits)}`;
}
