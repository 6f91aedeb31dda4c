/** @file Images as a kind of data. */
import { map } from '../../base/arith.ts';
import { isOfBytes } from '../../data/float-images.ts';
import { imageSets } from '../../data/kinds/images.ts';
import { imageGrid } from '../../plot/png.ts';
import { dataKind } from './data-kind.ts';

/** Positions a side of the coarsest level of the default network at most, and sides of images from which it sees squares of 2 x 2 pixels. */
const [coarsest, squares] = [8, 16];

/** Levels of 2 widths below the first, until the coarsest has few positions. */
function multipliersFor(positions: number): readonly number[] {
  const multipliers = [1];
  for (let size = positions; size > coarsest; size = Math.ceil(size / 2)) multipliers.push(2);
  return multipliers;
}

export const images = dataKind({
  ...imageSets,
  name: 'images',
  description: 'images of bytes, [channels, height, width]',
  unit: (scaler) => (isOfBytes(scaler) ? 'gray levels of 256' : 'units of the data'),
  network: 'ddpmpp',
  // Images in [-1, 1) have about half the standard deviation of points.
  sigmaData: 0.5,
  lowDimensional: false,
  // Samples of a class are nearer to those of the data at equal time of training, and so are those of all classes together.
  conditional: true,
  // The published learning rate of 2e-4 is for runs of a million steps; on a CPU there are tens of thousands.
  train: { batch: 64, learningRate: 5e-4 },
  // docs/recipe.md has what was tried.
  recipe: {
    process: 'edm',
    net: (size, asked) => {
      const side = Math.min(...size);
      const { patch = side < squares ? 1 : 2 } = asked;
      const positions = typeof patch === 'number' && patch > 1 ? Math.ceil(side / patch) : side;
      return { patch, blocks: 1, multipliers: multipliersFor(positions) };
    },
    loss: { timesMean: 0, timesStd: 1 },
    train: { optimizer: 'muon', batch: 32, learningRate: 1e-2, warmup: 50, decay: 'cosine' },
  },
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
