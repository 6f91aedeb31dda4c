/** @file Bridges by folder. */
import { FileError } from '../../base/errors.ts';
import { directionOf, lightDirection, type BridgeDirection } from '../../model/bridge/bridge-direction.ts';
import { trainedOf } from '../../model/trained.ts';
import { bridgeOf, directionFolder, readBridge } from '../../run/folder/bridge.ts';
import { isLight, readLight } from '../../run/folder/light-file.ts';
import { loadAnyRun } from '../../run/load.ts';
import { nodeHost, type EngineOptions } from '../host.ts';

/** Options of `openBridge`. */
export interface OpenBridgeOptions extends EngineOptions {
  /** Step of the checkpoint; the latest by default. */
  readonly checkpoint?: number | undefined;
}

/**
 * Opens one direction of a trained bridge.
 * @param path - folder of a direction, or of a bridge, whose forward direction it is
 * @throws FileError if there is none, or its files are damaged.
 * @example
 * ```ts
 * import { bridgeRun, openBridge } from 'scorefield/node';
 * import { key, normalBatch, split } from 'scorefield';
 *
 * const { run } = await bridgeRun('two-moons', 'spirals', { out: 'runs/bridge', rounds: 1, steps: 20, pairs: 100 });
 * const forward = await openBridge(run);
 * const { samples } = await forward.carry(normalBatch(split(key(0), 4), [2]));
 * console.log(samples.data);
 * ```
 */
export async function openBridge(
  path: string,
  { checkpoint, ...engine }: OpenBridgeOptions = {},
): Promise<BridgeDirection> {
  const found = bridgeOf(path);
  if (found === undefined)
    throw new FileError(path, 'expected a bridge, as scorefield bridge makes it, or one of its directions, found none');
  const { method, epsilon } = readBridge(found.bridge);
  return openDirection(directionFolder(found.bridge, found.direction), { method, epsilon }, { checkpoint, ...engine });
}

/** Opens the run of a round of a bridge. */
export async function openDirection(
  folder: string,
  parts: { readonly method: string; readonly epsilon: number },
  { checkpoint, ...engine }: OpenBridgeOptions = {},
): Promise<BridgeDirection> {
  if (isLight(folder)) {
    if (checkpoint !== undefined)
      throw new FileError(folder, 'a light bridge has no checkpoints; leave --checkpoint out');
    return lightDirection(nodeHost(engine), readLight(folder), { name: folder, ...parts });
  }
  const loaded = loadAnyRun(folder, checkpoint);
  return directionOf(nodeHost(engine), trainedOf(loaded, folder), { name: folder, ...parts });
}
