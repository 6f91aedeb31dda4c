/** @file The record of a noise process. */
import type * as v from 'valibot';
import type { Sde } from '../../sde/sde.ts';
import type { Named } from '../named.ts';
import type { UsualSampler } from '../objectives/objective.ts';
import type { OptionValues, Plain } from '../option.ts';
import type { TimesName } from '../times.ts';
import type { WeightingName } from '../weightings.ts';

/** How the squares of one sample are joined in the loss. */
export type Reduction = 'sum' | 'halfSum' | 'mean';

/** Settings of a run that go with a process: those of the paper's configuration. */
export interface ProcessDefaults {
  /** Range of the values of images. */
  readonly range: 'centered' | 'unit';
  /** Name of a parametrization. */
  readonly parametrization: string;
  readonly weighting: WeightingName;
  readonly times: TimesName;
  readonly reduction: Reduction;
  readonly emaDecay: number;
  /** Options of the process where the loss has likelihood weights. */
  readonly likelihood?: Plain;
}

/** A named noise process (SDE). */
export interface ProcessRecord<
  Name extends string = string,
  Options extends v.ObjectEntries = v.ObjectEntries,
> extends Named<Name> {
  readonly options: Options;
  readonly defaults: ProcessDefaults;
  /** The sampler that a score has unless its objective, its kind of data or its user asks for one, and its evaluations. Default pc. */
  readonly sampler?: UsualSampler;
  /** Options whose default depends on other options. */
  complete?(options: OptionValues<Options>): OptionValues<Options>;
  build(options: OptionValues<Options>): Sde;
}

/** A record of a noise process. */
export function process<const Name extends string, const Options extends v.ObjectEntries>(
  record: ProcessRecord<Name, Options>,
): ProcessRecord<Name, Options> {
  return Object.freeze(record);
}

/** Defaults of DDPM and the processes that follow it: the noise is predicted, and its mean squared error is the loss. */
export const likeDdpm: ProcessDefaults = {
  range: 'centered',
  parametrization: 'epsilon',
  weighting: 'sigma2',
  times: 'uniform',
  reduction: 'mean',
  emaDecay: 0.9999,
};

/**
 * Defaults of NCSN and the VE SDE. Data lie in [0, 1), because the largest sigma is a distance there.
 * @see Song et al. 2021, appendix H; Song and Ermon 2020, section 3
 */
export const likeNcsn: ProcessDefaults = {
  range: 'unit',
  parametrization: 'score',
  weighting: 'sigma2',
  times: 'uniform',
  reduction: 'halfSum',
  emaDecay: 0.999,
};
