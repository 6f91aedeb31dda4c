/** @file Damaged images as starts of bridges: their shape for every task, and the law of what the exact drift draws from them. */
import { describe, expect, it } from 'vitest';
import { map } from '../../../src/base/arith.ts';
import { foldIn, key, split } from '../../../src/base/key.ts';
import { inverseCholesky } from '../../../src/base/cholesky.ts';
import { normalBatch } from '../../../src/base/random.ts';
import { takeRows, zeros, type Tensor } from '../../../src/base/tensor.ts';
import { followDrift } from '../../../src/bridge/paths.ts';
import { taskList } from '../../../src/catalog/restorations/inverse-tasks.ts';
import { damaged, imagesOfMeasurement } from '../../../src/model/bridge/damage.ts';
import { namedTask } from '../../../src/model/restoration/named-task.ts';
import { modelUnits } from '../../../src/model/restoration/restoration.ts';
import { measure } from '../../../src/inverse/measurement.ts';

/** Floats of 0 to 1 as numbers of -1 to 1. */
const scaler = { kind: 'range', shift: [0.5], factor: 2, range: [0, 1] } as unknown as Parameters<typeof damaged>[1];

describe('what is measured, as images', () => {
  it.each(taskList.map(({ name }) => name))(
    'has the shape of the images and is exact where nothing is lost: %s',
    (task) => {
      const shape = [task === 'colorize' ? 3 : 1, 16, 16];
      const own = namedTask(shape, { task }, 3);
      const x = map(normalBatch(split(key(1), 2), shape), (value) => 0.5 + 0.1 * value);
      const y = own.operator.apply(x);
      const back = imagesOfMeasurement(own, y);
      expect(back.shape).toEqual([2, ...shape]);
      if (task === 'ct') return; // whose inverse is filtered back projection, an approximation
      // Measured again it is what was measured: nothing was lost on the way back. Blurs are left as they are.
      if (task === 'deblur') expect(back).toBe(y);
      else own.operator.apply(back).data.forEach((value, i) => expect(value).toBeCloseTo(y.data[i]!, 6));
    },
  );
});

/** Correlated Gaussian images around gray, of which means of blocks are known, with noise. */
const [side, noise, epsilon] = [4, 0.05, 0.05];
const shape = [1, side, side];
const d = side * side;
const at = (i: number, j: number): number => i * d + j;
const indices = Array.from({ length: d }, (_, i) => i);
const matrix = (of: (i: number, j: number) => number): Float64Array => Float64Array.from({ length: d * d }, (_, n) => of(Math.floor(n / d), n % d)); // prettier-ignore
const product = (a: Float64Array, b: Float64Array): Float64Array => matrix((i, j) => indices.reduce((sum, n) => sum + a[at(i, n)]! * b[at(n, j)]!, 0)); // prettier-ignore
const transposed = (a: Float64Array): Float64Array => matrix((i, j) => a[at(j, i)]!);
const times = (a: Float64Array, x: ArrayLike<number>): number[] => indices.map((i) => indices.reduce((sum, j) => sum + a[at(i, j)]! * x[j]!, 0)); // prettier-ignore
function inverse(a: Float64Array): Float64Array {
  const { inverse: lower } = inverseCholesky(a, d);
  return product(transposed(lower), lower);
}

