/** @file Time grids whose noise levels are given one by one, as a search finds them. */
import { ConfigError } from '../../base/errors.ts';
import { short } from '../../base/words.ts';
import { noiseRatio, timeOfNoiseRatio } from './noise-ratio.ts';
import type { TimeGrid } from './time-grid.ts';

/** Levels are written with a few digits, which may not be those of the process. */
const tolerance = 0.01;

/** What is wrong with noise levels whatever the process is; undefined if nothing is. */
export function levelsProblem(levels: readonly number[]): string | undefined {
  const falling = levels.every(
    (level, i) => level > 0 && Number.isFinite(level) && level < (levels[i - 1] ?? Infinity),
  );
  if (levels.length >= 2 && falling) return undefined;
  return `expected two or more noise levels above 0, each below the last, got ${levels.map(short).join() || 'none'}`;
}

/**
 * The times at which the noise ratio sigma / alpha has given values. The first is that of tMax; the last may be larger than that of
 * tEnd, where the denoised estimate takes all of the noise that is left. Of a process that begins later, the levels below its tMax
 * are left.
 * @param levels - noise ratios sigma / alpha, falling
 * @throws ConfigError unless there are two or more positive falling levels, and as the grid if the number of steps is another, the
 * first level is not that of tMax, or the last is below that of tEnd.
 */
export function givenLevels(levels: readonly number[]): TimeGrid {
  const problem = levelsProblem(levels);
  if (problem !== undefined) throw new ConfigError([{ path: 'grid', message: problem }]);
  const [first = NaN, ...rest] = levels;
  const last = rest.at(-1) ?? NaN;
  return (sde, steps) => {
    const [most, least] = [noiseRatio(sde, sde.tMax), noiseRatio(sde, sde.tEnd)];
    const wrong =
      steps !== rest.length
        ? `expected ${steps + 1} noise levels for ${steps} steps, got ${levels.length}`
        : first < most * (1 - tolerance)
          ? `expected a first noise level of ${short(most)}, where ${sde.kind} ends, got ${short(first)}`
          : last < least * (1 - tolerance)
            ? `expected noise levels of at least ${short(least)}, where sampling of ${sde.kind} ends, got ${short(last)}`
            : undefined;
    if (wrong !== undefined) throw new ConfigError([{ path: 'grid', message: wrong }]);
    return [sde.tMax, ...rest.filter((level) => level < most).map((level) => timeOfNoiseRatio(sde, level))];
  };
}
