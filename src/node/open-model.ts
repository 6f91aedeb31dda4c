/** @file Models by name, run folder, model folder or file. */
import { checkOptions } from '../base/check.ts';
import { bridgeTask } from '../catalog/tasks/bridge.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { averageOf } from '../run/average.ts';
import { loadAnyRun } from '../run/load.ts';
import { modelNameOf } from '../run/model-box.ts';
import { modelOf, type Model } from '../model/model.ts';
import { trainedOf } from '../model/trained.ts';
import { nodeHost, type EngineOptions } from './host.ts';

/** Options of `openModel`. */
export interface OpenModelOptions extends EngineOptions {
  /** Step of the checkpoint of a run; the latest by default. */
  readonly checkpoint?: number | undefined;
  /** What has a name, for models with things of the user's own. Default what scorefield has. */
  readonly catalog?: Catalog | undefined;
  /**
   * Width of the average of the parameters, as a part of the steps of the training, of a run that stores averages (see `averageRun`). By default
   * the average that was chosen for the run, or that of its training.
   */
  readonly ema?: number | undefined;
}

/**
 * Opens a trained model.
 * @param ref - name of a model that the package ships (`emoji`, `fashion-mnist`), folder of a run, or folder of a packed model
 * @throws FileError if there is none, or its files are damaged.
 * @example
 * ```ts
 * import { openModel } from 'scorefield/node';
 *
 * const model = await openModel('emoji');
 * const { samples } = await model.sample({ count: 4, seed: 1 });
 * await samples.save('faces.png');
 * ```
 */
export function openModel(ref: string, { checkpoint, ema, catalog, ...engine }: OpenModelOptions = {}): Promise<Model> {
  // A promise, so that what cannot be opened is a rejection here as it is in a browser.
  return Promise.resolve().then(() => {
    const loaded = loadAnyRun(ref, checkpoint, catalog);
    checkOptions([
      loaded.task !== bridgeTask.name,
      'model',
      `expected a run that learns a score, ${ref} is a direction of a bridge; carry samples with scorefield sample, or openBridge in a program`,
    ]);
    const name = loaded.model === undefined ? ref : modelNameOf(loaded.run.folder);
    const average = ema === undefined ? loaded.average : averageOf(loaded, ema);
    return modelOf(nodeHost(engine), trainedOf({ ...loaded, ...(average && { average }) }, name, catalog));
  });
}
