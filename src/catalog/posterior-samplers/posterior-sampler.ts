/** @file The record of a posterior sampler, and what several have in common. */
import type * as v from 'valibot';
import type { PosteriorSampler } from '../../inverse/problem.ts';
import { dpmSolver2M } from '../../sample/multistep/dpm-solver-multistep.ts';
import { langevin } from '../../sample/correctors/langevin.ts';
import { multistep } from '../../sample/multistep/multistep.ts';
import type { Sampler } from '../../sample/sampler.ts';
import type { TimeGrid } from '../../sde/time/time-grid.ts';
import type { GridName } from '../grids.ts';
import type { Named } from '../named.ts';
import type { OptionValues } from '../option.ts';

/** What a method needs of its problem: a linear operator, its singular values, the derivative of the score. */
export type InverseNeed = 'linear' | 'svd' | 'vjp';

/** What every posterior sampler gets besides its own options. */
export interface PosteriorSettings {
  readonly steps: number;
  readonly grid: TimeGrid;
  /** Whether samples have few dimensions, where the norm of one score says little about the noise level. */
  readonly lowDimensional: boolean;
}

/** A named posterior sampler. */
export interface PosteriorSamplerRecord<
  Name extends string = string,
  Options extends v.ObjectEntries = v.ObjectEntries,
> extends Named<Name> {
  readonly citation: string;
  readonly needs: readonly InverseNeed[];
  /** Whether it heeds the noise of the measurement; others take y for exact, or ask for a weight that stands for it. */
  readonly heedsNoise: boolean;
  /** Whether it takes noise of a law that is not Gaussian, as that of counts. */
  readonly anyNoise: boolean;
  readonly defaultSteps: number;
  /** Name of the time grid unless another is asked for, auto if undefined. */
  readonly grid?: GridName;
  /** Its own options, beside steps, nfe and grid. */
  readonly options: Options;
  /** Its settings in the calibration study, of about a hundred evaluations a sample; its defaults if undefined. */
  readonly study?: Readonly<Record<string, number | boolean>>;
  /** Evaluations of the score for one sample, with or without derivative; they grow with the steps. */
  evaluations(settings: OptionValues<Options> & { readonly steps: number }): number;
  build(settings: OptionValues<Options> & PosteriorSettings): PosteriorSampler;
}

/** A record of a posterior sampler. */
export function posteriorSampler<const Name extends string, const Options extends v.ObjectEntries>(
  record: PosteriorSamplerRecord<Name, Options>,
): PosteriorSamplerRecord<Name> {
  // Lists contain records of all options; a record gets the values of its own.
  return Object.freeze(record);
}

type GridSettings = Pick<PosteriorSettings, 'steps' | 'grid'>;

/** The options of every sampler along a time grid. */
export const gridSettings = ({ steps, grid }: GridSettings): GridSettings => ({ steps, grid });

/** The Langevin corrector of the published predictor-corrector samplers. */
export const correctorOf = ({
  snr,
  lowDimensional,
}: Pick<PosteriorSettings, 'lowDimensional'> & { readonly snr: number }): ReturnType<typeof langevin> =>
  langevin({ snr, stepSize: lowDimensional ? 'sigma' : 'norm' });

/**
 * The reverse SDE to second order, for guidance that knows the width of the posterior: ancestral steps with the posterior
 * variance, as published, leave the samples of 50 steps too narrow.
 */
export const reverseSde = (settings: GridSettings): Sampler =>
  multistep(dpmSolver2M({ eta: 1 }), gridSettings(settings));
