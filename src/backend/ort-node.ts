/** @file ONNX Runtime in Node. */
import { InferenceSession } from 'onnxruntime-node';
import { ConfigError } from '../base/errors.ts';
import { onnxRuntime } from './ort.ts';
import type { Backend } from './program.ts';

/** Options of the Node backend. */
export interface NodeOptions {
  /** Threads within one operator, at least 1. */
  readonly threads?: number;
  /** Writes a profile of every operator call to a file with this prefix when a program is disposed of. */
  readonly profilePrefix?: string;
}

/**
 * ONNX Runtime's CPU provider in Node.
 * @throws ConfigError if `threads` is not a positive integer.
 */
export function nodeBackend({ threads = 2, profilePrefix }: NodeOptions = {}): Backend {
  if (!Number.isInteger(threads) || threads < 1)
    throw new ConfigError([{ path: 'threads', message: `expected a positive integer, got ${threads}` }]);
  return onnxRuntime(`onnxruntime-node, cpu, ${threads} threads`, (model) =>
    InferenceSession.create(model, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      executionProviders: ['cpu'],
      // A planned block of memory comes on top of what the first run took, which stays: 1.8 times the peak of a training step.
      enableMemPattern: false,
      logSeverityLevel: 3,
      ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    }),
  );
}
