/** @file `scorefield likelihood`: bits per dimension of data under a trained run, with their errors. */
import { checkOptions } from '../base/check.ts';
import { foldIn, key } from '../base/key.ts';
import { permutation } from '../base/random.ts';
import { sizeOf } from '../base/tensor.ts';
import type { LoadedRun } from '../run/load.ts';
import { inClassOrder } from '../data/class-names.ts';
import type { DataSet } from '../data/dataset.ts';
import { isOfBytes } from '../data/float-images.ts';
import type { Layout } from '../data/layout.ts';
import { formatNpz } from '../data/npz.ts';
import { meanEstimate } from '../evaluate/estimate.ts';
import { writeAtomic } from '../io/atomic.ts';
import type { VarianceKind } from '../score/variational.ts';
import { readDequantizer } from './dequantise.ts';
import { engine, type EngineFlags } from './engine.ts';
import { estimate, exactUpTo, methods, type EstimateRequest, type Estimates } from './estimates.ts';
import { requireWritable } from './shell/writable.ts';
import { loadWholeRun, openRunData } from './run-data.ts';
import { duration, plural, terminal, type Terminal } from './shell/terminal.ts';

/** Options of `scorefield likelihood`. */
export interface LikelihoodFlags extends EngineFlags {
  readonly data?: string;
  readonly layout?: Layout;
  readonly n?: number;
  readonly givenClass?: boolean;
  readonly method?: string;
  readonly dequantisation?: string;
  readonly probes?: number;
  readonly terms?: number;
  readonly steps?: number;
  readonly variance?: string;
  readonly tolerance?: number;
  readonly ladder?: boolean;
  readonly seed?: number;
  readonly out?: string;
  readonly checkpoint?: number;
  readonly batch?: number;
  readonly json?: boolean;
}

const varianceKinds: readonly VarianceKind[] = ['small', 'large', 'learned'];

/** Tolerances of a ladder, the last of which stands for the truth, and how many samples climb it. */
const rungs = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];
const ladderSamples = 16;

/** Prints bits per dimension of data under a run. */
export async function likelihoodCommand(folder: string, flags: LikelihoodFlags): Promise<void> {
  const out = terminal(flags);
  if (flags.out !== undefined) requireWritable(flags.out, ['.npz']);
  const loaded = loadWholeRun(folder, flags.checkpoint);
  const request = await requestOf(loaded, flags);
  const { set, rows, method, probes, tolerance } = request;
  const started = performance.now();
  const found = await estimate(request, out);
  const seconds = (performance.now() - started) / 1000;
  const dimension = sizeOf(loaded.data.shape);
  const exact = method === 'ode' && dimension <= exactUpTo;

  // A sample that the solver gave up on has no value.
  const known = found.bits.filter((value) => !Number.isNaN(value));
  const { value: mean, standardError } = meanEstimate(known);
  const probeError = probeErrorOf(found);
  if (flags.out !== undefined) writeAtomic(flags.out, formatNpz(arraysOf(found, rows)));
  const evaluations = found.evals.reduce((sum, count) => sum + count, 0) / found.evals.length;
  const atMost = method === 'ode' ? '' : 'at most ';
  const given = request.labels === undefined ? '' : ', each given its class';
  const error = known.length > 1 ? ` +- ${standardError.toFixed(4)} (standard error over` : ' (of';
  out.line(
    known.length === 0
      ? `no value for any sample of ${set.name}`
      : `${atMost}${mean.toFixed(4)} bits/dim${error} ${plural(known.length, 'sample')} of ${set.name}${given})`,
  );
  if (probeError !== undefined)
    out.line(
      `of which +- ${probeError.toFixed(4)} from the ${plural(probes, method === 'ode' ? 'probe' : 'draw')} per sample`,
    );
  const how = {
    ode: ` at tolerance ${tolerance}${exact ? ', with the exact trace' : ''}`,
    bound: '',
    vlb: `, a chain of ${plural(request.steps, 'step')} of ${request.variance} variance`,
  };
  out.line(`${evaluations.toFixed(0)} network evaluations per sample${how[method]}, ${duration(seconds)}`);
  if (found.failed > 0)
    out.line(`${plural(found.failed, 'sample')} did not reach the tolerance; try a larger --tolerance`);
  const ladder = flags.ladder === true ? await climb(request, out) : undefined;
  out.result({
    run: folder,
    step: loaded.point.step,
    data: set.name,
    n: known.length,
    ...(request.labels && { givenClass: true }),
    method,
    dequantisation: !isOfBytes(loaded.data.scaler) || method === 'vlb' ? 'none' : (flags.dequantisation ?? 'uniform'),
    bitsPerDim: mean,
    standardError,
    probeError,
    probes: exact ? 'exact' : probes,
    ...(method === 'ode' ? { tolerance } : {}),
    ...(method === 'vlb' ? { steps: request.steps, variance: request.variance } : {}),
    seed: flags.seed ?? 0,
    evaluations,
    failed: found.failed,
    seconds: Number(seconds.toFixed(3)),
    ...(ladder && { ladder }),
    ...(flags.out === undefined ? {} : { file: flags.out }),
  });
}

