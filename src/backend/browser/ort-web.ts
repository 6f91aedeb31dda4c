/** @file ONNX Runtime in the browser, on the processor. */
import { InferenceSession, Tensor, env } from 'onnxruntime-web/wasm';
import { onnxRuntime } from '../ort.ts';
import { browserSessions, type Build, type WebOptions } from './ort-browser.ts';
import type { Backend } from '../program.ts';

const build: Build = {
  file: 'ort-wasm-simd-threaded',
  call: 'webBackend',
  load: () => Promise.resolve({ env, InferenceSession, Tensor }),
};

/**
 * ONNX Runtime's WebAssembly on the processor. A run blocks its thread, so that it belongs into a worker. A thread has one
 * engine, which begins with the first program: 14 MB of WebAssembly, 2.3 to 3.7 MB as they are served.
 * @throws ConfigError unless threads is a positive integer, and if there are more than 1 where threads cannot begin; later, if
 * the engine of this thread has started with other options.
 * @throws UnsupportedError later, if the engine cannot begin; the message says what is missing.
 * @example
 * ```ts
 * import { webBackend } from 'scorefield/web';
 *
 * const backend = webBackend({ threads: 2, wasm: '/onnxruntime/' }); // a copy of both files
 * console.log(backend);
 * ```
 */
export function webBackend(options: WebOptions = {}): Backend {
  const runtime = browserSessions(build, options, () => ({
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  }));
  return onnxRuntime(`onnxruntime-web, wasm, ${options.threads ?? 1} threads`, runtime);
}
