/** @file What the named tasks measure with: masks, kernels, sums and columns from what users say. */
import { checkOptions, positiveInteger, type Rule } from '../../base/check.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { sizeOf, type Shape, type Tensor } from '../../base/tensor.ts';
import { gaussianKernel, motionKernel } from '../../inverse/operator/sensing/blur.ts';
import { cartesianColumns } from '../../inverse/operator/scans/cartesian-columns.ts';
import { hadamardSensing } from '../../inverse/operator/sensing/hadamard.ts';
import { boxMask, halfMask, randomMask } from '../../inverse/operator/sensing/mask.ts';
import { gaussianSensing } from '../../inverse/operator/sensing/matrix.ts';
import type { LinearOperator } from '../../inverse/operator/operator.ts';
import { normalInverse, pseudoInverse } from '../../inverse/operator/solve.ts';

/**
 * The known pixels of a mask that has a name.
 * @throws ConfigError if it has none.
 */
export function maskOf(known: Tensor | string, shape: Shape, key: Key): Tensor {
  if (typeof known !== 'string') return known;
  const [, height = 1, width = 1] = shape;
  const hidden = /^random:(.+)$/.exec(known)?.[1];
  if (hidden !== undefined) {
    const share = Number(hidden);
    const fits = share > 0 && share < 1;
    checkOptions([fits, 'mask', `expected random:P with P, the share of hidden pixels, between 0 and 1, got ${known}`]);
    return randomMask(foldIn(key, 'mask'), [height, width], 1 - share);
  }
  if (known === 'half') return halfMask([height, width], 'left');
  checkOptions([known === 'box', 'mask', `expected box, half, random:P or the path of a picture, got ${known}`]);
  // The middle of both axes: a quarter of the pixels.
  const [tall, wide] = [Math.max(1, height >> 1), Math.max(1, width >> 1)];
  return boxMask([height, width], { top: (height - tall) >> 1, left: (width - wide) >> 1, height: tall, width: wide });
}

/**
 * A Gaussian kernel of a standard deviation, or that of a motion such as motion:9 or motion:9:45.
 * @throws ConfigError if it is neither, or is larger than the image.
 */
export function kernelOf([, height = 1, width = 1]: Shape, kind: number | string): Tensor {
  const side = Math.min(height, width);
  if (typeof kind === 'string') return motionOf(kind, side);
  const most = Math.floor((side - 1) / 2) / 3;
  const message = `expected at most ${most.toPrecision(2)}, as three of it on either side must fit in ${side} pixels, got ${kind}`;
  checkOptions([2 * Math.ceil(3 * kind) + 1 <= side, 'blur', message]);
  return gaussianKernel(kind);
}

function motionOf(kind: string, side: number): Tensor {
  const [, length = '', degrees = '0'] = /^motion:([\d.]+)(?::(-?[\d.]+))?$/.exec(kind) ?? [];
  // The kernel has a pixel more than the half of the motion on either side of the middle.
  const most = 2 * Math.floor((side - 3) / 2);
  const sound = Number(length) > 0 && Number(length) <= most && Number.isFinite(Number(degrees));
  const message = `expected a standard deviation in pixels, motion:L or motion:L:A with a length L above 0, at most ${most} pixels, and an angle A in degrees, got ${kind}`;
  checkOptions([sound, 'blur', message]);
  return motionKernel({ length: Number(length), angle: (Number(degrees) * Math.PI) / 180 });
}

/** Most numbers of a matrix; in memory they are 256 MiB. */
export const mostNumbers = 2 ** 25;

/**
 * Sums with random signs where the size allows it, else with random weights.
 * @throws ConfigError unless the rate is one of 0 to 1, and a matrix fits in memory.
 */
export function randomSums(key: Key, shape: Shape, rate: number): LinearOperator {
  const n = sizeOf(shape);
  checkOptions([rate > 0 && rate <= 1, 'rate', `expected a share above 0, at most 1, got ${rate}`]);
  const m = Math.max(1, Math.round(rate * n));
  const own = foldIn(key, 'sums');
  if (2 ** Math.round(Math.log2(n)) === n) return hadamardSensing(own, shape, m);
  const most = Math.floor(mostNumbers / n) / n;
  checkOptions([
    m * n <= mostNumbers,
    'rate',
    `expected at most ${most.toPrecision(2)} for images of ${n} values, which are not a power of two and need a matrix, got ${rate}`,
  ]);
  return gaussianSensing(own, shape, m);
}

/** Digits and iterations that a step of a sampler needs, whose own errors are larger; to the last digit it takes hundreds. */
const stopping = { tolerance: 1e-3, maxIterations: 40 };

/** An operator without closed forms whose inverses stop early, which regularizes them too. */
export function stoppedEarly(operator: LinearOperator): LinearOperator {
  return {
    ...operator,
    pseudoInverse: (y) => pseudoInverse(operator, y, stopping),
    normalInverse: (y, lambda) => normalInverse(operator, y, lambda, stopping),
  };
}

/**
 * Columns of a Cartesian scan, among them always that of frequency zero.
 * @throws ConfigError unless the acceleration leaves a column.
 */
export function columnsOf(width: number, acceleration: number): readonly number[] {
  const rules: readonly Rule[] = [
    [
      acceleration >= 1 && acceleration <= width,
      'acceleration',
      `expected a number of 1 to ${width}, the columns of the image, got ${acceleration}`,
    ],
    positiveInteger('width', width),
  ];
  checkOptions(...rules);
  return cartesianColumns(width, { acceleration });
}

/**
 * Angles of a scan.
 * @throws ConfigError if each pixel of the image in each of them were more numbers than a measurement takes in reasonable time.
 */
export function anglesOf(shape: Shape, angles: number): number {
  const most = Math.floor(mostNumbers / sizeOf(shape));
  checkOptions([angles <= most, 'angles', `expected at most ${most} for images of this size, got ${angles}`]);
  return angles;
}

/** @throws ConfigError unless the images have the channels that a task takes. */
export function checkChannels(name: string, [channels = 1]: Shape, [expected, word]: readonly [number, string]): void {
  const message = `${name} takes ${word} images of ${expected} channel${expected === 1 ? '' : 's'}, and the run has ${channels}`;
  checkOptions([channels === expected, 'task', message]);
}
