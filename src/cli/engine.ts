/** @file The engine of a command. */
import type { Device } from '../backend/device.ts';
import { nodeBackend, requireDevice } from '../backend/ort-node.ts';
import type { Backend } from '../backend/program.ts';

/** Options of commands that run a network. */
export interface EngineFlags {
  readonly threads?: number;
  readonly device?: Device;
}

/**
 * The engine that is asked for, which has been found to work.
 * @throws UnsupportedError if the device cannot be used.
 */
export async function engine({ threads = 2, device = 'cpu' }: EngineFlags): Promise<Backend> {
  await requireDevice(device);
  return nodeBackend({ threads, device });
}
