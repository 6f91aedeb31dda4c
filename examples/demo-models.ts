/** @file The part of the demo that shows the models in the box: samples by three samplers, and bits/dim of test images. */
import { join } from 'node:path';
import { nodeBackend } from '../src/backend/ort-node.ts';
import type { Backend } from '../src/backend/program.ts';
import { FileError } from '../src/base/errors.ts';
import { chooseSampler, drawSamples } from '../src/cli/draw.ts';
import { estimate } from '../src/cli/estimates.ts';
import { loadAnyRun } from '../src/run/load.ts';
import { duration, type Terminal } from '../src/cli/shell/terminal.ts';
import { dataSetNames } from '../src/data/named.ts';
import { optionsOf } from '../src/data/open.ts';
import { meanEstimate } from '../src/evaluate/estimate.ts';
import { sampleGrid } from '../src/figure/sample-grid.ts';
import { key } from '../src/index.ts';
import { writeAtomic } from '../src/io/atomic.ts';
import { modelNames } from '../src/io/model-box.ts';
import { encodePng, openDataSet, type LoadedRun } from '../src/node.ts';

/** Samplers beside the model's own, the last two that are others: of the ordinary equation and of the stochastic one. */
const others = [
  { sampler: 'ddim', nfe: 20 },
  { sampler: 'heun', nfe: 35 },
  { sampler: 'dpm-solver-sde', nfe: 40 },
] as const;
const shownSamplers = 3;
const samples = 32;
const columns = 8;
const bitsOf = 4;

/** A model of images in the box, with its name. */
export interface BoxModel {
  readonly name: string;
  readonly run: LoadedRun;
}

/** The models in the box that draw images. */
export function drawingModels(): readonly BoxModel[] {
  return modelNames()
    .map((name) => ({ name, run: loadAnyRun(name) }))
    .filter(({ run }) => run.task === 'score' && run.data.kind === 'images');
}

/** The picture of a model's samples, in the folder of the demo. */
export function pictureOf(name: string, sampler: string): string {
  return `${name}-${sampler}.png`;
}

/** Names of the pictures that `showModel` writes. */
export function modelPictures({ name, run }: BoxModel): readonly string[] {
  return choices(run).map(({ sampler }) => pictureOf(name, sampler));
}

/** The model's own sampler and those beside it. */
function choices({ sampling }: LoadedRun): readonly { readonly sampler: string; readonly nfe: number | undefined }[] {
  const own = { sampler: sampling.sampler, nfe: sampling.nfe ?? 30 };
  return [own, ...others.filter(({ sampler }) => sampler !== own.sampler).toReversed()].slice(0, shownSamplers);
}

/** Draws samples of a model by three samplers, the same noise for each, and tells bits/dim of a few images. */
export async function showModel(
  { name, run }: BoxModel,
  { folder, threads, out }: { readonly folder: string; readonly threads: number; readonly out: Terminal },
): Promise<void> {
  const backend = nodeBackend({ threads });
  for (const { sampler: asked, nfe } of choices(run)) {
    const started = performance.now();
    const { name: by, sampler } = chooseSampler(run, { sampler: asked, nfe });
    const { x, evals } = await drawSamples(run, { sampler, n: samples, seed: 0, batch: samples, backend }, out);
    const seconds = (performance.now() - started) / 1000;
    const file = join(folder, pictureOf(name, asked));
    writeAtomic(file, encodePng(sampleGrid(run.data, x, { columns })));
    out.line(`${samples} samples by ${by}, ${evals[0] ?? 0} evaluations each, in ${seconds.toFixed(1)} s: ${file}`);
  }
  await tellBits(run, backend, out);
}

async function tellBits(loaded: LoadedRun, backend: Backend, out: Terminal): Promise<void> {
  const { ref, ...options } = loaded.config.data;
  const takes = Object.hasOwn(dataSetNames, ref) ? await optionsOf(ref) : [];
  const part = takes.includes('split') ? 'test' : 'train';
  try {
    // Only a set that is here already: a demo does not download.
    const here = takes.includes('mirrors') ? { mirrors: [] } : {};
    const set = await openDataSet(ref, { ...options, ...here, ...(part === 'test' ? { split: part } : {}) });
    const started = performance.now();
    const rows = Array.from({ length: bitsOf }, (_, row) => row);
    const { bits } = await estimate(
      {
        ...{ loaded, set, rows, labels: undefined, method: 'ode', probes: 1, terms: undefined, steps: 1000 },
        ...{ variance: 'small', tolerance: 1e-3, dequantizer: undefined, key: key(0), batch: bitsOf, backend },
      },
      out,
    );
    const { value, standardError } = meanEstimate(bits);
    out.line(
      `${value.toFixed(2)} ± ${standardError.toFixed(2)} bits/dim over ${bitsOf} images of ${ref} (${part}), in ${duration((performance.now() - started) / 1000)}`,
    );
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    out.line(`no bits/dim of test images, for want of data: ${error.message}`);
  } finally {
    out.done();
  }
}
