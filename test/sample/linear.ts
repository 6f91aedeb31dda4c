/** @file The exact law of a sampler on Gaussian data: its samples are affine in the normal numbers that it draws. */
import { foldIn, split, key, type Key } from '../../src/base/key.ts';
import { finish, type Sampler } from '../../src/sample/sampler.ts';
import { priorSample } from '../../src/sde/prior.ts';
import type { Sde } from '../../src/sde/sde.ts';
import type { Noise } from './all.ts';
import { gaussianScore, marginal, type Moments } from './gaussian-case.ts';

/** The solution of a square system by elimination with pivots. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[best]![k]!)) best = i;
    [rows[k], rows[best]] = [rows[best]!, rows[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j <= n; j++) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    const known = rows[k]!.slice(k + 1, n).reduce((sum, a, j) => sum + a * x[k + 1 + j]!, 0);
    x[k] = (rows[k]![n]! - known) / rows[k]![k]!;
  }
  return x;
}

/**
 * Moments of the samples at tEnd when they start from p at tMax itself: each of a few samples is one equation for the
 * factors of its start and its normal numbers, which are solved for.
 */
export async function exactMoments(
  sde: Sde,
  sampler: Sampler,
  { steps, noise }: { steps: number; noise: Noise },
): Promise<Moments> {
  const keys = split(key(61), 2 + steps * noise([key(0)]).length);
  const fold = (of: readonly Key[], data: string | number): readonly Key[] => of.map((k) => foldIn(k, data));
  const { x } = await finish(sampler({ sde, score: gaussianScore(sde, 1), shape: [1], keys }));
  const start = priorSample(fold(keys, 'prior'), sde, [1]).data;
  const draws = Array.from({ length: steps }, (_, i) => noise(fold(fold(keys, 'predictor'), i))).flat();
  const [constant, factor, ...rest] = solve(
    keys.map((_, i) => [1, start[i]!, ...draws.map((z) => z[i]!)]),
    [...x.data],
  );
  const first = marginal(sde, sde.tMax);
  return {
    mean: constant! + factor! * first.mean,
    variance: factor! ** 2 * first.variance + rest.reduce((sum, b) => sum + b * b, 0),
  };
}
