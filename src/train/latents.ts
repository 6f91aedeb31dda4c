/** @file The latents of data that a network is trained on in their place, in units that are measured once. */
import type { Backend } from '../backend/program.ts';
import { combine } from '../base/arith.ts';
import { foldIn, key } from '../base/key.ts';
import { mapInto } from '../base/map-into.ts';
import { normalBatch } from '../base/random.ts';
import { sizeOf, tensor, type Shape, type Tensor } from '../base/tensor.ts';
import { kindOf, sampleShape, type DataSet } from '../data/dataset.ts';
import { latentSet, type LatentNumbers, type LatentSet } from '../data/latent-set.ts';
import { scaled, type Scaler } from '../data/scaler.ts';
import type { LatentUnits, WithAutoencoder } from '../nn/autoencoder.ts';
import type { ParamVectors } from '../nn/network.ts';
import { autoencoderModel, type AutoencoderModel } from '../score/models/autoencoder-model.ts';

/** An autoencoder by itself, with its parameters. */
export interface TrainedAutoencoder {
  readonly net: WithAutoencoder;
  readonly params: ParamVectors;
}

/** Data of which latents are wanted. */
export interface SetToEncode {
  readonly set: DataSet;
  readonly scaler: Scaler;
}

/** Samples that are encoded at a time, and those by which the variance of a decoder is measured at most. */
const [together, ofVariance] = [64, 512];

/** Variance of a decoder at least: a hundredth of a gray level. */
const leastVariance = 1e-8;

const none: LatentNumbers = { mean: new Float32Array(0), std: new Float32Array(0) };

/**
 * The latents of sets in the same units: those that are given, or by which each channel has mean 0 and a standard deviation over the first set.
 * @param units - that are known, or the standard deviation that numbers of latents get
 */
export async function encodedSets(
  backend: Backend,
  { net, params }: TrainedAutoencoder,
  sets: readonly [SetToEncode, ...SetToEncode[]],
  units: LatentUnits | number,
): Promise<{ readonly sets: readonly LatentSet[]; readonly units: LatentUnits }> {
  const model = autoencoderModel(backend, net, { params });
  const shape = net.autoencoder.latentShape;
  const [channels = 1, ...grid] = shape;
  const numbers = { channels, area: sizeOf(grid) };
  try {
    const raw = [];
    for (const { set, scaler } of sets) {
      const mirrored = kindOf(set).pictures?.mirrored(set);
      raw.push({
        set,
        plain: await lawsOf(model, set, scaler),
        mirrored: mirrored && (await lawsOf(model, mirrored, scaler)),
      });
    }
    const [first] = raw;
    const plain = first?.plain ?? none;
    const own =
      typeof units === 'object'
        ? units
        : {
            ...unitsOf(first?.mirrored === undefined ? [plain] : [plain, first.mirrored], numbers, units),
            variance: await decoderVariance(model, sets[0], plain, shape),
          };
    const inUnits = (laws: LatentNumbers): LatentNumbers => standardized(laws, own, numbers);
    return {
      sets: raw.map(({ set, plain, mirrored }) =>
        latentSet(set, { shape, plain: inUnits(plain), mirrored: mirrored && inUnits(mirrored) }),
      ),
      units: own,
    };
  } finally {
    await model.dispose();
  }
}

/** Samples of a set in the range of the model, bytes at the middles of their bins. */
function samplesOf(set: DataSet, scaler: Scaler, rows: readonly number[]): Tensor {
  return scaled(scaler, tensor(kindOf(set).numbers(set, rows, scaler), [rows.length, ...sampleShape(set)]));
}

async function lawsOf(model: AutoencoderModel, set: DataSet, scaler: Scaler): Promise<LatentNumbers> {
  let laws: LatentNumbers | undefined;
  for (let begin = 0; begin < set.count; begin += together) {
    const rows = rangeOf(begin, Math.min(set.count, begin + together));
    const { mean, std } = await model.encode(samplesOf(set, scaler, rows));
    const size = mean.data.length / rows.length;
    laws ??= { mean: new Float32Array(set.count * size), std: new Float32Array(set.count * size) };
    laws.mean.set(mean.data, begin * size);
    laws.std.set(std.data, begin * size);
  }
  return laws ?? none;
}

