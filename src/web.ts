/** @file What the library adds in the browser: ONNX Runtime's WebAssembly engine, arrays and pictures from bytes. */
export { arraySet, npySet, npzSet } from './data/array-set.ts';
export { emojiGroups, emojiSet, type EmojiGroup } from './data/emoji-sheet.ts';
export { formatNpy, parseNpy, type NpyArray, type NpyData } from './data/npy.ts';
export { formatNpz, parseNpz } from './data/npz.ts';
export { encodePng, imageGrid, type GridOptions, type Image, type ImageStack } from './io/png.ts';
export type { WasmLocation, WebOptions } from './backend/ort-browser.ts';
export { webBackend } from './backend/ort-web.ts';
export { webgpuBackend } from './backend/ort-webgpu.ts';
export { openModel, trainModel, type WebEngineOptions } from './web/open-model.ts';
export * from './model/index.ts';
