/** @file Samples drawn during training: a grid, and a strip from noise to image. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '../../backend/program.ts';
import { foldIn, key, split } from '../../base/key.ts';
import { map } from '../../base/arith.ts';
import { concatRows, tensor, type Tensor } from '../../base/tensor.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import type { BuiltModel, Training } from '../../catalog/build.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { buildSampler } from '../../catalog/samplers/build-sampler.ts';
import type { DataSet } from '../../data/dataset.ts';
import { scaled } from '../../data/scaler.ts';
import { isAutoencoder, isOfLatents, requireAutoencoder } from '../../nn/autoencoder.ts';
import { svgToPng } from '../../plot/svg-png.ts';
import { firstRows, momentsBySample } from '../../model/samples/sample-grid.ts';
import { writeTogether } from '../../io/atomic.ts';
import { encodePng, type Image } from '../../plot/png.ts';
import { samplesFolder, type Run } from '../../run/folder/run-folder.ts';
import { autoencoderModel } from '../../score/models/autoencoder-model.ts';
import { scoreModel } from '../../score/models/score-model.ts';
import { givenOf } from '../../train/conditional-texts.ts';
import { portraitsOf } from '../../train/portraits.ts';
import { averaged, type TrainPoint } from '../../train/train.ts';

const stripRows = 4;
const stripColumns = 9;

/** Samples of a picture of an autoencoder. */
const reconstructed = 12;

const steps = 120;
const langevinSteps = 480;

/** What `drawSnapshot` needs. */
export interface SnapshotOptions {
  readonly run: Run;
  readonly backend: Backend;
  readonly training: BuiltModel & Pick<Training, 'coding'>;
  readonly summary: DataSummary;
  readonly point: TrainPoint;
  /** The data, by whose classes or texts a conditional network draws: those of evenly spaced samples. */
  readonly set: DataSet;
  /** Called at each step of the sampler; true ends the drawing. */
  readonly stop: () => boolean;
}

/** Which pictures of a training. */
interface SnapshotOf {
  readonly summary: DataSummary;
  readonly training: Pick<BuiltModel, 'net'>;
  readonly step: number;
}

/** Whether the pictures of a step are there. */
export function hasSnapshot(run: Run, { summary, training, step }: SnapshotOf): boolean {
  return namesOf({ summary, training, step }).every((name) => existsSync(join(samplesFolder(run), name)));
}

/** Names of the pictures of a step: of points, a plot; of images, a strip from noise to image, and a grid; of autoencoders the grid alone. */
function namesOf({ summary, training, step }: SnapshotOf): readonly string[] {
  const name = String(step).padStart(8, '0');
  return dataKindOf(summary).visible === undefined || isAutoencoder(training.net)
    ? [`${name}.png`]
    : [`${name}-strip.png`, `${name}.png`];
}

/**
 * Draws samples with the average of the parameters and writes `samples/<step>.png` and `samples/<step>-strip.png`.
 * The random numbers are the same at every step, so that pictures of one run compare.
 * @returns the grid; undefined for points, whose picture is a plot, and after `stop` was true
 * @throws NumericalError if a sample is not finite; nothing is written then.
 */
