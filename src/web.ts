/** @file What the library adds in the browser: ONNX Runtime's WebAssembly engine. */
export { webBackend, type WebOptions } from './backend/ort-web.ts';
