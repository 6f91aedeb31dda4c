/** @file ONNX Runtime in the browser, on a graphics processor. */
import { UnsupportedError } from '../../base/errors.ts';
import { onnxRuntime } from '../ort.ts';
import { browserSessions, type Build, type WebOptions } from './ort-browser.ts';
import type { Backend } from '../program.ts';

/** For browsers whose WebAssembly can wait for promises: 17 MB in place of 27. */
const suspending: Build = {
  file: 'ort-wasm-simd-threaded.jspi',
  call: 'webgpuBackend',
  load: () => import('onnxruntime-web/jspi'),
};
const everywhere: Build = {
  file: 'ort-wasm-simd-threaded.asyncify',
  call: 'webgpuBackend',
  load: () => import('onnxruntime-web/webgpu'),
};

/**
 * ONNX Runtime's WebAssembly with WebGPU. Parameters and moments of a training stay on the graphics processor; what it lacks of an
 * operator runs on the processor. It is a function of its own, so that pages without it do not carry its files.
 * @throws ConfigError as `webBackend`.
 * @throws UnsupportedError if the browser has no WebGPU; later, if the engine cannot begin or there is no graphics processor.
 */
export function webgpuBackend(options: WebOptions = {}): Backend {
  const { navigator, WebAssembly } = globalThis as {
    readonly navigator?: { readonly gpu?: unknown };
    readonly WebAssembly?: object;
  };
  if (navigator?.gpu === undefined)
    throw new UnsupportedError(
      'this browser or page has no WebGPU (navigator.gpu), which needs a secure address: https, or localhost; webBackend() computes on the processor',
    );
  const build = 'Suspending' in (WebAssembly ?? {}) ? suspending : everywhere;
  const runtime = browserSessions(build, options, (kept) => ({
    executionProviders: ['webgpu'],
    graphOptimizationLevel: 'all',
    ...(kept.length > 0 && { preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer'])) }),
  }));
  return onnxRuntime('onnxruntime-web, webgpu', runtime, { portable: true });
}
