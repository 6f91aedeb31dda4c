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
 * @param samples - that are computed at a time, independent of each other, with as many threads side by side; 1 by default,
 * with all threads within each operator
 * @throws UnsupportedError if the device cannot be used.
 */
export async function engine({ threads = 2, device = 'cpu' }: EngineFlags, samples = 1): Promise<Backend> {
  await requireDevice(device);
  return nodeBackend({ threads, device, workers: Math.min(threads, samples), cache: cacheOf('programs', {}) });
}
