/** @file `scorefield encode`, `decode` and `interpolate`: samples as latents of the probability flow, and back. */
import { combine, scale } from '../base/arith.ts';
import { checkOptions } from '../base/check.ts';
import { FileError } from '../base/errors.ts';
import { foldIn, key } from '../base/key.ts';
import { permutation } from '../base/random.ts';
import { concatRows, sizeOf, takeRows, tensor, type Tensor } from '../base/tensor.ts';
import { lastPart } from '../base/words.ts';
import type { LoadedRun } from '../run/load.ts';
import { unscaledDifference } from '../data/scaler.ts';
import { isOfBytes } from '../data/float-images.ts';
import type { Layout } from '../data/layout.ts';
import { formatNpz, parseNpz } from '../data/npz.ts';
import { firstRows, sampleGrid } from '../figure/sample-grid.ts';
import { readBytes, writeAtomic } from '../io/atomic.ts';
import { encodePng } from '../io/png.ts';
import type { Carried } from '../likelihood/flow.ts';
import { decode, encode, slerp, type FlowRequest } from '../likelihood/latent.ts';
import { scoreModel } from '../score/score-model.ts';
import { averaged } from '../train/train.ts';
import { engine, type EngineFlags } from './engine.ts';
import { writeSamples } from './pictures.ts';
import { requireWritable } from './shell/writable.ts';
import { loadWholeRun, openRunData, samplesOf } from './run-data.ts';
import { duration, plural, terminal, type Terminal } from './shell/terminal.ts';

/** Options that the three commands share. */
interface FlowFlags extends EngineFlags {
  readonly out?: string;
  readonly tolerance?: number;
  readonly checkpoint?: number;
  readonly batch?: number;
  readonly json?: boolean;
}

/** Options of `scorefield encode`. */
export interface EncodeFlags extends FlowFlags {
  readonly data?: string;
  readonly layout?: Layout;
  readonly n?: number;
  readonly seed?: number;
}

/** Options of `scorefield decode`. */
export interface DecodeFlags extends FlowFlags {
  readonly temperature?: number;
}

/** Options of `scorefield interpolate`. */
export interface InterpolateFlags extends FlowFlags {
  readonly data?: string;
  readonly layout?: Layout;
  readonly from?: number;
  readonly to?: number;
  readonly steps?: number;
  readonly seed?: number;
}

/** Samples that are decoded again to tell the error of the round trip. */
const checked = 16;

/** Writes the latents of samples, on the scale of a standard normal, and tells how well they decode. */
export async function encodeCommand(folder: string, flags: EncodeFlags): Promise<void> {
  const { data = 'test', n = 64, seed = 0, out: file = 'latents.npz' } = flags;
  const out = terminal(flags);
  requireWritable(file, ['.npz']);
  const loaded = loadWholeRun(folder, flags.checkpoint);
  const set = await openRunData(loaded, data, flags);
  const rows = Array.from(permutation(foldIn(key(seed), 'rows'), set.count)).slice(0, n);
  const x = samplesOf(loaded, set, rows, key(seed));
  const started = performance.now();
  const { codes, error } = await withFlow(loaded, flags, out, async (along) => {
    const codes = await along('encode', x);
    const back = await along('decode', firstRows(codes.x, checked));
    const difference = combine([1, back.x], [-1, firstRows(x, checked)]);
    return { codes, error: unscaledDifference(loaded.data.scaler, difference).data.map(Math.abs) };
  });
  const latents = scale(1 / loaded.process.sde.priorStd, codes.x);
  writeAtomic(file, formatNpz({ latents, rows: { shape: [rows.length], data: Int32Array.from(rows) } }));
  const mean = error.reduce((sum, value) => sum + value / error.length, 0);
  const largest = error.reduce((a, b) => Math.max(a, b), 0);
  const spread = Math.sqrt(latents.data.reduce((sum, z) => sum + z * z, 0) / latents.data.length);
  tellEffort(out, codes, { what: `${plural(rows.length, 'latent')} of ${set.name}`, started, file });
  out.line(`root mean square of the latents ${spread.toFixed(3)}, where the prior has 1`);
  const unit = isOfBytes(loaded.data.scaler) ? 'gray levels of 256' : 'units of the data';
  const sentence = `mean error ${mean.toPrecision(2)}, largest ${largest.toPrecision(2)} ${unit}`;
  out.line(`round trip of ${plural(Math.min(checked, rows.length), 'sample')}: ${sentence}`);
  out.result({
    ...{ run: folder, step: loaded.point.step, data: set.name, n: rows.length, seed, file },
    ...{ roundTrip: { mean, largest }, rootMeanSquare: spread, ...effort(codes) },
  });
}

