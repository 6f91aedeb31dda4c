/** @file The error of a score where the density is low and where it is high. */
import { combine, dotPerSample } from '../base/arith.ts';
import { takeRows, type Tensor } from '../base/tensor.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import { meanEstimate } from './estimate.ts';

/** A law that is known exactly, at one time. */
export interface KnownLaw {
  readonly score: ScoreFn;
  readonly logDensity: (x: Tensor, t: number) => ArrayLike<number>;
}

/** (E ||s - s*||^2 / E ||s*||^2)^(1/2) over points as they are, `[B, …]`. */
export async function relativeErrorAt(
  { score, exact }: { readonly score: ScoreFn; readonly exact: ScoreFn },
  x: Tensor,
  t: number,
): Promise<number> {
  const target = await exact(x, t);
  const difference = combine([1, await score(x, t)], [-1, target]);
  const [wrong = NaN, whole = NaN] = [difference, target].map((v) => meanEstimate(dotPerSample(v, v)).value);
  return Math.sqrt(wrong / whole);
}

/**
 * The relative error over equal parts of points, from those of the lowest density to those of the highest.
 * @param x - points, such as ones spread evenly, `[B, …]`
 * @param parts - how many. Default 10.
 */
export async function errorByDensity(
  { score, law }: { readonly score: ScoreFn; readonly law: KnownLaw },
  x: Tensor,
  { t, parts = 10 }: { readonly t: number; readonly parts?: number },
): Promise<readonly number[]> {
  const density = Array.from(law.logDensity(x, t));
  const order = Array.from(density.keys()).sort((i, j) => (density[i] ?? 0) - (density[j] ?? 0));
  const size = order.length / parts;
  const errors: number[] = [];
  for (let k = 0; k < parts; k++) {
    const rows = order.slice(Math.round(k * size), Math.round((k + 1) * size));
    errors.push(await relativeErrorAt({ score, exact: law.score }, takeRows(x, rows), t));
  }
  return errors;
}
