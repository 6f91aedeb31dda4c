/** @file Options that several objectives share. */
import * as v from 'valibot';
import { positive, upTo } from '../config/limits.ts';
import { couplingNames } from '../couplings.ts';
import { optional, required, withDefault } from '../option.ts';
import { timesNames } from '../times.ts';
import { weightingNames } from '../weightings.ts';

export const reduction = required(
  v.picklist(['sum', 'halfSum', 'mean']),
  'how the squares of one sample are joined (default: that of the process)',
);

const ofMean = 'expected -20 to 20';

/** Options of losses over all times. */
export const weighingOptions = {
  weighting: required(v.picklist(weightingNames), 'weights over time (default: that of the process)', {
    names: 'weightings',
  }),
  gamma: optional(positive, 'largest weight of min-snr (default: 5)'),
  times: required(v.picklist(timesNames), 'distribution of the training times (default: that of the process)', {
    names: 'times',
  }),
  timesMean: optional(
    v.pipe(v.number(), v.minValue(-20, ofMean), v.maxValue(20, ofMean)),
    'mean of log(sigma / alpha) of log-normal or logit-normal times (default: -1.2 or 0)',
  ),
  timesStd: optional(
    positive,
    'standard deviation of log(sigma / alpha) of log-normal or logit-normal times (default: 1.2 or 1)',
  ),
  reduction,
};

export const coupling = optional(
  v.picklist(couplingNames),
  'which noise belongs to which sample (default: independent, whose network is a score)',
  { names: 'couplings' },
);

export const twoOrMore = v.pipe(upTo(100_000), v.minValue(2, 'expected at least 2'));

export const sigma = withDefault(positive, 0.1, 'noise level sigma / alpha of a score that is learned at one alone');
