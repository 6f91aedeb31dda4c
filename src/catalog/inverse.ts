/** @file The posterior samplers that have a name. */
import { checkOptions } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import type { PosteriorSampler } from '../inverse/problem.ts';
import { inverseTable, type InverseEntry, type InverseInfo, type InverseOptions } from './inverse-table.ts';
import { grids } from './sampler-table.ts';
import { notTaken } from './not-taken.ts';

export type { InverseInfo, InverseNeed, InverseOptions } from './inverse-table.ts';

const entries: Readonly<Record<string, InverseEntry>> = inverseTable;

/** Every named posterior sampler. */
export const inverseList: readonly InverseInfo[] = Object.entries(entries).map(([name, entry]) => {
  const { description, citation, needs, heedsNoise, anyNoise, defaultSteps, takes = [] } = entry;
  return { name, description, citation, needs, heedsNoise, anyNoise, defaultSteps, takes };
});

/**
 * A posterior sampler by name, with the defaults of the table where none are given.
 * @throws ConfigError if there is none of this name, or it does not know an option or a time grid.
 */
export function buildPosteriorSampler(name: string, options: InverseOptions = {}): PosteriorSampler {
  const entry = entryOf(name);
  const { grid = entry.grid ?? 'auto' } = options;
  const known: readonly string[] = ['steps', 'nfe', 'grid', ...(entry.takes ?? [])];
  const issues = Object.entries(options)
    .filter(([option, value]) => value !== undefined && option !== 'lowDimensional' && !known.includes(option))
    .map(([option]) => notTaken(`the method ${name}`, option, known));
  if (!isGrid(grid)) issues.push({ path: 'grid', message: `expected ${Object.keys(grids).join(', ')}, got ${grid}` });
  if (!isGrid(grid) || issues.length > 0) throw new ConfigError(issues);
  const settings = { ...options, steps: stepsOf(entry, options), grid };
  const cost = entry.evaluations(settings);
  const message = `expected at most ${mostEvaluations} evaluations for a sample, these options take ${cost}`;
  checkOptions([!(cost > mostEvaluations), name, message]);
  return entry.build(settings);
}

/**
 * The steps of a named posterior sampler: as asked for, as many as the evaluations allow, or by default.
 * @throws ConfigError if there is none of this name, both steps and nfe are given, or nfe is too small for one step.
 */
export function posteriorSteps(name: string, options: InverseOptions): number {
  return stepsOf(entryOf(name), options);
}

function entryOf(name: string): InverseEntry {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry !== undefined) return entry;
  throw new ConfigError([{ path: 'method', message: `expected ${Object.keys(entries).join(', ')}, got ${name}` }]);
}

/** Steps and evaluations end here: beyond it lies a slip of the pen. */
const mostEvaluations = 1e7;

function stepsOf({ evaluations, defaultSteps, build }: InverseEntry, options: InverseOptions): number {
  const { steps, nfe } = options;
  for (const [name, value = 1] of Object.entries({ steps, nfe }))
    checkOptions([
      Number.isInteger(value) && value >= 1 && value <= mostEvaluations,
      name,
      `expected a whole number of 1 to ${mostEvaluations}, got ${value}`,
    ]);
  if (nfe === undefined) return steps ?? defaultSteps;
  // What evaluations cost follows from the other options, which are checked by building with them.
  build({ ...options, steps: 1, grid: 'auto' });
  const costOf = (count: number): number => evaluations({ ...options, steps: count, grid: 'auto' });
  const least = costOf(1);
  checkOptions(
    [steps === undefined, 'nfe', 'expected either steps or nfe, got both'],
    [nfe >= least, 'nfe', `expected at least ${least} evaluations, those of one step, got ${nfe}`],
  );
  let [low, high] = [1, nfe + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (costOf(middle) <= nfe) low = middle;
    else high = middle;
  }
  return low;
}

function isGrid(name: string): name is keyof typeof grids {
  return Object.hasOwn(grids, name);
}