export async function drawSnapshot(options: SnapshotOptions): Promise<Image | undefined> {
  const { run, backend, training, summary, point, set, stop } = options;
  if (isAutoencoder(training.net)) return drawReconstructions(options);
  const { net, process, sampling } = training;
  const model = scoreModel(backend, net, { params: averaged(point.state), process });
  const kind = dataKindOf(summary);
  const { scaler } = summary;
  const total = sampling.oneLevel ? langevinSteps : Math.min(steps, sampling.steps ?? steps);
  const sampler =
    sampling.oneLevel || sampling.student || sampling.leaps
      ? buildSampler(sampling.sampler, { steps: total, grid: sampling.grid, denoiseLast: sampling.denoise })
      : buildSampler(sampling.flowOnly ? 'ddim' : 'ancestral', {
          steps: total,
          grid: sampling.grid,
          lowDimensional: kind.lowDimensional,
        });
  const keys = split(foldIn(key(0), 'snapshot'), kind.snapshot);
  const rows = Array.from(keys, (_, i) => Math.floor((i * set.count) / keys.length));
  const given =
    net.classes > 0 ? (portraitsOf(net, { set, rows, scaler }) ?? givenOf(set, rows, training.coding)) : undefined;
  const { score, reverseVariance = training.reverseVariance } = given === undefined ? model : model.given(given);
  const moments: Tensor[] = [];
  const decoder = isOfLatents(net) ? autoencoderModel(backend, net, { params: averaged(point.state) }) : undefined;
  const dataOf = (x: Tensor): Promise<Tensor> => decoder?.decode(x) ?? Promise.resolve(x);
  const visible = async (x: Tensor, level: Level): Promise<Tensor | undefined> => {
    if (decoder === undefined) return kind.visible?.(x, summary, level);
    // Latents have the deviation of data by construction; noise on them does not take them out of what the decoder knows.
    const contrast = 1 / Math.hypot(level.alpha, level.sigma / kind.sigmaData);
    return decoder.decode(map(x, (value) => value * contrast));
  };
  try {
    const drawing = sampler({ sde: process.sde, score, reverseVariance, shape: net.sampleShape, keys });
    for (;;) {
      const next = await drawing.next();
      if (next.done === true) {
        const own = net.ofSample === true ? undefined : set.labels;
        const labels = given && own && Uint8Array.from(rows, (row) => own[row] ?? 0);
        const { image, contents } = await picturesOf(options, { x: await dataOf(next.value.x), moments, labels });
        const names = namesOf({ summary, training, step: point.step });
        writeTogether(
          samplesFolder(run),
          contents.map((content, i) => [names[i] ?? '', content] as const),
        );
        return image;
      }
      if (stop()) return undefined;
      const { step, t, x } = next.value;
      if (kind.visible && (step - 1) % Math.ceil(total / (stripColumns - 1)) === 0) {
        const { sde } = process;
        const level = { alpha: sde.alpha(t), sigma: sde.sigma(t) };
        const seen = await visible(firstRows(x, stripRows), level);
        if (seen !== undefined) moments.push(seen);
      }
    }
  } finally {
    await decoder?.dispose();
    await model.dispose();
  }
}

interface Level {
  readonly alpha: number;
  readonly sigma: number;
}

/** Samples of the data over what an autoencoder makes of their latents: `samples/<step>.png`. */
async function drawReconstructions({
  run,
  backend,
  training,
  summary,
  point,
  set,
}: SnapshotOptions): Promise<Image | undefined> {
  const kind = dataKindOf(summary);
  const model = autoencoderModel(backend, requireAutoencoder(training.net), { params: averaged(point.state) });
  try {
    const count = Math.min(reconstructed, set.count);
    const rows = Array.from({ length: count }, (_, i) => Math.floor((i * set.count) / count));
    const x = scaled(summary.scaler, tensor(kind.numbers(set, rows, summary.scaler), [count, ...summary.shape]));
    const made = await model.decode((await model.encode(x)).mean);
    const both = kind.toSet(concatRows([x, made]), summary, { name: `step ${point.step}` });
    const image = kind.image?.(both, { columns: count });
    if (image !== undefined)
      writeTogether(samplesFolder(run), [
        [namesOf({ summary, training, step: point.step }).at(-1) ?? '', encodePng(image)],
      ]);
    return image;
  } finally {
    await model.dispose();
  }
}

interface Shown {
  readonly x: Tensor;
  /** The first samples on their way from noise to data. */
  readonly moments: readonly Tensor[];
  /** The class of each sample, where the network is conditional on them. */
  readonly labels: Uint8Array | undefined;
}

/** The contents of the files of `namesOf`, and the grid of samples that are pictures. */
async function picturesOf(
  { summary, point }: SnapshotOptions,
  { x, moments, labels }: Shown,
): Promise<{ readonly image?: Image; readonly contents: readonly Uint8Array[] }> {
  const kind = dataKindOf(summary);
  const about = { name: `step ${point.step}`, ...(labels && { labels }) };
  const set = kind.toSet(x, summary, about);
  if (kind.image === undefined) {
    const svg = kind.plot?.(set, { title: about.name });
    return { contents: svg === undefined ? [] : [await svgToPng(svg)] };
  }
  const image = kind.image(set, {});
  if (kind.visible === undefined) return { image, contents: [encodePng(image)] };
  const columns = moments.length + 1;
  const joined = momentsBySample(summary, [...moments, firstRows(x, stripRows)], stripRows);
  const strip = kind.image(kind.toSet(joined, summary, { name: about.name }), { columns });
  return { image, contents: [strip, image].map(encodePng) };
}
