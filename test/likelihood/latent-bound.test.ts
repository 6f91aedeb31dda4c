import { expect, it } from 'vitest';
import { key, split, type Key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { latentBound } from '../../src/likelihood/latent-bound.ts';
import { logLikelihood } from '../../src/likelihood/log-likelihood.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import { vp } from '../../src/sde/processes/vp.ts';

// Probabilistic PCA, x = W z + s e, with columns of W that are orthogonal, so that the posterior has independent coordinates.
const [s, n] = [0.4, 3];
const columns: readonly (readonly number[])[] = [
  [1.2, 0, 0.9],
  [-0.6, 0.5, 0.8],
];
const norms = columns.map((column) => column.reduce((sum, value) => sum + value ** 2, 0));
const x = tensor(normal(key(3), 3 * n), [n, 3]);
const rows = [0, 1, 2];
const dot = (i: number, k: number): number =>
  columns[k]!.reduce((sum, value, j) => sum + value * x.data[3 * i + j]!, 0);

/** log N(x; 0, W W^T + s^2 I): along each column of W the variance is its square plus s^2. */
const exact = rows.map((i) => {
  const squared = x.data.subarray(3 * i, 3 * i + 3).reduce((sum, value) => sum + value ** 2, 0);
  const along = norms.map((norm, k) => dot(i, k) ** 2 / norm);
  const variances = norms.map((norm) => norm + s ** 2);
  const rest = squared - along[0]! - along[1]!;
  const quadratic = along[0]! / variances[0]! + along[1]! / variances[1]! + rest / s ** 2;
  return -(3 * Math.log(2 * Math.PI) + Math.log(variances[0]! * variances[1]! * s ** 2) + quadratic) / 2;
});

// The prior of z by its probability flow. The process forgets the data, so that its prior is that of z to rounding.
const sde = vp();
const { scoreJvp } = gaussian(sde, { mean: tensor([0, 0], [2]), std: 1 });
const parts = (widen: number, tolerance: number) => ({
  encode: () =>
    Promise.resolve({
      mean: tensor(
        rows.flatMap((i) => norms.map((norm, k) => dot(i, k) / (norm + s ** 2))),
        [n, 2],
      ),
      std: tensor(
        rows.flatMap(() => norms.map((norm) => widen * Math.sqrt(s ** 2 / (norm + s ** 2)))),
        [n, 2],
      ),
    }),
  decode: (z: Tensor) =>
    Promise.resolve(
      tensor(
        rows.flatMap((i) =>
          [0, 1, 2].map((j) => columns[0]![j]! * z.data[2 * i]! + columns[1]![j]! * z.data[2 * i + 1]!),
        ),
        [n, 3],
      ),
    ),
  variance: s ** 2,
  logDensity: async (z: Tensor, keys: readonly Key[]) => {
    const options = { trace: { kind: 'exact' }, rtol: tolerance, atol: tolerance } as const;
    const { logDensityNats, evals } = await logLikelihood({ sde, scoreJvp, keys }, z, options);
    return { nats: logDensityNats, evals };
  },
  keys: split(key(4), n),
});

it('is the exact log density of probabilistic PCA for every draw of the exact posterior', async () => {
  const { byDrawNats, evals } = await latentBound(parts(1, 1e-6), x, { draws: 4 });
  // 1e-4: the flow's tolerance, and the density at tMin = 1e-3 in place of 0, of variance 1 either way.
  for (const i of rows)
    for (let draw = 0; draw < 4; draw++)
      expect(Math.abs(byDrawNats.data[4 * i + draw]! - exact[i]!)).toBeLessThan(1e-4);
  expect(evals.every((count) => count > 4)).toBe(true);
});

it('is below it by the divergence of a posterior that is too wide', async () => {
  // KL(N(m, w^2 v) || N(m, v)) of 2 numbers is w^2 - 1 - 2 log w. With 400 draws of a statistic of standard deviation sqrt(4 / 2) (w^2 - 1)
  // or less, the mean has a standard error of 0.06; 5 of them.
  const widen = 1.5;
  const draws = 400;
  const { byDrawNats } = await latentBound(parts(widen, 1e-3), x, { draws });
  for (const i of rows) {
    const mean = byDrawNats.data.subarray(draws * i, draws * (i + 1)).reduce((sum, value) => sum + value / draws, 0);
    expect(Math.abs(exact[i]! - mean - (widen ** 2 - 1 - 2 * Math.log(widen)))).toBeLessThan(0.3);
  }
});
