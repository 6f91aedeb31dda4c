/** @file The record of the machine that trains a run. */
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { env as onnxRuntimeEnv } from 'onnxruntime-common';
import type { Device } from '../../backend/device.ts';
import type { Json } from '../../base/json.ts';
import { version } from '../../io/version.ts';

/** Versions, machine, and the device that computes. */
export function environment(device: Device): Readonly<Record<string, Json>> {
  return {
    scorefield: version,
    node: process.version,
    onnxruntime: onnxRuntimeEnv.versions.common,
    platform: platform(),
    arch: arch(),
    processors: availableParallelism(),
    device,
    processor: cpus()[0]?.model ?? 'unknown',
  };
}
