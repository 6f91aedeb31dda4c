/** @file The samplers that have a name. */
import { sizeOf, type Shape } from '../../base/tensor.ts';
import type { Sampler } from '../../sample/sampler.ts';
import { builtIn, type Catalog } from '../catalog.ts';
import { dataKindOf } from '../data-kinds/find.ts';
import { find } from '../named.ts';
import type { Plain } from '../option.ts';
import { samplerOf, stepsOf, type SamplerOptions } from './from-record.ts';
import { samplers } from './index.ts';
import type { SamplerInfo } from './sampler.ts';

export type { SamplerOptions } from './from-record.ts';
export { gridNames, type GridChoice, type GridName } from '../grids.ts';
export type { SamplerInfo } from './sampler.ts';

const infos: readonly SamplerInfo[] = samplers.map(
  ({ name, description, citation, evaluationsPerStep, defaultSteps, stochastic, students, energies }) => {
    const scope = { ...(students && { students }), ...(energies && { energies }) };
    return { name, description, citation, evaluationsPerStep, defaultSteps, stochastic, ...scope };
  },
);

/** Every named sampler of a score. */
export const samplerList: readonly SamplerInfo[] = infos.filter(
  ({ students, energies }) => students === undefined && energies === undefined,
);

/** The samplers of networks with an energy, which accept and reject by it. */
export const energySamplerList: readonly SamplerInfo[] = infos.filter(({ energies }) => energies);

/** The samplers of students, which end with an estimate. */
export const studentSamplerList: readonly SamplerInfo[] = infos.filter(({ students }) => students);

/** Every named sampler and one line on each. */
export const samplerNames: Readonly<Record<string, string>> = Object.fromEntries(
  infos.map(({ name, description, citation }) => [name, `${description} (${citation})`]),
);

/** Values of a sample from which on Langevin steps by norms add less variance than the step itself does: see `langevin`. */
const manyValues = 158;

/**
 * Whether samples have few dimensions, so that Langevin correctors take their step from sigma(t) and not from norms: points, and
 * images of fewer than 158 values.
 */
export function isLowDimensional(
  data: { readonly kind: string; readonly shape: Shape },
  catalog: Catalog = builtIn,
): boolean {
  return dataKindOf(data, catalog).lowDimensional || hasFewValues(data.shape);
}

/** Whether samples of a shape have fewer than 158 values, see `isLowDimensional`. */
export function hasFewValues(shape: Shape): boolean {
  return sizeOf(shape) < manyValues;
}

/**
 * A sampler by name. Where a sample stops being finite, its error says what to try of the options that it takes.
 * @throws ConfigError if there is none of this name, or it does not know an option or a time grid, if both steps and
 * nfe are given, or if nfe is too small for one step.
 */
export function buildSampler(name: string, options?: SamplerOptions): Sampler;
/** A sampler of a catalog, whose options may be others. */
export function buildSampler(name: string, options: Plain, catalog: Catalog): Sampler;
export function buildSampler(name: string, options: SamplerOptions = {}, catalog: Catalog = builtIn): Sampler {
  return samplerOf(find(catalog.samplers, name, 'sampler'), options, catalog);
}

/**
 * The steps of a named sampler: as asked for, as many as the evaluations allow, or by default.
 * @throws ConfigError if there is none of this name, both steps and nfe are given, or nfe is too small for one step.
 */
export function samplerSteps(name: string, options: SamplerOptions, catalog: Catalog = builtIn): number {
  return stepsOf(find(catalog.samplers, name, 'sampler'), options);
}
