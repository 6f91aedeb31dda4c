/** @file The engine of a command. */
import type { Device } from '../backend/device.ts';
import { nodeBackend, requireDevice } from '../backend/ort-node.ts';
import type { Backend } from '../backend/program.ts';
import { cacheOf } from '../data/places.ts';

/** Options of commands that run a network. */
export interface EngineFlags {
  readonly threads?: number;
  readonly device?: Device;
}

/**
 * The engine that is asked for, which has been found to work. It keeps prepared programs in the cache folder.
 * @throws UnsupportedError if the device cannot be used.
 */
export async function engine({ threads = 2, device = 'cpu' }: EngineFlags): Promise<Backend> {
  await requireDevice(device);
  return nodeBackend({ threads, device, cache: cacheOf('programs', {}) });
}
