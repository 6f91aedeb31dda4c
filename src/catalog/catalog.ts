/**
 * @file The lists of all that has a name. Schema, defaults, objects, help, listings and docs are made of them, so that a
 * program can add things of its own by passing a catalog with longer lists.
 */
import { ConfigError } from '../base/errors.ts';
import type { ConditionRecord } from './conditions/condition.ts';
import { conditions } from './conditions/index.ts';
import { bridges, type BridgeRecord } from './bridges.ts';
import { couplings, type CouplingRecord } from './couplings.ts';
import { dataKinds } from './data-kinds/index.ts';
import type { DataKindRecord } from './data-kinds/data-kind.ts';
import { dataSets } from './data-sets/index.ts';
import type { DataSetRecord } from './data-sets/data-set.ts';
import { grids, type GridRecord } from './grids.ts';
import { guidances } from './guidances/index.ts';
import type { GuidanceRecord } from './guidances/guidance.ts';
import { namesOf, type Named } from './named.ts';
import { networks } from './networks/index.ts';
import type { NetworkRecord } from './networks/network.ts';
import { objectives } from './objectives/index.ts';
import type { ObjectiveRecord } from './objectives/objective.ts';
import { parametrizations } from './parametrizations/index.ts';
import type { ParametrizationRecord } from './parametrizations/parametrization.ts';
import { posteriorSamplers } from './posterior-samplers/index.ts';
import type { PosteriorSamplerRecord } from './posterior-samplers/posterior-sampler.ts';
import { processes } from './processes/index.ts';
import type { ProcessRecord } from './processes/process.ts';
import { restorations } from './restorations/index.ts';
import type { RestorationRecord } from './restorations/restoration.ts';
import { samplers } from './samplers/index.ts';
import type { SamplerRecord } from './samplers/sampler.ts';
import { starts, type StartRecord } from './starts.ts';
import { tasks } from './tasks/index.ts';
import type { TaskRecord } from './tasks/task.ts';
import { times, type TimesRecord } from './times.ts';
import { weightings, type WeightingRecord } from './weightings.ts';

/** All that has a name, by its kind. */
export interface Catalog {
  readonly tasks: readonly TaskRecord[];
  readonly dataKinds: readonly DataKindRecord[];
  readonly conditions: readonly ConditionRecord[];
  readonly dataSets: readonly DataSetRecord[];
  readonly networks: readonly NetworkRecord[];
  readonly processes: readonly ProcessRecord[];
  readonly parametrizations: readonly ParametrizationRecord[];
  readonly objectives: readonly ObjectiveRecord[];
  readonly weightings: readonly WeightingRecord[];
  readonly times: readonly TimesRecord[];
  readonly couplings: readonly CouplingRecord[];
  readonly bridges: readonly BridgeRecord[];
  readonly grids: readonly GridRecord[];
  readonly samplers: readonly SamplerRecord[];
  readonly guidances: readonly GuidanceRecord[];
  readonly starts: readonly StartRecord[];
  readonly posteriorSamplers: readonly PosteriorSamplerRecord[];
  readonly restorations: readonly RestorationRecord[];
}

/** What scorefield has. */
export const builtIn: Catalog = Object.freeze({
  tasks,
  dataKinds,
  dataSets,
  conditions,
  networks,
  processes,
  parametrizations,
  objectives,
  weightings,
  times,
  couplings,
  bridges,
  grids,
  samplers,
  guidances,
  starts,
  posteriorSamplers,
  restorations,
});

/**
 * A catalog whose lists are those of scorefield unless others are given.
 * @example
 * ```ts
 * import { builtIn, catalog, sampler } from 'scorefield/catalog';
 * import { heun, predictorCorrector } from 'scorefield/sample';
 *
 * const mine = sampler({
 *   name: 'heun-on-an-even-grid',
 *   description: 'Heun steps, evenly spaced in time',
 *   citation: 'this page',
 *   options: {},
 *   evaluationsPerStep: 2,
 *   defaultSteps: 40,
 *   stochastic: false,
 *   build: ({ steps }) => predictorCorrector({ predictor: heun(), steps }),
 * });
 * const own = catalog({ samplers: [...builtIn.samplers, mine] });
 * console.log(own.samplers.length);
 * ```
 * @throws ConfigError if two things of a list have one name.
 */
export function catalog(lists: Partial<Catalog> = {}): Catalog {
  const all: Catalog = Object.freeze({ ...builtIn, ...lists });
  const issues = Object.entries(all).flatMap(([list, records]: [string, readonly Named[]]) => {
    const names = namesOf(records);
    const twice = names.filter((name, i) => names.indexOf(name) !== i);
    return twice.map((name) => ({ path: list, message: `expected names that differ, found ${name} twice` }));
  });
  if (issues.length > 0) throw new ConfigError(issues);
  return all;
}
