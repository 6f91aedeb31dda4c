/** @file Range and moments of the numbers of a set. */
import { binaryScale } from './binary-scale.ts';
import type { Numbers, SetFacts } from './kinds/set-kind.ts';

/** How the numbers of a sample belong together. */
export interface Groups {
  /** Channels or columns, one after the other. */
  readonly groups: number;
  /** Numbers of a group, side by side. Default 1. */
  readonly area?: number;
  /** Whether squares of the numbers may overflow or vanish, so that those of a group are divided by a power of two. Default false. */
  readonly anySize?: boolean;
}

/** Range of all numbers, and mean and standard deviation of each group. */
export function momentsOf(data: Numbers, { groups, area = 1, anySize = false }: Groups): SetFacts {
  // Deviations from a value of the same group: a large common offset does not eat the digits.
  const sums = Array.from({ length: groups }, (_, g) => {
    const origin = data[g * area] ?? 0;
    const unit = anySize ? binaryScale(data.filter((_, j) => Math.floor(j / area) % groups === g)) : 1;
    return { unit, origin, least: origin, most: origin, sum: 0, squares: 0 };
  });
  for (let start = 0; start < data.length; start += area) {
    const group = sums[(start / area) % groups]!;
    const { unit } = group;
    for (let j = start; j < start + area; j++) {
      const value = data[j]!;
      group.least = Math.min(group.least, value);
      group.most = Math.max(group.most, value);
      const apart = value / unit - group.origin / unit;
      group.sum += apart;
      group.squares += apart ** 2;
    }
  }
  const n = data.length / groups;
  const moments = sums.map(({ unit, origin, sum, squares }) => ({
    mean: origin + unit * (sum / n),
    std: unit * Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)),
  }));
  return {
    range: [Math.min(...sums.map(({ least }) => least)), Math.max(...sums.map(({ most }) => most))],
    mean: moments.map(({ mean }) => mean),
    std: moments.map(({ std }) => std),
  };
}
