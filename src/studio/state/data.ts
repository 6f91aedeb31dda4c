/** @file The law of the data that the address names: a mixture of Gaussians, whichever set it is. */
import { computed, signal } from '@preact/signals';
import { foldIn, key } from '../../base/key.ts';
import type { Mixture } from '../../data/dataset.ts';
import { eightGaussians, toys } from '../../data/sets/toy.ts';
import type { Setting } from '../work/setting.ts';
import type { State } from './address.ts';
import { mostPoints, type Gaussian } from './fields.ts';
import { state } from './state.ts';

/** Standard deviation of the Gaussian around each point of a set. */
export const pointStd = 0.08;

/** The points of a set of the library that its law is made of; the page has one of each. */
const named = new Map<string, Mixture>();

function around(values: ArrayLike<number>): Mixture {
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

/** Points that were dropped as a file, in units of the model; no address has room for them. */
export const dropped = signal<{ readonly name: string; readonly values: Float64Array } | undefined>(undefined);

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

// Each changes only when its own value does, so that what is computed of them is not computed again for another value of the address.
const data = computed(() => state.value.data);
const gaussians = computed(() => state.value.g);
const points = computed(() => state.value.p);
const process = computed(() => state.value.sde);
const law = computed(() => {
  const file = dropped.value;
  return data.value === 'drawn' && file !== undefined
    ? around(file.values)
    : lawOf({ data: data.value, g: gaussians.value, p: points.value });
});

/** The setting of the page. It stays the same object until the data or the process change. */
export const setting = computed<Setting>(() => ({ law: law.value, sde: process.value }));
