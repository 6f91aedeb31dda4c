/** @file The law of the data that a state names: a mixture of Gaussians, whichever set it is. */
import { foldIn, key } from '../../base/key.ts';
import type { Mixture } from '../../data/dataset.ts';
import { eightGaussians, toys } from '../../data/sets/toy.ts';
import type { State } from './address.ts';
import { mostPoints, type Gaussian } from './fields.ts';

/** Standard deviation of the Gaussian around each point of a set. */
export const pointStd = 0.08;

/** The points of a set of the library that its law is made of; the page has one of each. */
const named = new Map<string, Mixture>();

/** A Gaussian of equal weight around each of some points, x and y in turn. */
export function around(values: ArrayLike<number>): Mixture {
  const count = values.length / 2;
  const means = Array.from({ length: count }, (_, i) => [values[2 * i] ?? 0, values[2 * i + 1] ?? 0]);
  return { weights: means.map(() => 1 / count), means, stds: means.map(() => pointStd) };
}

function ofGaussians(all: readonly Gaussian[]): Mixture {
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  return {
    weights: all.map(({ weight }) => weight / total),
    means: all.map(({ x, y }) => [x, y]),
    stds: all.map(({ std }) => std),
  };
}

/** The law of a state. Of a set of points it is a Gaussian around each of 256. */
export function lawOf({ data, g, p }: Pick<State, 'data' | 'g' | 'p'>): Mixture {
  if (data === 'gaussians') return ofGaussians(g);
  if (data === 'drawn') return p.length === 0 ? ofGaussians([{ x: 0, y: 0, std: 1, weight: 1 }]) : around(p);
  const known = named.get(data);
  if (known !== undefined) return known;
  const made =
    data === 'eight-gaussians' ? eightGaussians() : around(toys[data].draw(foldIn(key(0), data), mostPoints).values);
  named.set(data, made);
  return made;
}
