/**
 * @file Point sets in two dimensions that every paper of the field draws, each with a standard deviation of about one over
 * both axes. Point i depends on the key and on i alone, so that a longer set begins with the shorter one.
 */
import { ConfigError } from '../../base/errors.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { indexOf, normal, uniform } from '../../base/random.ts';
import type { Mixture, PointSet } from '../dataset.ts';
import { setOfPoints } from '../kinds/point-set.ts';

/** A toy set: a function of a key and a count. */
export interface Toy {
  readonly description: string;
  readonly draw: (key: Key, count: number) => PointSet;
}

/**
 * Two Gaussians at (-1, -1) and (1, 1) with standard deviation 0.2.
 * @param weights - of the two; any positive numbers, normalized here
 * @throws ConfigError unless there are two positive weights.
 * @see Song and Ermon 2019, section 3.2.2, on a fifth of its scale
 */
export function twoGaussians(weights: readonly number[] = [0.3, 0.7]): Mixture {
  const [a, b] = weights;
  if (weights.length !== 2 || a === undefined || b === undefined || !(a > 0 && b > 0 && a + b < Infinity))
    throw new ConfigError([{ path: 'weights', message: `expected two positive numbers, found [${weights}]` }]);
  const means = [
    [-1, -1],
    [1, 1],
  ];
  return { weights: [a / (a + b), b / (a + b)], means, stds: [0.2, 0.2] };
}

/** Eight Gaussians of equal weight on a circle of radius 1.4, with standard deviation 0.1. */
export function eightGaussians(): Mixture {
  const turn = (k: number): number => (2 * Math.PI * k) / 8;
  const all = <T>(f: (k: number) => T): T[] => Array.from({ length: 8 }, (_, k) => f(k));
  const means = all((k) => [1.4 * Math.cos(turn(k)), 1.4 * Math.sin(turn(k))]);
  return { weights: all(() => 1 / 8), means, stds: all(() => 0.1) };
}

/** Points from a mixture of up to 256 components, with the mixture and the component of each point as its class. */
export function drawMixture(name: string, mixture: Mixture, key: Key, count: number): PointSet {
  const { weights, means, stds } = mixture;
  const labels = Uint8Array.from(uniform(foldIn(key, 'component'), count), (u) => {
    let k = 0;
    for (let left = u - weights[0]!; left > 0 && k < weights.length - 1; k++) left -= weights[k + 1]!;
    return k;
  });
  const set = points(name, key, count, (i) => {
    const k = labels[i]!;
    const [x = 0, y = 0] = means[k]!;
    return [x, y, stds[k]!];
  });
  return { ...set, labels, mixture };
}

/** Points `place(i)` plus noise: x, y and the standard deviation of the noise. */
function points(name: string, key: Key, count: number, place: (i: number) => [number, number, number]): PointSet {
  const values = normal(foldIn(key, 'noise'), 2 * count);
  for (let i = 0; i < count; i++) {
    const [x, y, std] = place(i);
    values[2 * i] = x + std * values[2 * i]!;
    values[2 * i + 1] = y + std * values[2 * i + 1]!;
  }
  return setOfPoints({ name, count, dimension: 2, values, oneSpace: true });
}

/** Points along a curve: `place` takes two uniform numbers of (0, 1) to the place of a point. */
function curve(name: string, std: number, place: (u: number, v: number) => [number, number]): Toy['draw'] {
  return (key, count) => {
    const u = uniform(foldIn(key, 'u'), count);
    const v = uniform(foldIn(key, 'v'), count);
    return points(name, key, count, (i) => [...place(u[i]!, v[i]!), std]);
  };
}

/** A curve of two parts, the first of them where v < 1/2; the part is the class of a point. */
function twoParts(draw: Toy['draw']): Toy['draw'] {
  return (key, count) => {
    const labels = Uint8Array.from(uniform(foldIn(key, 'v'), count), (v) => Number(v >= 0.5));
    return { ...draw(key, count), labels };
  };
}

/** Half circles of radius 1.4, the second turned round and moved by (1, 1/2) radii; the whole is centered. */
const twoMoons = curve('two-moons', 0.08, (u, v) => {
  const angle = Math.PI * u;
  const upper = v < 0.5;
  const x = upper ? Math.cos(angle) : 1 - Math.cos(angle);
  const y = upper ? Math.sin(angle) : 0.5 - Math.sin(angle);
  return [1.4 * (x - 0.5), 1.4 * (y - 0.25)];
});

/** The spiral r = angle / 7 over angles of 1.5 pi to 4.5 pi. */
const swissRoll = curve('swiss-roll', 0.04, (u) => {
  const angle = 1.5 * Math.PI * (1 + 2 * u);
  return [(angle * Math.cos(angle)) / 7, (angle * Math.sin(angle)) / 7];
});

/** Two arms of the spiral r = angle / 4.7 over angles of 0 to 3 pi; the root spreads points evenly over the turns. */
const spirals = curve('spirals', 0.05, (u, v) => {
  const angle = 3 * Math.PI * Math.sqrt(u);
  const radius = (v < 0.5 ? angle : -angle) / 4.7;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
});

/** Half the side of the board; a uniform variable of this half width has variance one. */
const boardHalf = Math.sqrt(3);

/** Uniform on the dark squares of a board of 4 x 4: square (column, row) with column + row even. */
const checkerboard = curve('checkerboard', 0, (u, v) => {
  const square = indexOf(u, 8);
  const row = square >> 1;
  const column = 2 * (square & 1) + (row & 1);
  const side = boardHalf / 2;
  return [(column + 8 * u - square) * side - boardHalf, (row + v) * side - boardHalf];
});

/** The toy sets by name. */
export const toys = {
  'two-gaussians': {
    description: 'two Gaussians of weights 0.3 and 0.7 (2-D points)',
    draw: (key, count) => drawMixture('two-gaussians', twoGaussians(), key, count),
  },
  'eight-gaussians': {
    description: 'eight Gaussians on a circle (2-D points)',
    draw: (key, count) => drawMixture('eight-gaussians', eightGaussians(), key, count),
  },
  'two-moons': { description: 'two half circles, one in the other (2-D points)', draw: twoParts(twoMoons) },
  'swiss-roll': { description: 'a spiral band (2-D points)', draw: swissRoll },
  checkerboard: { description: 'the dark squares of a 4 x 4 board, evenly filled (2-D points)', draw: checkerboard },
  spirals: { description: 'a spiral of two arms (2-D points)', draw: twoParts(spirals) },
} as const satisfies Readonly<Record<string, Toy>>;
