/** @file The rough laws of data that have a name, from which sampling may begin at a noise level. */
import type * as v from 'valibot';
import type { Key } from '../base/key.ts';
import type { Tensor } from '../base/tensor.ts';
import type { DataLaw } from '../sample/laws/data-law.ts';
import { dctLaw } from '../sample/laws/dct-law.ts';
import { gaussianLaw } from '../sample/laws/gaussian-law.ts';
import { mixtureLaw } from '../sample/laws/mixture-law.ts';
import { upTo } from './config/limits.ts';
import type { Named } from './named.ts';
import { withDefault, type OptionValues } from './option.ts';

/** A named law of data that sampling may begin with. */
export interface StartRecord<
  Name extends string = string,
  Options extends v.ObjectEntries = v.ObjectEntries,
> extends Named<Name> {
  /** Its options, of which the first is what follows the name and a colon. */
  readonly options: Options;
  /** The law of samples `[n, …]` in the units of the model. */
  fit(key: Key, x: Tensor, options: OptionValues<Options>): DataLaw;
}

/** A record of a start. */
export function startRecord<const Name extends string, const Options extends v.ObjectEntries>(
  record: StartRecord<Name, Options>,
): StartRecord<Name> {
  // Lists contain records of all options; a record gets the values of its own.
  return Object.freeze(record);
}

/** Every named start. */
export const starts = [
  startRecord({
    name: 'gaussian',
    description: 'the Gaussian with mean and covariance of the training data',
    citation: 'Zheng et al. 2023, section 3',
    options: {},
    fit: (_key, x) => gaussianLaw(x),
  }),
  startRecord({
    name: 'dct',
    description:
      'the Gaussian with the mean of the training data and independent cosine coefficients of their variances',
    options: {},
    fit: (_key, x) => dctLaw(x),
  }),
  startRecord({
    name: 'mixture',
    description:
      'a mixture of K Gaussians in the directions of most variance, the Gaussian of the training data in the others',
    citation: 'Tipping and Bishop 1999',
    options: {
      components: withDefault(upTo(1000), 8, 'Gaussians of the mixture, K of mixture:K'),
      dimensions: withDefault(upTo(256), 32, 'directions of most variance'),
    },
    fit: (key, x, options) => mixtureLaw(key, x, options),
  }),
] as const;