describe('paths from damaged images', () => {
  it('end in the posterior of the images, by the drift of the bridges that begin there', async () => {
    const task = namedTask(shape, { task: 'superres', factor: 2 }, 0);
    const { factor, offset } = modelUnits(scaler);
    expect([factor, offset]).toEqual([2, -1]);
    // In the range of the model: prior N(0, C), and starts A+ A x_0 + A+ n, which lie in the space of block means.
    const prior = matrix((i, j) => 0.04 * Math.exp(-Math.hypot((i % side) - (j % side), Math.floor(i / side) - Math.floor(j / side)) / 2)); // prettier-ignore
    const unit = zeros([d, ...shape]);
    indices.forEach((i) => (unit.data[at(i, i)] = 1));
    const shown = imagesOfMeasurement(task, task.operator.apply(unit)).data;
    const projection = matrix((i, j) => shown[at(j, i)]!);
    // Block means are of 4 pixels each: A+ n has covariance (2 noise)^2 A+ A+', which is 4 of the projection.
    const lost = product(projection, transposed(projection)).map((value) => 4 * (2 * noise) ** 2 * value);
    const gained = product(product(projection, prior), transposed(projection)).map((value, i) => value + lost[i]!);
    // Of the start alone the covariance has no inverse outside of the block means; what is added there multiplies zeros.
    const gain = product(product(prior, transposed(projection)), inverse(gained.map((value, n) => value + (Math.floor(n / d) === n % d ? 1 : 0) - projection[n]!))); // prettier-ignore
    const truth: Tensor = { shape: [1, ...shape], data: Float64Array.from({ length: d }, (_, i) => 0.3 * Math.sin(i)) };
    const start = damaged({ task, noise }, scaler, truth, [key(5)]);
    expect(start.data).toEqual(map(imagesOfMeasurement(task, measure([key(5)], { operator: task.operator, noiseStd: noise }, map(truth, (value) => (value + 1) / 2)).y), (value) => 2 * value - 1).data); // prettier-ignore
    const mean = times(gain, start.data);
    const explained = product(gain, product(projection, prior));
    const covariance = prior.map((value, i) => value - explained[i]!);

    const n = 4000;
    const drift = (x: Tensor, t: number): Tensor => {
      // x_t given the start is N((1 - t) m + t start, (1 - t)^2 S + epsilon t (1 - t)), of which the mean of x_0 given x_t follows.
      const spread = matrix(
        (i, j) => (1 - t) ** 2 * covariance[at(i, j)]! + (i === j ? epsilon * t * (1 - t) + 1e-15 : 0),
      );
      const pull = product(covariance, inverse(spread)).map((value) => (1 - t) * value);
      const out = zeros(x.shape);
      for (let row = 0; row < n; row++) {
        const own = x.data.subarray(row * d, (row + 1) * d);
        const moved = times(pull, indices.map((i) => own[i]! - (1 - t) * mean[i]! - t * start.data[i]!)); // prettier-ignore
        indices.forEach((i) => (out.data[row * d + i] = (mean[i]! + moved[i]! - own[i]!) / t));
      }
      return out;
    };
    const paths = followDrift(
      { drift, epsilon },
      takeRows(start, new Array<number>(n).fill(0)),
      split(foldIn(key(6), 'paths'), n),
    );
    let next = await paths.next();
    while (next.done !== true) next = await paths.next();
    const { data } = next.value;
    const column = (i: number): number[] => Array.from({ length: n }, (_, row) => data[row * d + i]!);
    for (const i of indices) {
      const values = column(i);
      const found = values.reduce((sum, value) => sum + value, 0) / n;
      const variance = values.reduce((sum, value) => sum + (value - found) ** 2, 0) / (n - 1);
      const own = covariance[at(i, i)]!;
      // 4 standard errors of 4000 paths; that of a variance is sqrt(2 / n) = 2.2 % of it, and 20 steps take 1 % of it away.
      expect(Math.abs(found - mean[i]!) / Math.sqrt(own / n), `mean ${i}`).toBeLessThan(4);
      expect(Math.abs(variance / own - 1), `variance ${i}`).toBeLessThan(4 * Math.sqrt(2 / n) + 0.01);
    }
  });

  it('end in the law of all images alone by the drift that does not see where they began', async () => {
    // Of x_0 from N(0, 1) and x_1 = x_0 + n, n of variance 1: the projection of the bridges has the drift x (1 / V - 1) / t with V = 1 + t^2 + epsilon t (1 - t).
    const [n, strong] = [20_000, 0.5];
    const own = (t: number): number => 1 + t ** 2 + strong * t * (1 - t);
    const x0 = normalBatch(split(key(7), n), [1]);
    const starts = map(normalBatch(split(key(8), n), [1]), (value, i) => x0.data[i]! + value);
    const drift = (x: Tensor, t: number): Tensor => map(x, (value) => (-value * (t + strong * (1 - t))) / own(t));
    const paths = followDrift({ drift, epsilon: strong }, starts, split(key(9), n));
    let next = await paths.next();
    while (next.done !== true) next = await paths.next();
    const { data } = next.value;
    const moment = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a, (value, i) => value * b[i]!).reduce((sum, value) => sum + value, 0) / n; // prettier-ignore
    const slope = moment(data, starts.data) / moment(starts.data, starts.data);
    // Its slope on the start is sqrt(1 / V(1)) exp(-epsilon / 2 integral of 1 / V), where that of the posterior mean is 1 / 2.
    const integral = Array.from({ length: 1000 }, (_, k) => 1 / own((k + 0.5) / 1000) / 1000).reduce((a, b) => a + b);
    const exact = Math.sqrt(1 / 2) * Math.exp((-strong / 2) * integral);
    // Standard errors: of the slope sqrt((1 - 2 slope^2) / 2 / n) = 0.0025, of the variance 1 %; 20 steps take some 1 % of it away.
    expect(Math.abs(slope - exact)).toBeLessThan(4 * 0.0025 + 0.002);
    expect(Math.abs(moment(data, data) - 1)).toBeLessThan(0.05);
    expect(exact - 0.5).toBeGreaterThan(0.05);
  });
});
