/** @file `scorefield likelihood`: bits per dimension of data under a trained run, with their errors. */
import { nodeBackend } from '../backend/ort-node.ts';
import { ConfigError } from '../base/errors.ts';
import { foldIn, key, type Key } from '../base/key.ts';
import { permutation } from '../base/random.ts';
import { tensor } from '../base/tensor.ts';
import { loadRun, type LoadedRun } from '../config/checkpoint.ts';
import { loadBatch } from '../data/batch.ts';
import { sampleShape, type DataSet } from '../data/dataset.ts';
import { formatNpz } from '../data/npz.ts';
import { openDataSet, optionsOf } from '../data/open.ts';
import type { OpenOptions } from '../data/opener.ts';
import { bitsOffset } from '../data/scaler.ts';
import { writeAtomic } from '../io/atomic.ts';
import { bitsPerDim, meanWithError } from '../likelihood/bits-per-dim.ts';
import { logLikelihood, type Likelihood } from '../likelihood/log-likelihood.ts';
import { scoreModel, type ScoreModel } from '../score/score-model.ts';
import { averaged } from '../train/train.ts';
import { requireWritable } from './pictures.ts';
import { duration, plural, terminal, type Terminal } from './terminal.ts';

/** Options of `scorefield likelihood`. */
export interface LikelihoodFlags {
  readonly data?: string;
  readonly n?: number;
  readonly probes?: number;
  readonly tolerance?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly checkpoint?: number;
  readonly batch?: number;
  readonly threads?: number;
  readonly json?: boolean;
}

/** Samples of few dimensions get the exact trace: it costs one derivative per dimension. */
const exactUpTo = 8;

/** Prints bits per dimension of data under a run. */
export async function likelihoodCommand(folder: string, flags: LikelihoodFlags): Promise<void> {
  const { data = 'test', n = 64, probes = 1, tolerance = 1e-5, seed = 0, batch = 32, threads = 2 } = flags;
  const out = terminal(flags);
  if (flags.out !== undefined) requireWritable(flags.out, ['.npz']);
  const loaded = loadRun(folder, flags.checkpoint);
  const set = await openFor(loaded, data);
  const rows = Array.from(permutation(foldIn(key(seed), 'rows'), set.count)).slice(0, n);
  const params = averaged(loaded.point.state);
  const model = scoreModel(nodeBackend({ threads }), loaded.net, { params, process: loaded.process, maxBatch: batch });
  const started = performance.now();
  let parts: readonly Likelihood[];
  try {
    parts = await evaluate({ loaded, model, set, rows }, { probes, tolerance, key: key(seed), batch }, out);
  } finally {
    out.done();
    await model.dispose();
  }
  const seconds = (performance.now() - started) / 1000;
  const shape = sampleShape(set);
  const dimension = shape.reduce((product, size) => product * size, 1);
  const toBits = (nats: Float64Array): Float64Array =>
    bitsPerDim(nats, { dimension, offset: bitsOffset(loaded.data.scaler) });
  const bits = toBits(Float64Array.from(parts.flatMap(({ logDensityNats }) => Array.from(logDensityNats))));
  // A sample that the solver gave up on has no value.
  const known = bits.filter((value) => !Number.isNaN(value));
  const { mean, standardError } = meanWithError(known);
  const probeError = probeErrorOf(parts, toBits);
  const evals = parts.flatMap((part) => part.evals);
  const failed = parts.flatMap(({ status }) => status).filter((status) => status !== 'ok').length;
  if (flags.out !== undefined)
    writeAtomic(
      flags.out,
      formatNpz({
        bitsPerDim: { shape: [bits.length], data: bits },
        rows: { shape: [rows.length], data: Int32Array.from(rows) },
      }),
    );
  const meanEvals = evals.reduce((sum, count) => sum + count, 0) / evals.length;
  const spread =
    known.length > 1
      ? ` +- ${standardError.toFixed(4)} (standard error over ${plural(known.length, 'sample')}`
      : ' (one sample';
  out.line(
    known.length === 0
      ? `no value for any sample of ${set.name}`
      : `${mean.toFixed(4)} bits/dim${spread} of ${set.name})`,
  );
  if (probeError !== undefined)
    out.line(`of which +- ${probeError.toFixed(4)} from the ${plural(probes, 'probe')} per sample`);
  out.line(`${meanEvals.toFixed(0)} network evaluations per sample at tolerance ${tolerance}, ${duration(seconds)}`);
  if (failed > 0) out.line(`${plural(failed, 'sample')} did not reach the tolerance; try a larger --tolerance`);
  out.result({
    run: folder,
    step: loaded.point.step,
    data: set.name,
    n: known.length,
    bitsPerDim: mean,
    standardError,
    probeError,
    probes: dimension <= exactUpTo ? 'exact' : probes,
    tolerance,
    seed,
    evaluations: meanEvals,
    failed,
    seconds: Number(seconds.toFixed(3)),
    ...(flags.out === undefined ? {} : { file: flags.out }),
  });
}

