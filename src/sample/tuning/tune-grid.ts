/** @file The time grid with which a sampler of few evaluations ends nearest to the probability flow. */
import { combine } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import { InternalError } from '../../base/errors.ts';
import type { Key } from '../../base/key.ts';
import type { Shape } from '../../base/tensor.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';
import { noiseRatio } from '../../sde/time/noise-ratio.ts';
import type { TimeGrid } from '../../sde/time/time-grid.ts';
import { finish, type Sampler } from '../sampler.ts';
import { cheapestJumps, jumpCosts } from './gits.ts';
import { coordinateDescent, gaussNewton, lossOf, type Descent } from './least-squares.ts';
import type { Path, Reference } from './reference.ts';

/** A list of noise levels with the name of where it comes from. */
export interface NamedLevels {
  readonly name: string;
  /** Noise ratios sigma / alpha, falling from that of tMax. */
  readonly levels: readonly number[];
}

/** A time grid with its name. */
export interface NamedGrid {
  readonly name: string;
  readonly grid: TimeGrid;
}

/** What a grid is searched for. */
export interface TuneRequest {
  readonly sde: Sde;
  readonly score: ScoreFn;
  /** Of one sample. */
  readonly shape: Shape;
  /** One for each start. */
  readonly keys: readonly Key[];
  /** A sampler along levels, whose samples depend on the keys through their starts alone. */
  readonly sampler: (levels: readonly number[]) => Sampler;
  /** Steps of the sampler. */
  readonly steps: number;
  /** Whether the last level may lie above that of tEnd, as the sampler ends with a denoised estimate. */
  readonly free: boolean;
  /** Named grids, which the search may begin with. */
  readonly grids: readonly NamedGrid[];
  /** The fine solution from the same keys. */
  readonly reference: Reference;
  /** Runs of the sampler in the search at most, beside those of the named grids. Default 150. */
  readonly trials?: number | undefined;
}

/** A search on its way. */
export interface TuneStep {
  /** Part of the work that is done, 0 to 1. */
  readonly fraction: number;
  /** The least error so far. */
  readonly error: number;
}

/** Levels with their error on the starts of the search. */
export interface RankedLevels extends NamedLevels {
  readonly error: number;
}

/** What a search has found. */
export interface TunedGrid {
  /** Noise ratios of the best grid, falling. */
  readonly levels: readonly number[];
  /** Root mean square distance to the reference, on the starts of the search. */
  readonly error: number;
  /** Every grid that the search could begin with, best first. */
  readonly ranked: readonly RankedLevels[];
}

/** Neighboring levels keep this distance in log sigma. */
const leastGap = 0.01;

/**
 * Searches the noise levels of a sampler: the root mean square distance of its end points to those of a fine solution from the same
 * starts is made small by coordinate descent in the logarithms of the levels from the best three of all named grids and GITS, and then by
 * Gauss-Newton steps from the best that they find.
 * @throws ConfigError unless there is a step.
 */
