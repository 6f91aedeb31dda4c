/** @file How sure the classes of samples are, and how even. */
import { InternalError } from '../../base/errors.ts';
import { inceptionScore as measured } from '../../evaluate/inception-score.ts';
import { metric } from './metric.ts';

export const inceptionScore = metric({
  name: 'inception-score',
  title: 'inception score by the classes of the extractor',
  description: 'exp E KL(p(y | x) || p(y)) for the classes of the extractor: sure classes, and all of them',
  citation: 'Salimans et al. 2016, section 4',
  better: 'real',
  classes: true,
  measure: ({ probabilities }) => {
    if (probabilities === undefined) throw new InternalError('inception-score: expected an extractor with classes');
    return Promise.resolve(measured(probabilities));
  },
});
