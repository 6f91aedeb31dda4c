/** @file How far samples have come along the probability flow, seen from the times at which their scores are evaluated. */
import { noiseRatio } from '../sde/time/noise-ratio.ts';
import type { Sde } from '../sde/sde.ts';

/** Where the flow begins and ends. */
export interface FlowSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * Makes a function that takes the times of each evaluation and returns the part of the way that is done, 0 to 1: the mean over the
 * samples, in the logarithm of the noise ratio sigma / alpha. It never falls.
 * @param samples - samples that are solved together, each with its own steps
 */
export function flowProgress(
  sde: Sde,
  samples: number,
  { from, to }: FlowSpan,
): (t: number | readonly number[], rows?: readonly number[]) => number {
  const level = (t: number): number => Math.log(noiseRatio(sde, t));
  const [start, end] = [level(from), level(to)];
  const parts = new Float64Array(samples);
  return (t, rows) => {
    const times = typeof t === 'number' ? parts.map(() => t) : t;
    times.forEach((time, i) => {
      const row = rows?.[i] ?? i;
      const part = (level(time) - start) / (end - start);
      parts[row] = Math.min(1, Math.max(parts[row] ?? 0, part));
    });
    return parts.reduce((sum, part) => sum + part / samples, 0);
  };
}
