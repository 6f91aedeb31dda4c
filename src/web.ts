/** @file What the library adds in the browser: ONNX Runtime's WebAssembly engine, arrays and pictures from bytes. */
export { arraySet, npySet, npzSet } from './data/arrays/array-set.ts';
export { emojiGroups, emojiSet, type EmojiGroup } from './data/sets/emoji-sheet.ts';
export { formatNpy, parseNpy, type NpyArray, type NpyData } from './data/arrays/npy.ts';
export { formatNpz, parseNpz } from './data/arrays/npz.ts';
export { encodePng, imageGrid, type GridOptions, type Image, type ImageStack } from './plot/png.ts';
export type { WasmLocation, WebOptions } from './backend/browser/ort-browser.ts';
export { webBackend } from './backend/browser/ort-web.ts';
export { webgpuBackend } from './backend/browser/ort-webgpu.ts';
export { openModel, trainModel, type WebEngineOptions } from './web/open-model.ts';
export * from './model/index.ts';
