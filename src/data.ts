/** @file Data sets, scaling, arrays and parameter files as bytes: what `scorefield/data` exports. */
export { classesOf, sampleShape, type DataSet, type ImageSet, type Labeled, type PointSet } from './data/dataset.ts';
export { loadBatch } from './data/batch.ts';
export { largestDistance, type LargestDistance } from './data/largest-distance.ts';
export { bitsOffset, logDetNats, scaled, scalerOf, toBytes, unscaled, type Scaler } from './data/scaler.ts';
export { drawPhantom, drawPhantoms, type PhantomOptions } from './data/sets/phantoms.ts';
export { toys } from './data/sets/toy.ts';
export { decodeSafetensors, encodeSafetensors, type Safetensors, type StoredTensor } from './io/safetensors.ts';
