/** @file Static graphs with derivatives, and the machines that run them: what `scorefield/graph` exports. */
export * from './graph/index.ts';
export type { Arrays, Backend, Feeds, DeviceArray, Program } from './backend/program.ts';
export { interpreter } from './backend/interpreter.ts';
export { lower } from './backend/onnx/onnx-rules.ts';
export type { OnnxAbout } from './backend/onnx/onnx-model.ts';