/**
 * The data of the run or a part of it, or another set of samples of the same shape. The test part of a toy is drawn anew.
 * @throws ConfigError if the data of the run have no test part, or the samples have another shape.
 */
async function openFor({ config, data }: LoadedRun, ref: string): Promise<DataSet> {
  const { ref: own, ...options } = config.data;
  const part = ref === 'train' || ref === 'test' ? ref : undefined;
  const { size } = options;
  const set =
    part === undefined
      ? await openDataSet(ref, data.kind === 'images' ? { size } : {})
      : await openDataSet(own, { ...options, ...(part === 'test' ? await testOptions(own, options.seed) : {}) });
  const found = sampleShape(set);
  if (found.join() !== data.shape.join())
    throw new ConfigError([
      {
        path: '--data',
        message: `expected samples [${data.shape.join(', ')}] as the run has, got [${found.join(', ')}]`,
      },
    ]);
  return set;
}

async function testOptions(ref: string, seed = 0): Promise<OpenOptions> {
  const takes = await optionsOf(ref);
  if (takes.includes('split')) return { split: 'test' };
  if (takes.includes('seed')) return { seed: seed + 1 };
  throw new ConfigError([
    { path: '--data', message: `${ref} has no test part; give --data train for what the run has seen, or other data` },
  ]);
}

async function evaluate(
  { loaded, model, set, rows }: { loaded: LoadedRun; model: ScoreModel; set: DataSet; rows: readonly number[] },
  options: { probes: number; tolerance: number; key: Key; batch: number },
  out: Terminal,
): Promise<readonly Likelihood[]> {
  const { probes, tolerance, batch } = options;
  const { scaler, shape } = loaded.data;
  const dimension = shape.reduce((product, size) => product * size, 1);
  const trace =
    dimension <= exactUpTo
      ? ({ kind: 'exact' } as const)
      : ({ kind: 'hutchinson', law: 'rademacher', probes } as const);
  const parts: Likelihood[] = [];
  // Mirror images are for training; here every sample is itself.
  const plain: DataSet = set.kind === 'images' ? { ...set, flips: false } : set;
  for (let begin = 0; begin < rows.length; begin += batch) {
    out.progress(`samples ${begin + 1} to ${Math.min(begin + batch, rows.length)} of ${rows.length}`);
    const own = rows.slice(begin, begin + batch);
    const samples = own.map((row) => loadBatch(plain, scaler, [row], foldIn(foldIn(options.key, 'data'), row)));
    const x = tensor(Float64Array.from(samples.flatMap((sample) => Array.from(sample))), [own.length, ...shape]);
    const keys = own.map((row) => foldIn(foldIn(options.key, 'probes'), row));
    const { sde } = loaded.process;
    parts.push(
      await logLikelihood({ sde, scoreJvp: model.scoreJvp, keys }, x, { trace, rtol: tolerance, atol: tolerance }),
    );
  }
  return parts;
}

/** Standard error of the mean that comes from the probes alone; it takes two of them to see. */
function probeErrorOf(parts: readonly Likelihood[], toBits: (nats: Float64Array) => Float64Array): number | undefined {
  const errors = parts.flatMap(({ byProbeNats: { data, shape } }) => {
    const [rows = 0, probes = 0] = shape;
    if (probes < 2) return [];
    return Array.from(
      { length: rows },
      (_, i) => meanWithError(toBits(data.slice(i * probes, (i + 1) * probes))).standardError,
    );
  });
  const known = errors.filter((error) => !Number.isNaN(error));
  if (known.length === 0) return undefined;
  return Math.sqrt(known.reduce((sum, error) => sum + error ** 2, 0)) / known.length;
}
