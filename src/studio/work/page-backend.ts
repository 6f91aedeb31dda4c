/** @file The engine of a worker: on the device that the page has chosen, which is the name of the worker. */
import { webBackend } from '../../backend/browser/ort-web.ts';
import { webgpuBackend } from '../../backend/browser/ort-webgpu.ts';
import type { Backend } from '../../backend/program.ts';
import { pageFolder } from './page-folder.ts';

/** The backend, with the files of ONNX Runtime that lie beside the page. */
export function pageBackend(threads: number): Backend {
  const wasm = new URL('ort/', pageFolder);
  return self.name === 'graphics' && 'gpu' in navigator ? webgpuBackend({ wasm }) : webBackend({ wasm, threads });
}
