/** @file Samples drawn during training: a grid, and a strip from noise to image. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '../../backend/program.ts';
import { foldIn, key, split } from '../../base/key.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import type { BuiltModel, Training } from '../../catalog/build.ts';
import { buildSampler } from '../../catalog/samplers/build-sampler.ts';
import type { DataSet } from '../../data/dataset.ts';
import { unscaled } from '../../data/scaler.ts';
import { svgToPng } from '../../plot/svg-png.ts';
import { scatterPlot } from '../../model/samples/scatter-plot.ts';
import { firstRows, noiseStrip, sampleGrid, visible } from '../../model/samples/sample-grid.ts';
import { writeTogether } from '../../io/atomic.ts';
import { encodePng, type Image } from '../../plot/png.ts';
import { samplesFolder, type Run } from '../../run/folder/run-folder.ts';
import { scoreModel } from '../../score/models/score-model.ts';
import { givenOf } from '../../train/conditional-texts.ts';
import { averaged, type TrainPoint } from '../../train/train.ts';

const images = 16;
const stripRows = 4;
const stripColumns = 9;
const points = 1024;
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

/** Whether the pictures of a step are there. */
export function hasSnapshot(run: Run, summary: DataSummary, step: number): boolean {
  return namesOf(summary, step).every((name) => existsSync(join(samplesFolder(run), name)));
}

/** Names of the pictures of a step: of points, a plot; of images, a strip from noise to image, and a grid. */
function namesOf({ kind }: DataSummary, step: number): readonly string[] {
  const name = String(step).padStart(8, '0');
  return kind === 'points' ? [`${name}.png`] : [`${name}-strip.png`, `${name}.png`];
}

/**
 * Draws samples with the average of the parameters and writes `samples/<step>.png` and `samples/<step>-strip.png`.
 * The random numbers are the same at every step, so that pictures of one run compare.
 * @returns the grid; undefined for points, whose picture is a plot, and after `stop` was true
 * @throws NumericalError if a sample is not finite; nothing is written then.
 */
export async function drawSnapshot(options: SnapshotOptions): Promise<Image | undefined> {
  const { run, backend, training, summary, point, set, stop } = options;
  const { net, process, sampling } = training;
  const model = scoreModel(backend, net, { params: averaged(point.state), process });
  const imageSet = summary.kind === 'images';
  const total = sampling.oneLevel ? langevinSteps : Math.min(steps, sampling.steps ?? steps);
  const sampler = sampling.oneLevel
    ? buildSampler(sampling.sampler, { steps: total, denoiseLast: sampling.denoise })
    : buildSampler(sampling.flowOnly ? 'ddim' : 'ancestral', {
        steps: total,
        grid: sampling.grid,
        lowDimensional: !imageSet,
      });
  const keys = split(foldIn(key(0), 'snapshot'), imageSet ? images : points);
  const rows = Array.from(keys, (_, i) => Math.floor((i * set.count) / keys.length));
  const given = net.classes > 0 ? givenOf(set, rows, training.coding) : undefined;
  const { score, reverseVariance = training.reverseVariance } = given === undefined ? model : model.given(given);
  const moments: Tensor[] = [];
  try {
    const drawing = sampler({ sde: process.sde, score, reverseVariance, shape: summary.shape, keys });
    for (;;) {
      const next = await drawing.next();
      if (next.done === true) {
        if (!imageSet) {
          const title = `step ${point.step}`;
          const labels = given && set.labels && rows.map((row) => set.labels?.[row] ?? 0);
          const plot = await svgToPng(scatterPlot(unscaled(summary.scaler, next.value.x), { title, labels }));
          writeTogether(
            samplesFolder(run),
            namesOf(summary, point.step).map((file) => [file, plot] as const),
          );
          return undefined;
        }
        const grid = sampleGrid(summary, next.value.x);
        const strip = noiseStrip(summary, [...moments, firstRows(next.value.x, stripRows)], stripRows);
        const contents = [strip, grid].map(encodePng);
        writeTogether(
          samplesFolder(run),
          namesOf(summary, point.step).map((file, i) => [file, contents[i] ?? ''] as const),
        );
        return grid;
      }
      if (stop()) return undefined;
      const { step, t, x } = next.value;
      if (imageSet && (step - 1) % Math.ceil(total / (stripColumns - 1)) === 0) {
        const { sde } = process;
        moments.push(visible(summary, firstRows(x, stripRows), { alpha: sde.alpha(t), sigma: sde.sigma(t) }));
      }
    }
  } finally {
    await model.dispose();
  }
}
