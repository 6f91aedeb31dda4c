/** @file The record of a parametrization. */
import type * as v from 'valibot';
import type { ParametrizationOf } from '../../sde/learning/parametrization.ts';
import { positive } from '../config/limits.ts';
import type { Named } from '../named.ts';
import { withDefault, type OptionValues, type Plain } from '../option.ts';
import type { WeightingName } from '../weightings.ts';

/** What the defaults of a parametrization depend on. */
export interface LabelContext {
  /** Features that the network has of its label. */
  readonly embedding: string;
  /** Whether Fourier features of the network are made for log(sigma). */
  readonly logSigma: boolean;
  /** Standard deviation of the scaled data. */
  readonly sigmaData: number;
}

/** A named parametrization: what the network predicts. */
export interface ParametrizationRecord<
  Name extends string = string,
  Options extends v.ObjectEntries = v.ObjectEntries,
> extends Named<Name> {
  readonly options: Options;
  /** Weights that go with it in the place of those of the process. */
  readonly weighting?: WeightingName;
  defaults(context: LabelContext): Plain;
  build(options: OptionValues<Options>): ParametrizationOf;
}

/** A record of a parametrization. */
export function parametrization<const Name extends string, const Options extends v.ObjectEntries>(
  record: ParametrizationRecord<Name, Options>,
): ParametrizationRecord<Name, Options> {
  return Object.freeze(record);
}

/** The factor of the time in the label. */
export const timeScale = {
  timeScale: withDefault(positive, 999, 'label of t = 1; the network reads timeScale t'),
};

/** Sinusoidal features are made for the thousand steps of DDPM; Fourier features have a scale of their own. */
export const timeScaleOf = ({ embedding }: LabelContext): { readonly timeScale: number } => ({
  timeScale: embedding === 'positional' ? 999 : 1,
});
