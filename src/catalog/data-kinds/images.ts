/** @file Images as a kind of data. */
import { dataKind } from './data-kind.ts';

export const images = dataKind({
  name: 'images',
  description: 'images of bytes, [channels, height, width]',
  shapeOk: (shape) => shape.length === 3,
  unit: 'gray levels of 256',
  network: 'ddpmpp',
  // Images in [-1, 1) have about half the standard deviation of points.
  sigmaData: 0.5,
  // The published learning rate of 2e-4 is for runs of a million steps; on a CPU there are tens of thousands.
  train: { batch: 64, learningRate: 5e-4 },
});
