/** @file Models of shapes by run folder. */
import { checkOptions } from '../base/check.ts';
import { shapeModelTask } from '../catalog/tasks/shape-model.ts';
import { shapeModelOf, type ShapeModel } from '../model/shapes/shape-model.ts';
import { trainedOf } from '../model/trained.ts';
import { loadAnyRun } from '../run/load.ts';
import { nodeHost, type EngineOptions } from './host.ts';

/** Options of `openShapeModel`. */
export interface OpenShapeModelOptions extends EngineOptions {
  /** Step of the checkpoint; the latest by default. */
  readonly checkpoint?: number | undefined;
}

/**
 * Opens a trained model of shapes.
 * @param ref - folder of a run that was trained on shapes
 * @throws ConfigError if it has learned something else.
 * @throws FileError if there is none, or its files are damaged.
 * @example
 * ```ts
 * import { openShapeModel, trainRun } from 'scorefield/node';
 *
 * const data = { points: 64, count: 20 };
 * const { run } = await trainRun('solids', { out: 'runs/solids', steps: 5, config: { data, net: { width: 32, encoderWidth: 32 } } });
 * const model = await openShapeModel(run);
 * const { set } = await model.sample({ count: 2, points: 100, seed: 1 });
 * console.log(set.count, set.points);
 * ```
 */
export async function openShapeModel(
  ref: string,
  { checkpoint, ...engine }: OpenShapeModelOptions = {},
): Promise<ShapeModel> {
  const loaded = loadAnyRun(ref, checkpoint);
  checkOptions([
    loaded.task === shapeModelTask.name,
    'model',
    `expected a run that was trained on shapes, ${ref} learns a ${loaded.task}`,
  ]);
  return shapeModelOf(nodeHost(engine), trainedOf(loaded, ref));
}
