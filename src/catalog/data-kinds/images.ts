/** @file Images as a kind of data. */
import { map } from '../../base/arith.ts';
import { isOfBytes } from '../../data/float-images.ts';
import { imageSets } from '../../data/kinds/images.ts';
import { imageGrid } from '../../plot/png.ts';
import { dataKind } from './data-kind.ts';

export const images = dataKind({
  ...imageSets,
  name: 'images',
  description: 'images of bytes, [channels, height, width]',
  unit: (scaler) => (isOfBytes(scaler) ? 'gray levels of 256' : 'units of the data'),
  network: 'ddpmpp',
  // Images in [-1, 1) have about half the standard deviation of points.
  sigmaData: 0.5,
  lowDimensional: false,
  // The published learning rate of 2e-4 is for runs of a million steps; on a CPU there are tens of thousands.
  train: { batch: 64, learningRate: 5e-4 },
  image: (set, { columns }) => imageGrid(set, { columns }),
  pictured: 100,
  snapshot: 16,
  // c + (x - alpha c) / sqrt(alpha^2 + sigma^2 / s^2), for data with mean c and standard deviation s.
  visible: (x, { scaler }, { alpha, sigma }) => {
    const [center, std] = scaler.kind === 'unit' ? [0.5, 0.25] : [0, 0.5];
    const contrast = 1 / Math.hypot(alpha, sigma / std);
    return map(x, (value) => center + (value - alpha * center) * contrast);
  },
});
