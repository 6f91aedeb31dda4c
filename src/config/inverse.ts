/** @file The posterior samplers that have a name. */
import { ConfigError, type ConfigIssue } from '../base/errors.ts';
import type { PosteriorSampler } from '../inverse/problem.ts';
import { inverseTable, type InverseEntry, type InverseInfo, type InverseOptions } from './inverse-table.ts';
import { grids } from './sampler-table.ts';

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
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry === undefined)
    throw new ConfigError([{ path: 'method', message: `expected ${Object.keys(entries).join(', ')}, got ${name}` }]);
  const { grid = entry.grid ?? 'auto', steps = entry.defaultSteps } = options;
  const known: readonly string[] = ['steps', 'grid', 'lowDimensional', ...(entry.takes ?? [])];
  const issues = Object.entries(options)
    .filter(([option, value]) => value !== undefined && !known.includes(option))
    .map(([option]): ConfigIssue => ({ path: option, message: `the method ${name} does not take it` }));
  if (!isGrid(grid)) issues.push({ path: 'grid', message: `expected ${Object.keys(grids).join(', ')}, got ${grid}` });
  if (!isGrid(grid) || issues.length > 0) throw new ConfigError(issues);
  return entry.build({ ...options, steps, grid });
}

function isGrid(name: string): name is keyof typeof grids {
  return Object.hasOwn(grids, name);
}
