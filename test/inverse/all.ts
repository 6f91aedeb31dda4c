/** @file Every measurement operator, for the tests that loop over them. */
import { key } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor, zeros, type Shape, type Tensor } from '../../src/base/tensor.ts';
import { blur, gaussianKernel, motionKernel } from '../../src/inverse/operator/sensing/blur.ts';
import { cartesianColumns } from '../../src/inverse/operator/scans/cartesian-columns.ts';
import { clip } from '../../src/inverse/operator/clip.ts';
import { downsample } from '../../src/inverse/operator/sensing/downsample.ts';
import { subsampledFourier } from '../../src/inverse/operator/scans/fourier.ts';
import { hadamardSensing } from '../../src/inverse/operator/sensing/hadamard.ts';
import { identity } from '../../src/inverse/operator/sensing/identity.ts';
import { boxMask, halfMask, mask, randomMask } from '../../src/inverse/operator/sensing/mask.ts';
import { gaussianSensing, gray, matrix } from '../../src/inverse/operator/sensing/matrix.ts';
import type { LinearOperator, NonlinearOperator, Operator } from '../../src/inverse/operator/operator.ts';
import { phaseRetrieval } from '../../src/inverse/operator/phase-retrieval.ts';
import { radon } from '../../src/inverse/operator/scans/radon.ts';

/** Sides are not equal and not all even, so that no axis can be taken for another. */
export const linearOperators: Readonly<Record<string, LinearOperator>> = {
  'identity of images': identity([2, 3, 4]),
  'identity of points': identity([3]),
  'mask of a box': mask([2, 6, 5], boxMask([6, 5], { top: 1, left: 2, height: 3, width: 2 })),
  'mask of a half': mask([3, 5, 5], halfMask([5, 5], 'left')),
  'random mask': mask([2, 5, 6], randomMask(key(1), [5, 6], 0.3)),
  'mask of a vector': mask([3], tensor([0, 1, 0], [3])),
  gray: gray([3, 4, 5]),
  'matrix of points': matrix([3], tensor([1, 2, 3, -1, 0.5, 2], [2, 3])),
  'matrix of channels': matrix([3, 2, 3], tensor([1, 0, 1, 0, 2, 0], [2, 3])),
  'matrix of rank 1': matrix([3], tensor([1, 2, 3, -2, -4, -6], [2, 3])),
  'tall matrix': matrix([2], tensor([1, 2, 0, 1, 3, -1], [3, 2])),
  'tall matrix of rank 1': matrix([2], tensor([1, 2, 2, 4, -1, -2], [3, 2])),
  'two equal sums of a point': matrix([1], tensor([1, 1], [2, 1])),
  'downsample by 1': downsample([1, 3, 4], 1),
  'downsample by 2': downsample([3, 4, 6], 2),
  'downsample by 4': downsample([2, 8, 4], 4),
  'gaussian blur': blur([2, 9, 8], gaussianKernel(0.8)),
  'motion blur': blur([1, 10, 9], motionKernel({ length: 4, angle: 0.7 })),
  'blur with zeros': blur([1, 6, 12], tensor([0.25, 0.25, 0.25, 0.25], [1, 4])),
  'gaussian sensing': gaussianSensing(key(2), [1, 5, 6], 11),
  'hadamard sensing': hadamardSensing(key(3), [2, 4, 4], 13),
  'fourier of complex images': subsampledFourier([2, 6, 12], cartesianColumns(12, { acceleration: 3, center: 0.2 })),
  'fourier of complex odd images': subsampledFourier([2, 5, 7], [0, 3, 4]),
  'fourier of real images': subsampledFourier([1, 6, 12], cartesianColumns(12, { acceleration: 3, center: 0.2 })),
  'fourier of real odd images': subsampledFourier([1, 5, 7], [0, 3, 4, 6]),
  'all of the fourier transform': subsampledFourier([1, 4, 6], [0, 1, 2, 3, 4, 5]),
  'radon of few angles': radon([1, 8, 7], { angles: 5 }),
  'radon of a limited range': radon([2, 6, 6], { angles: 7, span: Math.PI / 3 }),
  'radon of a short detector': radon([1, 6, 8], { angles: 4, detectors: 5 }),
};

export const nonlinearOperators: Readonly<Record<string, NonlinearOperator>> = {
  clip: clip([2, 3, 4]),
  'clip of points': clip([3], { gain: -0.7, low: -0.5, high: 0.2 }),
  'phase retrieval': phaseRetrieval([2, 4, 5]),
  'phase retrieval without oversampling': phaseRetrieval([1, 4, 6], { oversampling: 1 }),
  'phase retrieval at one and a half': phaseRetrieval([1, 5, 4], { oversampling: 1.5 }),
};

export const operators: Readonly<Record<string, Operator>> = { ...linearOperators, ...nonlinearOperators };

/** A batch of noise `[batch, ...shape]`. */
export function noise(shape: Shape, batch: number, seed: number): Tensor {
  return normalBatch(
    Array.from({ length: batch }, (_, i) => key(1000 * seed + i)),
    shape,
  );
}

/** The unit vectors of a shape as a batch `[n, ...shape]`. */
export function unitVectors(shape: Shape): Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  const out = zeros([n, ...shape]);
  for (let i = 0; i < n; i++) out.data[i * n + i] = 1;
  return out;
}

/** Euclidean norm of all numbers of a tensor. */
export function norm({ data }: Tensor): number {
  return Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
}
