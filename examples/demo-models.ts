/** @file The part of the demo that shows the models that the package ships: samples by three samplers, and bits/dim of test images. */
import { join } from 'node:path';
import { ConfigError, FileError, type DataSet, type Model } from '../src/index.ts';
import { modelNames, openDataSet, openModel } from '../src/node.ts';
import { duration, type Printer } from './demo-print.ts';

/** Samplers beside the model's own, the last two that are others: of the ordinary equation and of the stochastic one. */
const others = [
  { sampler: 'ddim', nfe: 20 },
  { sampler: 'heun', nfe: 35 },
  { sampler: 'dpm-solver-sde', nfe: 40 },
] as const;
const shownSamplers = 3;
const count = 32;
const columns = 8;
const bitsOf = 4;

/** What models of texts are asked for: the last is a pair of words that the training of emoji left out. */
const sentences = ['cat with heart eyes', 'crescent moon', 'person running', 'red apple', 'red heart', 'woman pilot'];
const ofEach = 4;

/** The models that the package ships that draw images. */
export async function drawingModels(threads: number): Promise<readonly Model[]> {
  const models = await Promise.all(modelNames().map((name) => openModel(name, { threads })));
  return models.filter(({ info, trained }) => trained.task === 'score' && info.data === 'images');
}

/** The picture of a model's samples, in the folder of the demo. */
function pictureOf({ info }: Model, sampler: string): string {
  return `${info.name}-${sampler}.png`;
}

/** Names of the pictures that `showModel` writes. */
export function modelPictures(model: Model): readonly string[] {
  const own = choices(model).map(({ sampler }) => pictureOf(model, sampler));
  return model.info.texts === undefined ? own : [...own, pictureOf(model, 'words')];
}

/** The model's own sampler, and of scores those beside it, which students do not take. */
function choices({ info: { sampling } }: Model): readonly { readonly sampler: string; readonly nfe?: number }[] {
  if (sampling.student !== undefined) return [{ sampler: sampling.sampler }];
  const own = { sampler: sampling.sampler, nfe: sampling.nfe ?? 30 };
  return [own, ...others.filter(({ sampler }) => sampler !== own.sampler).toReversed()].slice(0, shownSamplers);
}

/** Draws samples of a model by three samplers, the same noise for each, and prints bits/dim of a few images. */
export async function showModel(model: Model, { folder, out }: { folder: string; out: Printer }): Promise<void> {
  for (const choice of choices(model)) {
    const drawing = model.sample({ ...choice, count, batch: count });
    for await (const { fraction } of drawing) out.progress(`drawing ${count} samples: ${percent(fraction)}`);
    const { samples, sampler, seconds } = await drawing;
    const file = join(folder, pictureOf(model, choice.sampler));
    await samples.save(file, { columns });
    const [evaluations = 0] = samples.evaluations;
    out.line(`${count} samples by ${sampler}, ${evaluations} evaluations each, in ${seconds.toFixed(1)} s: ${file}`);
  }
  if (model.info.texts !== undefined) await drawWords(model, { folder, out });
  // The flow of a student is not its own.
  if (model.info.sampling.student === undefined) await printBits(model, out);
}

/** Draws what sentences say; a student is guided already. */
async function drawWords(model: Model, { folder, out }: { folder: string; out: Printer }): Promise<void> {
  const text = sentences.flatMap((sentence) => new Array<string>(ofEach).fill(sentence));
  const guidance = model.info.sampling.student === undefined ? 2 : 1;
  const { samples, seconds } = await model.given({ text, guidance }).sample({ count: text.length, batch: text.length });
  const file = join(folder, pictureOf(model, 'words'));
  await samples.save(file, { columns: 2 * ofEach });
  out.line(`${sentences.join(', ')}: ${ofEach} of each in ${seconds.toFixed(1)} s: ${file}`);
}

async function printBits(model: Model, out: Printer): Promise<void> {
  const { ref } = model.trained.config.data;
  try {
    const { set, part } = await imagesOf(model);
    const started = performance.now();
    const rows = Array.from({ length: bitsOf }, (_, row) => row);
    const computation = model.logLikelihood(set, { rows, tolerance: 1e-3, batch: bitsOf });
    for await (const { end } of computation) out.progress(`bits/dim of ${end} of ${bitsOf} images`);
    const { mean, method } = await computation;
    const seconds = (performance.now() - started) / 1000;
    out.line(
      `${method === 'ode' ? '' : 'at most '}${mean.value.toFixed(2)} ± ${mean.standardError.toFixed(2)} bits/dim over ${bitsOf} images of ${ref} (${part}), in ${duration(seconds)}`,
    );
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    out.line(`no bits/dim of test images, for want of data: ${error.message}`);
  } finally {
    out.done();
  }
}

/** Images of a model's data, those for measuring where there are any; only of files that are here already. */
async function imagesOf({ trained }: Model): Promise<{ readonly set: DataSet; readonly part: 'test' | 'train' }> {
  const { ref, ...options } = trained.config.data;
  try {
    return { set: await openDataSet(ref, { ...options, mirrors: [], split: 'test' }), part: 'test' };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { set: await openDataSet(ref, options), part: 'train' };
  }
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(0)} %`;
}
