/** @file Mixtures of the literature, with exact scores at every noise level, in the units of their data. */
import { foldIn, type Key } from '../base/key.ts';
import { normal } from '../base/random.ts';
import { tensor, type Tensor } from '../base/tensor.ts';
import type { Mixture } from '../data/dataset.ts';
import { drawMixture } from '../data/sets/toy.ts';
import { gridPoints, type Grid } from '../plot/svg-layers.ts';
import type { AxisRange } from '../plot/svg-frame.ts';
import { gaussianMixture, type ExactMarginals, type GaussianMixture } from '../sde/exact/gaussian-mixture.ts';
import type { Sde } from '../sde/sde.ts';

/**
 * Two Gaussians of variance 1: a fifth of the points at (-5, -5), the rest at (5, 5).
 * @see Song and Ermon 2019, section 3.2.2
 */
export const ncsnMixture: Mixture = {
  weights: [0.2, 0.8],
  means: [
    [-5, -5],
    [5, 5],
  ],
  stds: [1, 1],
};

/** Gaussians of one variance at (1, 1), which has the given weight, and at (-1, -1). */
export function eliavMixture({ weight, variance }: { readonly weight: number; readonly variance: number }): Mixture {
  const means = [
    [1, 1],
    [-1, -1],
  ];
  return { weights: [weight, 1 - weight], means, stds: means.map(() => Math.sqrt(variance)) };
}

/** A mixture with its means as one tensor. */
export function asTensors({ weights, means, stds }: Mixture): GaussianMixture & Pick<Mixture, 'weights' | 'stds'> {
  return { weights, stds, means: tensor(means.flat(), [means.length, means[0]?.length ?? 0]) };
}

/** Density and score of a mixture under an SDE. */
export function exactMixture(sde: Sde, mixture: Mixture): ExactMarginals {
  return gaussianMixture(sde, asTensors(mixture));
}

/** Points of a mixture in the plane plus noise of a standard deviation, `[n, 2]`; the same points for every noise level. */
export function noisyPoints(mixture: Mixture, key: Key, { n, level }: { n: number; level: number }): Tensor {
  const { values } = drawMixture('mixture', mixture, foldIn(key, 'data'), n);
  const noise = normal(foldIn(key, 'noise'), values.length);
  return tensor(
    values.map((value, j) => value + level * (noise[j] ?? 0)),
    [n, 2],
  );
}

/** The centers of the cells of a grid over a square part of the plane, `[rows * columns, 2]`. */
export function plane(side: AxisRange, grid: Grid): Tensor {
  return tensor(gridPoints(side, side, grid), [grid.columns * grid.rows, 2]);
}