/** Writes the samples of latents. */
export async function decodeCommand(folder: string, source: string, flags: DecodeFlags): Promise<void> {
  const { temperature = 1, out: file = 'decoded.png' } = flags;
  const out = terminal(flags);
  requireWritable(file);
  const loaded = loadWholeRun(folder, flags.checkpoint);
  const latents = readLatents(source, loaded);
  const started = performance.now();
  const start = scale(temperature * loaded.process.sde.priorStd, latents);
  const samples = await withFlow(loaded, flags, out, (along) => along('decode', start));
  const n = latents.shape[0] ?? 0;
  await writeSamples(file, loaded.data, samples.x, { title: `${n} samples of ${lastPart(loaded.config.data.ref)}` });
  tellEffort(out, samples, { what: plural(n, 'sample'), started, file });
  out.result({ run: folder, step: loaded.point.step, n, temperature, file, ...effort(samples) });
}

/** Draws the way from one sample of a data set to another, along the sphere of latents. */
export async function interpolateCommand(folder: string, flags: InterpolateFlags): Promise<void> {
  const { data = 'test', from = 0, to = 1, steps = 9, seed = 0, out: file = 'strip.png' } = flags;
  const out = terminal(flags);
  requireWritable(file);
  const loaded = loadWholeRun(folder, flags.checkpoint);
  const set = await openRunData(loaded, data, flags);
  const within = (path: string, row: number): readonly [boolean, string, string] => [
    row < set.count,
    path,
    `expected 0 to ${set.count - 1}, a sample of ${set.name}, got ${row}`,
  ];
  checkOptions(within('--from', from), within('--to', to));
  const ends = samplesOf(loaded, set, [from, to], key(seed));
  const started = performance.now();
  const samples = await withFlow(loaded, flags, out, async (along) => {
    const codes = await along('encode', ends);
    const [a, b] = [takeRows(codes.x, [0]), takeRows(codes.x, [1])];
    const between = Array.from({ length: steps }, (_, i) => slerp(a, b, i / (steps - 1)));
    return along('decode', concatRows(between));
  });
  const strip = loaded.data.kind === 'images' && file.toLowerCase().endsWith('.png');
  if (strip) writeAtomic(file, encodePng(sampleGrid(loaded.data, samples.x, { columns: steps })));
  else await writeSamples(file, loaded.data, samples.x, { title: `from ${from} to ${to} of ${set.name}` });
  tellEffort(out, samples, { what: `${plural(steps, 'sample')} from ${from} to ${to} of ${set.name}`, started, file });
  out.result({ run: folder, step: loaded.point.step, data: set.name, from, to, steps, file, ...effort(samples) });
}

type Along = (way: 'encode' | 'decode', x: Tensor) => Promise<Carried>;

/** The flow of a run for as long as `use` needs it, in batches, with its progress. */
async function withFlow<T>(
  { net, process, point }: LoadedRun,
  flags: FlowFlags,
  out: Terminal,
  use: (along: Along) => Promise<T>,
): Promise<T> {
  const { batch = 32, tolerance = 1e-5 } = flags;
  const params = averaged(point.state);
  const model = scoreModel(await engine(flags, batch), net, { params, process, maxBatch: batch });
  const along: Along = (way, x) => {
    let evaluations = 0;
    const score: FlowRequest['score'] = (state, ...rest) => {
      evaluations += state.shape[0] ?? 0;
      out.progress(`${way}: ${Math.round(evaluations / (x.shape[0] ?? 1))} evaluations of each sample`);
      return model.score(state, ...rest);
    };
    const carry = { encode, decode }[way];
    return carry({ sde: process.sde, score }, x, { rtol: tolerance, atol: tolerance });
  };
  try {
    return await use(along);
  } finally {
    out.done();
    await model.dispose();
  }
}

function effort({ evals, status }: Carried): { readonly evaluations: number; readonly failed: number } {
  return {
    evaluations: evals.reduce((sum, count) => sum + count, 0) / evals.length,
    failed: status.filter((state) => state !== 'ok').length,
  };
}

function tellEffort(
  out: Terminal,
  carried: Carried,
  { what, started, file }: { readonly what: string; readonly started: number; readonly file: string },
): void {
  const { evaluations, failed } = effort(carried);
  const seconds = (performance.now() - started) / 1000;
  out.line(`${what} in ${duration(seconds)}, ${evaluations.toFixed(0)} network evaluations each: ${file}`);
  if (failed > 0) out.line(`${plural(failed, 'sample')} did not reach the tolerance; try a larger --tolerance`);
}

/** @throws FileError unless the file holds an array `latents` of the shape of the run's samples. */
function readLatents(file: string, { data }: LoadedRun): Tensor {
  const found = parseNpz(readBytes(file), file, (names) => names.filter((name) => name === 'latents')).get('latents');
  const [, ...sample] = found?.shape ?? [];
  if (found === undefined || sample.join() !== data.shape.join() || !found.data.every(Number.isFinite))
    throw new FileError(
      file,
      `expected finite latents [n, ${data.shape.join(', ')}] as scorefield encode writes them, found ` +
        (found === undefined ? 'none' : `[${found.shape.join(', ')}]`),
    );
  if (sizeOf(found.shape) === 0) throw new FileError(file, 'expected at least one latent, found none');
  return tensor(found.data, found.shape);
}
