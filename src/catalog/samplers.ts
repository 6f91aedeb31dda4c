/** @file The samplers that have a name. */
import { checkOptions } from '../base/check.ts';
import { ConfigError, NumericalError } from '../base/errors.ts';
import { sizeOf, type Shape } from '../base/tensor.ts';
import type { Sampler } from '../sample/sampler.ts';
import { grids, samplerTable, type Entry, type SamplerInfo, type SamplerOptions } from './sampler-table.ts';
import { notTaken } from './not-taken.ts';

export type { SamplerInfo, SamplerOptions } from './sampler-table.ts';

/** A time grid that has a name. */
export type GridName = keyof typeof grids;
export const gridNames = Object.keys(grids) as readonly GridName[];

const entries: Readonly<Record<string, Entry>> = samplerTable;

/** Every named sampler. */
export const samplerList: readonly SamplerInfo[] = Object.entries(entries).map(([name, entry]) => {
  const { description, citation, evaluationsPerStep, defaultSteps, stochastic } = entry;
  return { name, description, citation, evaluationsPerStep, defaultSteps, stochastic };
});

/** Every named sampler and one line on each. */
export const samplerNames: Readonly<Record<string, string>> = Object.fromEntries(
  samplerList.map(({ name, description, citation }) => [name, `${description} (${citation})`]),
);

/** Values of a sample from which on Langevin steps by norms add less variance than the step itself does: see `langevin`. */
const manyValues = 158;

/**
 * Whether samples have few dimensions, so that Langevin correctors take their step from sigma(t) and not from norms: points, and
 * images of fewer than 158 values.
 */
export function isLowDimensional(data: { readonly kind: 'images' | 'points'; readonly shape: Shape }): boolean {
  return data.kind === 'points' || sizeOf(data.shape) < manyValues;
}

/**
 * A sampler by name. Where a sample stops being finite, its error says what to try of the options that it takes.
 * @throws ConfigError if there is none of this name, or it does not know an option or a time grid, if both steps and
 * nfe are given, or if nfe is too small for one step.
 */
export function buildSampler(name: string, options: SamplerOptions = {}): Sampler {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry === undefined)
    throw new ConfigError([
      { path: 'sampler', message: `expected ${Object.keys(samplerTable).join(', ')}, got ${name}` },
    ]);
  const { grid = entry.grid ?? 'auto', denoiseLast = true } = options;
  const issues = Object.entries(options)
    .filter(([option, value]) => value !== undefined && !ofAll.includes(option) && !takenBy(entry).includes(option))
    .map(([option]) => notTaken(`the sampler ${name}`, spelled(option), takenBy(entry).map(spelled)));
  if (!isGrid(grid)) issues.push({ path: 'grid', message: `expected ${Object.keys(grids).join(', ')}, got ${grid}` });
  if (!isGrid(grid) || issues.length > 0) throw new ConfigError(issues);
  return advised(entry.build({ ...options, steps: stepsOf(entry, options), grid, denoiseLast }), takenBy(entry));
}

/** What may help a sampler whose states are no longer finite, by the option that it takes. */
const remedies: Readonly<Partial<Record<keyof SamplerOptions, string>>> = {
  steps: 'more steps',
  snr: 'a smaller snr',
  stepSize: 'a smaller step size',
  churn: 'a smaller churn',
  tolerance: 'a smaller tolerance',
};

function advised(sampler: Sampler, takes: readonly string[]): Sampler {
  const known = Object.entries(remedies).filter(([option]) => takes.includes(option));
  const tries = [...known.map(([, remedy]) => remedy), 'or a model whose training did not diverge'].join(', ');
  return async function* (request) {
    try {
      return yield* sampler(request);
    } catch (cause) {
      if (cause instanceof NumericalError) throw new NumericalError(`${cause.message}; try ${tries}`, { cause });
      throw cause;
    }
  };
}

/** Steps as asked for, as many as the evaluations allow, or by default. */
function stepsOf({ evaluationsPerStep = 1, defaultSteps = 1 }: Entry, options: SamplerOptions): number {
  const { steps, nfe, denoiseLast = true } = options;
  if (nfe === undefined) return steps ?? defaultSteps;
  const least = evaluationsPerStep + Number(denoiseLast);
  const last = denoiseLast ? ' and 1 for the last denoising' : '';
  checkOptions(
    [steps === undefined, 'nfe', 'expected either steps or nfe, got both'],
    [nfe >= least, 'nfe', `expected at least ${least} evaluations (${evaluationsPerStep} a step${last}), got ${nfe}`],
  );
  return Math.floor((nfe - Number(denoiseLast)) / evaluationsPerStep);
}

/** An option as the command line spells it: step-size. */
function spelled(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function isGrid(name: string): name is keyof typeof grids {
  return Object.hasOwn(grids, name);
}

/** Options of every sampler, which are chosen for its user. */
const ofAll = ['denoiseLast', 'lowDimensional'];

function takenBy({ takes = [], evaluationsPerStep, grid }: Entry): readonly string[] {
  const stepped = evaluationsPerStep === undefined ? [] : ['steps', 'nfe'];
  const gridded = evaluationsPerStep === undefined || grid === null ? [] : ['grid'];
  return [...stepped, ...gridded, ...takes];
}
