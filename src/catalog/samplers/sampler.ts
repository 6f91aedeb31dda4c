/** @file The record of a sampler, and what samplers on a time grid have in common. */
import type * as v from 'valibot';
import { ConfigError } from '../../base/errors.ts';
import type { SamplerStepOf } from '../../sample/sampler-step.ts';
import { multistep, type MultistepOf } from '../../sample/multistep/multistep.ts';
import { predictorCorrector } from '../../sample/predictor-corrector.ts';
import type { Sampler } from '../../sample/sampler.ts';
import type { LogDensity } from '../../sde/score-fn.ts';
import type { TimeGrid } from '../../sde/time/time-grid.ts';
import type { GridName } from '../grids.ts';
import type { Named } from '../named.ts';
import type { OptionValues } from '../option.ts';

/** A named sampler, for people. */
export interface SamplerInfo<Name extends string = string> extends Named<Name> {
  readonly citation: string;
  /** Evaluations of the score in one step; undefined where each sample takes the steps that it needs. */
  readonly evaluationsPerStep: number | undefined;
  readonly defaultSteps: number | undefined;
  readonly stochastic: boolean;
  /** Whether it is for students alone, whose estimate is where the flow ends: its last step is an estimate, and none comes after it. */
  readonly students?: true;
  /** Whether it accepts and rejects by the density that a network with an energy has. */
  readonly energies?: true;
}

/** What every sampler gets besides its own options. */
export interface SamplerSettings {
  readonly steps: number;
  readonly grid: TimeGrid;
  /** Whether the last noise is removed. */
  readonly denoiseLast: boolean;
  /** Whether samples have few dimensions, where Langevin steps by norms add variance. */
  readonly lowDimensional: boolean;
}

/**
 * A named sampler. Time grids are as published where that is clear (even steps, EDM's noise levels, geometric levels), and
 * else those of least error in about 20 evaluations of a mixture's exact score over all SDEs.
 */
export interface SamplerRecord<
  Name extends string = string,
  Options extends v.ObjectEntries = v.ObjectEntries,
> extends SamplerInfo<Name> {
  /** Its own options, beside those of the time grid. */
  readonly options: Options;
  /** Name of the time grid unless another is asked for, auto if undefined; null where time stands still. */
  readonly grid?: GridName | null;
  build(settings: OptionValues<Options> & SamplerSettings): Sampler;
}

/** A record of a sampler. */
export function sampler<const Name extends string, const Options extends v.ObjectEntries>(
  record: SamplerRecord<Name, Options>,
): SamplerRecord<Name> {
  // Lists contain records of all options; a record gets the values of its own.
  return Object.freeze(record);
}

type GridSettings = Pick<SamplerSettings, 'steps' | 'grid' | 'denoiseLast'>;

/** The options of every sampler along a time grid. */
export const stepSettings = ({ steps, grid, denoiseLast }: GridSettings): GridSettings => ({
  steps,
  grid,
  denoiseLast,
});

/** A sampler that is a step, repeated. */
export const repeated = (predictor: SamplerStepOf, settings: GridSettings): Sampler =>
  predictorCorrector({ ...stepSettings(settings), predictor });

/** A sampler that accepts and rejects by the density of which the score of a request is the gradient. */
export const withEnergy =
  (name: string, build: (logDensity: LogDensity) => Sampler): Sampler =>
  (request) => {
    const { logDensity } = request;
    if (logDensity !== undefined) return build(logDensity)(request);
    const message = `expected a network with an energy for ${name}, such as one that was trained with --set net.energy=true; this one has a score alone`;
    throw new ConfigError([{ path: 'sampler', message }]);
  };

/** A sampler whose steps look back on earlier estimates. */
export const lookingBack = (method: MultistepOf, settings: GridSettings): Sampler =>
  multistep(method, stepSettings(settings));
