/** @file Half the resolution by an orthonormal map, under which noise stays noise. */
import { combine, dotPerSample } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import { batchOf, expectShape, sizeOf, tensor, zeros, type Shape, type Tensor } from '../../base/tensor.ts';

/** U, whose columns are orthonormal, between samples and those of half the side. */
export interface Halving {
  /** Of samples. */
  readonly shape: Shape;
  /** Of samples of half the side. */
  readonly half: Shape;
  /** U^T x is this often the mean over each window: 2 of images, sqrt(2) of sequences and points. */
  readonly factor: number;
  /** U^T x, `[B, ...half]`. */
  readonly down: (x: Tensor) => Tensor;
  /** U y, `[B, ...shape]`. */
  readonly up: (y: Tensor) => Tensor;
  /** x - U U^T x: what halving loses. */
  readonly detail: (x: Tensor) => Tensor;
}

/**
 * Orthonormal pooling of samples `[C, ...]` along all axes but the channels, or of points `[d]` in pairs of neighbors: means over windows of 2, times
 * the square root of the size of a window. U^T U = I, so that U^T x_t = alpha U^T x_0 + sigma z with noise of the same law.
 * @throws ConfigError unless every halved axis is even.
 * @see Jing et al. 2022, "Subspace diffusion generative models", section 3
 */
export function halving(shape: Shape): Halving {
  const axes = shape.length === 1 ? shape : shape.slice(1);
  const channels = shape.length === 1 ? 1 : sizeOf(shape.slice(0, 1));
  checkOptions([
    axes.length > 0 && axes.every((side) => side % 2 === 0),
    'shape',
    `expected sides that can be halved, got [${shape.join(', ')}]`,
  ]);
  const halves = axes.map((side) => side / 2);
  const half = shape.length === 1 ? halves : [channels, ...halves];
  const factor = Math.sqrt(2 ** axes.length);
  const window = parents(axes);
  const [size, low] = [sizeOf(shape), sizeOf(half)];
  const [each, eachLow] = [size / channels, low / channels];
  const down = (x: Tensor): Tensor => {
    expectShape(x, [undefined, ...shape], 'x');
    const out = zeros([batchOf(x), ...half]);
    for (let i = 0; i < x.data.length; i++) {
      const at = Math.floor(i / each) * eachLow + (window[i % each] ?? 0);
      out.data[at] = (out.data[at] ?? 0) + (x.data[i] ?? 0) / factor;
    }
    return out;
  };
  const up = (y: Tensor): Tensor => {
    expectShape(y, [undefined, ...half], 'y');
    const data = Float64Array.from(
      { length: batchOf(y) * size },
      (_, i) => (y.data[Math.floor(i / each) * eachLow + (window[i % each] ?? 0)] ?? 0) / factor,
    );
    return tensor(data, [batchOf(y), ...shape]);
  };
  return { shape, half, factor, down, up, detail: (x) => combine([1, x], [-1, up(down(x))]) };
}

/** The window of each place of a channel, row-major. */
function parents(axes: readonly number[]): Int32Array {
  return Int32Array.from({ length: sizeOf(axes) }, (_, place) => {
    let [rest, at, stride] = [place, 0, 1];
    for (const side of axes.toReversed()) {
      at += stride * Math.floor((rest % side) / 2);
      stride *= side / 2;
      rest = Math.floor(rest / side);
    }
    return at;
  });
}

/**
 * s_perp^2: the mean square of what halving loses, per number that is lost.
 * @param x - samples `[n, ...shape]`
 */
export function detailVariance({ shape, half, detail }: Halving, x: Tensor): number {
  const lost = detail(x);
  const total = dotPerSample(lost, lost).reduce((sum, value) => sum + value, 0);
  return total / (batchOf(x) * (sizeOf(shape) - sizeOf(half)));
}
