/** @file ONNX Runtime in the browser, as WebAssembly. */
import { InferenceSession, env } from 'onnxruntime-web/wasm';
import { onnxRuntime } from './ort.ts';
import type { Backend } from './program.ts';

/** Options of the browser backend. */
export interface WebOptions {
  /** Threads; more than 1 needs a page that is cross-origin isolated. */
  readonly threads?: number;
}

/** ONNX Runtime's WebAssembly provider; run it in a worker, since a run blocks its thread. */
export function webBackend({ threads = 1 }: WebOptions = {}): Backend {
  env.wasm.numThreads = threads;
  return onnxRuntime(`onnxruntime-web, wasm, ${threads} threads`, (model) =>
    InferenceSession.create(model, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' }),
  );
}
