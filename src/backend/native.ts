/**
 * @file onnxruntime-node, loaded when it is first needed: it is a package of 290 MB that data sets and files do without, and that only
 * those install who compute in Node.
 */
import { createRequire } from 'node:module';
import { env } from 'onnxruntime-common';
import type * as OnnxRuntime from 'onnxruntime-node';
import { UnsupportedError } from '../base/errors.ts';
import { keepFreedMemory } from './allocator.ts';
import { switchOffTelemetry } from './telemetry.ts';

type NativeRuntime = typeof OnnxRuntime;

const name = 'onnxruntime-node';
let loaded: NativeRuntime | undefined;

/**
 * The native ONNX Runtime, with its telemetry switched off.
 * @throws UnsupportedError if it is not installed or cannot be loaded on this machine; or in a worker thread, if telemetry cannot be
 * switched off from there.
 */
export function nativeRuntime(): NativeRuntime {
  if (loaded !== undefined) return loaded;
  switchOffTelemetry();
  keepFreedMemory();
  try {
    loaded = createRequire(import.meta.url)(name) as NativeRuntime;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const absent = (cause as { readonly code?: unknown }).code === 'MODULE_NOT_FOUND' && why.includes(`'${name}'`);
    const version = env.versions.common;
    throw new UnsupportedError(
      absent
        ? `computing in Node needs the package ${name}, which is not installed beside scorefield; run ` +
            `\`npm install ${name}@${version} --ignore-scripts\` (-g for a global scorefield)`
        : `${name} ${version} cannot be loaded on this machine, ${process.platform} on ${process.arch}: ${why.split('\n')[0]}`,
      { cause },
    );
  }
  return loaded;
}
