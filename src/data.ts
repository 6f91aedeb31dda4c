/** @file Data sets, scaling, arrays and parameter files as bytes: what `scorefield/data` exports. */
export {
  classesOf,
  kindOf,
  sampleShape,
  scalerOf,
  type DataSet,
  type ImageSet,
  type Labeled,
  type Mixture,
  type OwnSet,
  type PointSet,
  type SetKind,
} from './data/dataset.ts';
export { codingSize, textRow, unknownWords, type TextCoding, type UnknownWord } from './data/texts/text-coding.ts';
export { commonestWords, wordsOf, type Texts } from './data/texts/words.ts';
export { loadBatch } from './data/batch.ts';
export { largestDistance, type LargestDistance } from './data/largest-distance.ts';
export {
  affineCodec,
  bitsOffset,
  logDetNats,
  scaled,
  toBytes,
  unscaled,
  type Codec,
  type Scaler,
} from './data/scaler.ts';
export { formatNpy, parseNpy, type NpyArray } from './data/arrays/npy.ts';
export { imageSets } from './data/kinds/images.ts';
export { pointSets } from './data/kinds/points.ts';
export { drawPhantom, drawPhantoms, type PhantomOptions } from './data/sets/phantoms.ts';
export { drawMixture, toys } from './data/sets/toy.ts';
export { griffinLim, type GriffinLimOptions } from './base/sound/griffin-lim.ts';
export { magnitudesOfLevels, melLevels, type MelForm } from './base/sound/mel.ts';
export { resampled } from './base/sound/resample.ts';
export { inverseStft, stft, type FrameForm, type Stft } from './base/sound/stft.ts';
export { usualMel } from './data/sounds/sound.ts';
export { readWav, writeWav, type Recording } from './data/sounds/wav.ts';
export { decodeSafetensors, encodeSafetensors, type Safetensors, type StoredTensor } from './io/safetensors.ts';
