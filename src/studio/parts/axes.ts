/** @file Axes of charts whose range is that of what they show. */
import type { Axis } from './chart.tsx';

/** Ticks of an axis at most. */
const mostTicks = 6;

/** The numbers of a logarithmic range that begin with one of some digits. */
function within([least, most]: readonly [number, number], digits: readonly number[]): readonly number[] {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  return Array.from({ length: to - from + 1 }, (_, i) =>
    digits.map((digit) => Number((digit * 10 ** (from + i)).toPrecision(6))),
  )
    .flat()
    .filter((tick) => tick >= least && tick <= most);
}

/** An axis of positive numbers on a logarithmic scale; of others on an even one. */
export function axisOf(label: string, values: readonly number[]): Axis {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return { label, range: [0.1, 1], log: true, ticks: [0.1, 1] };
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  if (least <= 0) {
    const step = 10 ** Math.floor(Math.log10(most - least || 1));
    const range = [Math.floor(least / step) * step, Math.ceil(most / step) * step || step] as const;
    return { label, range, ticks: [range[0], (range[0] + range[1]) / 2, range[1]] };
  }
  const range = [least / 1.15, most * 1.15] as const;
  const few = [[1, 2, 5], [1, 3], [1]].map((digits) => within(range, digits)).find(({ length }) => length <= mostTicks);
  const decades = within(range, [1]);
  const ticks = few ?? decades.filter((_, i) => i % Math.ceil(decades.length / mostTicks) === 0);
  return { label, range, log: true, ticks };
}

/** An even axis from 0. */
export function countAxis(label: string, most: number): Axis {
  const end = Math.max(1, most);
  return { label, range: [0, end], ticks: [0, Math.round(end / 2), end] };
}
