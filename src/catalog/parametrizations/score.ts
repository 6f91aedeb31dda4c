/** @file The prediction of the score itself as a named parametrization. */
import * as v from 'valibot';
import { directScore } from '../../sde/learning/parametrization.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { parametrization, timeScaleOf } from './parametrization.ts';

export const scoreParametrization = parametrization({
  name: 'score',
  description: 'the network predicts the score, times sigma or as it is',
  citation: 'Song and Ermon 2020, technique 3',
  options: {
    scaleBySigma: withDefault(v.boolean(), true, 'whether the output is divided by sigma(t)'),
    label: withDefault(
      v.picklist(['time', 'logSigma']),
      'time',
      'whether the network reads timeScale t or log(sigma(t))',
    ),
    timeScale: withDefault(positive, 1, 'label of t = 1 where the network reads the time'),
  },
  defaults: (context) => ({
    ...timeScaleOf(context),
    ...(context.logSigma && context.embedding === 'fourier' ? { label: 'logSigma' } : {}),
  }),
  build: (options) => directScore(options),
});
