/** @file What is written down of the machine that trains a run. */
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { env as onnxRuntimeEnv } from 'onnxruntime-common';
import type { Json } from '../io/run-folder.ts';
import { version } from '../io/version.ts';

/** Versions and machine. */
export function environment(): Readonly<Record<string, Json>> {
  return {
    scorefield: version,
    node: process.version,
    onnxruntime: onnxRuntimeEnv.versions.common,
    platform: platform(),
    arch: arch(),
    processors: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
  };
}
