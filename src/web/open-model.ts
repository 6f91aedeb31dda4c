/** @file Models in a browser: from a URL, bytes or a file that was dropped. */
import { FileError } from '../base/errors.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { trainedFromBytes } from '../model/model-bytes.ts';
import { modelOf, type Model } from '../model/model.ts';
import type { RunOptions, Running } from '../model/running.ts';
import { trainOn, type TrainingStep, type TrainingData, type TrainModelOptions } from '../model/training.ts';
import { webHost, type WebEngineOptions } from './host.ts';

export type { WebEngineOptions } from './host.ts';

/** Options of `openModel`. */
export interface OpenModelOptions extends WebEngineOptions {
  /** The catalog that has what the model names, such as a kind of data of your own. Default that of scorefield. */
  readonly catalog?: Catalog | undefined;
}

/**
 * Opens a packed model.
 * @param source - URL of a `model.safetensors` that `scorefield pack` wrote, or its bytes, or a Blob or File with them
 * @param options.catalog - what has a name, for models with things of the user's own; what scorefield has by default
 * @throws FileError if it cannot be fetched, or is not a model.
 * @example
 * ```ts
 * import { openModel } from 'scorefield/web';
 *
 * const model = await openModel('models/emoji/model.safetensors');
 * const { samples } = await model.sample({ count: 4, seed: 1 });
 * console.log(URL.createObjectURL(new Blob([samples.toPng()]))); // the address of an image for the page
 * ```
 */
export async function openModel(
  source: string | URL | Uint8Array | Blob,
  { catalog, ...options }: OpenModelOptions = {},
): Promise<Model> {
  const { name, bytes } = await contentOf(source);
  return modelOf(webHost(options), trainedFromBytes(bytes, name, catalog));
}

async function contentOf(
  source: string | URL | Uint8Array | Blob,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  if (source instanceof Uint8Array) return { name: 'the model', bytes: source };
  if (source instanceof Blob) {
    const name = 'name' in source && typeof source.name === 'string' ? source.name : 'the model';
    return { name, bytes: new Uint8Array(await source.arrayBuffer()) };
  }
  const name = String(source);
  const response = await fetch(source).catch((cause: unknown) => {
    throw new FileError(name, 'it cannot be fetched; is the address right, and does its server allow this page?', {
      cause,
    });
  });
  if (!response.ok) throw new FileError(name, `it cannot be fetched: ${response.status} ${response.statusText}`);
  return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
}

/**
 * Trains a model on data in memory, in this page or worker.
 * @throws ConfigError listing every option that is unknown or does not fit the data.
 * @throws NumericalError when the loss, the gradient or the update is not finite.
 */
export function trainModel(
  data: TrainingData,
  options: TrainModelOptions & WebEngineOptions & RunOptions<TrainingStep> = {},
): Running<TrainingStep, Model> {
  return trainOn(webHost(options), data, options);
}