export async function* tuneGrid(request: TuneRequest): AsyncGenerator<TuneStep, TunedGrid> {
  const { sde, score, shape, keys, sampler, steps, free, grids, reference, trials = 150 } = request;
  checkOptions([steps >= 1, 'steps', `expected at least 1, got ${steps}`]);
  const { end, path } = reference;
  const difference = async (levels: readonly number[]): Promise<Float64Array> => {
    const { x } = await finish(sampler(levels)({ sde, score, shape, keys }));
    return combine([1, x], [-1, end]).data;
  };
  const root = (loss: number): number => Math.sqrt(loss / end.data.length);
  const candidates = [...closedForms(sde, { grids, steps, free }), ...fromPath(path, { steps, free })];
  const ranked: (RankedLevels & { readonly residuals: Float64Array })[] = [];
  let used = 0;
  const progress = (): TuneStep => {
    const fraction = Math.min(1, (used += 1) / (candidates.length + trials));
    return { fraction, error: Math.min(...ranked.map((one) => one.error)) };
  };
  for (const candidate of candidates) {
    const residuals = await difference(candidate.levels);
    ranked.push({ ...candidate, residuals, error: root(lossOf(residuals)) });
    ranked.sort((a, b) => a.error - b.error);
    yield progress();
  }

  const first = noiseRatio(sde, sde.tMax);
  const last = noiseRatio(sde, sde.tEnd);
  const levelsAt = (point: readonly number[]): readonly number[] | undefined => {
    const logs = [Math.log(first), ...point, ...(free ? [] : [Math.log(last)])];
    const falling = logs.every((value, i) => value < (logs[i - 1] ?? Infinity) - leastGap);
    return falling && (logs.at(-1) ?? 0) >= Math.log(last) - 1e-9 ? [first, ...logs.slice(1).map(Math.exp)] : undefined;
  };
  const residuals = async (point: readonly number[]): Promise<Float64Array | undefined> => {
    const levels = levelsAt(point);
    return levels && difference(levels);
  };
  const starts = ranked
    .map(({ levels, residuals: own, error }): Descent => {
      const point = levels.slice(1, free ? undefined : -1).map(Math.log);
      return { point, residuals: own, loss: error ** 2 * end.data.length };
    })
    .filter(({ point }) => point.length > 0 && levelsAt(point) !== undefined)
    .slice(0, 3);
  let [best] = starts;
  const watch = async function* (search: AsyncGenerator<Descent, Descent>): AsyncGenerator<TuneStep, Descent> {
    for (;;) {
      const next = await search.next();
      if (next.done === true) return next.value;
      const { loss } = next.value;
      yield { ...progress(), error: root(Math.min(loss, best?.loss ?? loss)) };
    }
  };
  for (const start of starts) {
    const limits = { trials: Math.floor((0.5 * trials) / starts.length) };
    const found = yield* watch(coordinateDescent(residuals, start, limits));
    if (found.loss < (best?.loss ?? Infinity)) best = found;
  }
  best &&= yield* watch(gaussNewton(residuals, best, { trials: Math.floor(0.5 * trials) }));
  const named = ranked.map(({ name, levels, error }) => ({ name, levels, error }));
  const found = best && { levels: levelsAt(best.point) ?? [], error: root(best.loss) };
  const [nearest] = [...(found === undefined ? [] : [found]), ...named].toSorted((a, b) => a.error - b.error);
  if (nearest === undefined) throw new InternalError('expected a named grid to begin a search with');
  return { levels: nearest.levels, error: nearest.error, ranked: named };
}

/** Named grids of so many steps; where the last level is free, also those of one step more without their last level. */
export function closedForms(
  sde: Sde,
  { grids, steps, free }: Pick<TuneRequest, 'grids' | 'steps' | 'free'>,
): readonly NamedLevels[] {
  const all = grids.flatMap(({ name, grid }) => {
    const levelsOf = (n: number): readonly number[] => grid(sde, n).map((t) => noiseRatio(sde, t));
    const whole = { name, levels: levelsOf(steps) };
    return free
      ? [whole, { name: `${name} without its last level`, levels: levelsOf(steps + 1).slice(0, -1) }]
      : [whole];
  });
  return all.filter(({ levels }, i) => all.findIndex((one) => String(one.levels) === String(levels)) === i);
}

/** GITS along the path of the reference. */
function fromPath(path: Path, { steps, free }: Pick<TuneRequest, 'steps' | 'free'>): readonly NamedLevels[] {
  const costs = jumpCosts(path);
  const visit = (jumps: number): readonly number[] =>
    jumps < path.levels.length ? cheapestJumps(costs, { jumps }).map((i) => path.levels[i] ?? NaN) : [];
  const whole = { name: 'GITS', levels: visit(steps) };
  const all = free ? [whole, { name: 'GITS without its last level', levels: visit(steps + 1).slice(0, -1) }] : [whole];
  return all.filter(({ levels }) => levels.length === steps + 1);
}
