/** @file Bridges that restore: the direction that undoes the damage of its folder. */
import { ConfigError } from '../../base/errors.ts';
import { shellCommand } from '../../base/words.ts';
import type { BridgeDirection } from '../../model/bridge/bridge-direction.ts';
import { restoreAlong, type BridgeRestoreOptions, type BridgeSubject } from '../../model/bridge/bridge-restoration.ts';
import type { Damage } from '../../model/bridge/damage.ts';
import type { RestorationStep } from '../../model/restoration/restoration.ts';
import type { Restoration } from '../../model/restoration/restored.ts';
import type { Running, RunOptions } from '../../model/running.ts';
import { bridgeOf, directionFolder, readBridge, type DamageFacts } from '../../run/folder/bridge.ts';
import { nodeHost } from '../host.ts';
import { damageOf } from './damage-facts.ts';
import { openBridge, type OpenBridgeOptions } from './open-bridge.ts';

/** A bridge that restores. */
export interface RestoringBridge extends AsyncDisposable {
  /** Folder of the direction, a run. */
  readonly folder: string;
  readonly direction: BridgeDirection;
  /** What it has learned to undo, as its folder says it and as it damages images. */
  readonly facts: DamageFacts;
  readonly damage: Damage;
  /** Restores images that are measured here, or what was measured of them. */
  restore(
    subject: BridgeSubject,
    options?: BridgeRestoreOptions & RunOptions<RestorationStep>,
  ): Running<RestorationStep, Restoration>;
}

/**
 * Opens a bridge that has learned to undo a damage of images.
 * @param path - folder of the bridge, or of its direction
 * @throws ConfigError if it is between two sets, whose damage is not known.
 * @throws FileError if there is none, or its files are damaged.
 */
export async function openRestoringBridge(path: string, options: OpenBridgeOptions = {}): Promise<RestoringBridge> {
  const direction = await openBridge(path, options);
  const { bridge, direction: which } = bridgeOf(path) ?? { bridge: path, direction: 'backward' };
  const { damage: facts, seed } = readBridge(bridge);
  if (facts === undefined) {
    await direction[Symbol.asyncDispose]();
    const instead = shellCommand('scorefield', 'sample', path, '--init', 'FILE');
    throw new ConfigError([
      {
        path: 'model',
        message: `expected a bridge that was trained with --task, whose damage is known, ${path} is between two sets; carry what is in a file with ${instead}`,
      },
    ]);
  }
  const damage = damageOf({ damage: facts, seed }, direction.data.shape);
  const host = nodeHost(options);
  return {
    ...{ folder: directionFolder(bridge, which), direction, facts, damage },
    restore: (subject, { signal, onProgress, ...how } = {}) =>
      restoreAlong({ ...how, direction, host, damage }, subject, { signal, onProgress }),
    [Symbol.asyncDispose]: () => direction[Symbol.asyncDispose](),
  };
}