async function requestOf(loaded: LoadedRun, flags: LikelihoodFlags): Promise<EstimateRequest> {
  const { data = 'test', n = 64, dequantisation = 'uniform', seed = 0 } = flags;
  const method = methods.find((name) => name === (flags.method ?? 'ode'));
  const variance =
    flags.variance === undefined ? ownVariance(loaded) : varianceKinds.find((kind) => kind === flags.variance);
  checkOptions(
    [method !== undefined, '--method', `expected ${methods.join(', ')}, got ${flags.method ?? ''}`],
    [
      ['uniform', 'variational'].includes(dequantisation),
      '--dequantisation',
      `expected uniform or variational, got ${dequantisation}`,
    ],
    [
      flags.variance === undefined || variance !== undefined,
      '--variance',
      `expected ${varianceKinds.join(', ')}, got ${flags.variance ?? ''}`,
    ],
    [
      variance !== 'learned' || loaded.net.parts === 2,
      '--variance',
      'this run has learned no variance; train one with --objective hybrid',
    ],
    [!flags.ladder || method === 'ode', '--ladder', 'tolerances are of --method ode only'],
    [flags.terms === undefined || method !== 'ode', '--terms', 'these are of --method bound and vlb only'],
    [flags.steps === undefined || method === 'vlb', '--steps', 'these are of --method vlb only'],
    [flags.variance === undefined || method === 'vlb', '--variance', 'this is of --method vlb only'],
    [
      dequantisation !== 'variational' || (isOfBytes(loaded.data.scaler) && method !== 'vlb'),
      '--dequantisation',
      'only bytes of images are dequantised, and --method vlb takes them as they are',
    ],
  );
  const dequantizer = dequantisation === 'variational' ? readDequantizer(loaded) : undefined;
  const set = await openRunData(loaded, data, flags);
  const labels = flags.givenClass === true ? labelsOf(loaded, set) : undefined;
  return {
    loaded,
    set,
    rows: Array.from(permutation(foldIn(key(seed), 'rows'), set.count)).slice(0, n),
    labels,
    method: method ?? 'ode',
    probes: flags.probes ?? 1,
    terms: flags.terms,
    steps: flags.steps ?? ownSteps(loaded),
    variance: variance ?? 'small',
    tolerance: flags.tolerance ?? 1e-4,
    dequantizer,
    key: key(seed),
    batch: flags.batch ?? 32,
    backend: await engine(flags, n),
  };
}

/** The variance of reverse steps that a run was trained with. */
function ownVariance({ net, reverseVariance }: LoadedRun): VarianceKind {
  if (net.parts === 2) return 'learned';
  return reverseVariance === 1 ? 'large' : 'small';
}

/** Steps of the chain that a run was trained on, if there was one. */
function ownSteps({ sampling, process }: LoadedRun): number {
  const trained = sampling.grid === 'auto' && sampling.steps !== undefined ? sampling.steps + 1 : undefined;
  return trained ?? process.sde.levels?.length ?? 1000;
}

/** @throws ConfigError if the run or the samples have no classes, or the samples have others. */
function labelsOf({ data }: LoadedRun, set: DataSet): Uint8Array {
  const names = data.classes?.names ?? [];
  const path = '--given-class';
  checkOptions([names.length > 0, path, 'this run knows no classes; train one with --conditional']);
  return inClassOrder(set, { names, whose: 'the run', path }).labels;
}

/** Bits per dimension of each sample, by each probe, and the rows of the data set that they are. */
function arraysOf({ bits, byProbe, evals }: Estimates, rows: readonly number[]): Parameters<typeof formatNpz>[0] {
  const n = rows.length;
  const probes = byProbe[0]?.length ?? 1;
  return {
    bitsPerDim: { shape: [n], data: bits },
    byProbe: { shape: [n, probes], data: Float64Array.from(byProbe.flatMap((values) => Array.from(values))) },
    evaluations: { shape: [n], data: Int32Array.from(evals) },
    rows: { shape: [n], data: Int32Array.from(rows) },
  };
}

/** Standard error of the mean that comes from the probes alone; it takes two of them to see. */
function probeErrorOf({ byProbe }: Estimates): number | undefined {
  const errors = byProbe.map((values) => meanEstimate(values).standardError).filter((error) => !Number.isNaN(error));
  if (errors.length === 0) return undefined;
  return Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0)) / errors.length;
}

/** A tolerance with what it costs and how far it is from the tightest one. */
interface Rung {
  readonly tolerance: number;
  readonly bitsPerDim: number;
  /** Root mean square over the samples of the difference from the last rung. */
  readonly error: number;
  readonly evaluations: number;
}

/** The error of the solver: the same samples, noise and probes at ever smaller tolerances. */
async function climb(request: EstimateRequest, out: Terminal): Promise<readonly Rung[]> {
  const rows = request.rows.slice(0, ladderSamples);
  const found: Estimates[] = [];
  for (const tolerance of rungs) found.push(await estimate({ ...request, rows, tolerance }, out));
  const truth = found.at(-1)?.bits ?? new Float64Array(0);
  out.line(`tolerance  evaluations  bits/dim  error (rms of ${plural(rows.length, 'sample')})`);
  return rungs.map((tolerance, k) => {
    const { bits = new Float64Array(0), evals = [] } = found[k] ?? {};
    const squares = bits.map((value, i) => (value - (truth[i] ?? NaN)) ** 2);
    const rung = {
      tolerance,
      bitsPerDim: meanEstimate(bits).value,
      error: Math.sqrt(meanEstimate(squares).value),
      evaluations: meanEstimate(evals).value,
    };
    const last = k === rungs.length - 1;
    out.line(
      `${tolerance.toExponential(0).padEnd(9)}  ${rung.evaluations.toFixed(0).padStart(11)}  ` +
        `${rung.bitsPerDim.toFixed(4).padStart(8)}  ${last ? 'taken as the truth' : rung.error.toExponential(1)}`,
    );
    return rung;
  });
}