const rangeOf = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** The units in which each channel of latents that are drawn has mean 0 and a standard deviation. */
function unitsOf(
  all: readonly LatentNumbers[],
  numbers: Channels,
  deviation: number,
): Pick<LatentUnits, 'shift' | 'factor'> {
  const laws = all.map(({ mean, std }) => ({ mean: byChannel(mean, numbers), std: byChannel(std, numbers) }));
  const found = Array.from({ length: numbers.channels }, (_, c) => {
    const [means, stds] = (['mean', 'std'] as const).map((name) => laws.flatMap((own) => own[name][c] ?? []));
    const count = sumOf(means, (values) => values.length);
    const mean = sumOf(means, (values) => sumOf(values, (value) => value)) / count;
    const spread = sumOf(means, (values) => sumOf(values, (value) => (value - mean) ** 2));
    return { mean, variance: (spread + sumOf(stds, (values) => sumOf(values, (value) => value ** 2))) / count };
  });
  return {
    shift: Float32Array.from(found, ({ mean }) => mean),
    // A channel that says nothing stays what it is.
    factor: Float32Array.from(found, ({ variance }) => (variance > 0 ? deviation / Math.sqrt(variance) : 1)),
  };
}

function sumOf<T>(values: Iterable<T> | undefined, of: (value: T) => number): number {
  let sum = 0;
  for (const value of values ?? []) sum += of(value);
  return sum;
}

/** The numbers of each channel of all latents. */
function byChannel(all: Float32Array, { channels, area }: Channels): readonly Float32Array[] {
  const count = all.length / (channels * area);
  return Array.from({ length: channels }, (_, c) => {
    const own = new Float32Array(count * area);
    for (let i = 0; i < count; i++) {
      const begin = (i * channels + c) * area;
      own.set(all.subarray(begin, begin + area), i * area);
    }
    return own;
  });
}

/** How the numbers of a latent belong together. */
interface Channels {
  readonly channels: number;
  /** Numbers of a channel, side by side. */
  readonly area: number;
}

function standardized(
  { mean, std }: LatentNumbers,
  { shift, factor }: LatentUnits,
  { channels, area }: Channels,
): LatentNumbers {
  const channelOf = (j: number): number => Math.floor(j / area) % channels;
  return {
    mean: mean.map((value, j) => (value - (shift[channelOf(j)] ?? 0)) * (factor[channelOf(j)] ?? 1)),
    std: std.map((value, j) => value * (factor[channelOf(j)] ?? 1)),
  };
}

/** Mean square of what samples differ by from what is decoded of their latents, drawn once for each of some. */
async function decoderVariance(
  model: AutoencoderModel,
  { set, scaler }: SetToEncode,
  { mean, std }: LatentNumbers,
  shape: Shape,
): Promise<number> {
  const step = Math.max(1, Math.floor(set.count / ofVariance));
  const rows = rangeOf(0, set.count).filter((row) => row % step === 0);
  const size = sizeOf(shape);
  let squares = 0;
  let numbers = 0;
  for (let begin = 0; begin < rows.length; begin += together) {
    const own = rows.slice(begin, begin + together);
    const z = normalBatch(
      own.map((row) => foldIn(foldIn(key(0), 'decoder variance'), row)),
      shape,
    );
    const at = (j: number): number => (own[Math.floor(j / size)] ?? 0) * size + (j % size);
    mapInto(z.data, z.data, (noise, j) => (mean[at(j)] ?? 0) + (std[at(j)] ?? 0) * noise);
    const [x, made] = [samplesOf(set, scaler, own), await model.decode(z)];
    squares += combine([1, x], [-1, made]).data.reduce((sum, value) => sum + value ** 2, 0);
    numbers += x.data.length;
  }
  return Math.max(squares / numbers, leastVariance);
}
