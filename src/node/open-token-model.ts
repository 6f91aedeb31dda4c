/** @file Models of tokens by run folder. */
import { checkOptions } from '../base/check.ts';
import { tokenModelTask } from '../catalog/tasks/token-model.ts';
import { tokenModelOf, type TokenModel } from '../model/tokens/token-model.ts';
import { trainedOf } from '../model/trained.ts';
import { loadAnyRun } from '../run/load.ts';
import { nodeHost, type EngineOptions } from './host.ts';

/** Options of `openTokenModel`. */
export interface OpenTokenModelOptions extends EngineOptions {
  /** Step of the checkpoint; the latest by default. */
  readonly checkpoint?: number | undefined;
}

/**
 * Opens a trained model of tokens.
 * @param ref - folder of a run that was trained on text or melodies
 * @throws ConfigError if it has learned something else.
 * @throws FileError if there is none, or its files are damaged.
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { openTokenModel, trainRun } from 'scorefield/node';
 *
 * writeFileSync('lines.txt', 'the cat sat on the mat. '.repeat(40));
 * const { run } = await trainRun('lines.txt', { out: 'runs/lines', steps: 5, config: { data: { length: 16 } } });
 * const model = await openTokenModel(run);
 * const { set } = await model.sample({ count: 2, seed: 1 });
 * console.log(set.count);
 * ```
 */
export async function openTokenModel(
  ref: string,
  { checkpoint, ...engine }: OpenTokenModelOptions = {},
): Promise<TokenModel> {
  const loaded = loadAnyRun(ref, checkpoint);
  checkOptions([
    loaded.task === tokenModelTask.name,
    'model',
    `expected a run that was trained on text or melodies, ${ref} learns a ${loaded.task}`,
  ]);
  return tokenModelOf(nodeHost(engine), trainedOf(loaded, ref));
}
