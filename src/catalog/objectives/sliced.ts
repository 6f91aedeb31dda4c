/** @file Sliced score matching as a named objective. */
import { derivativeSampling, sliced, slicedOptions } from './derivatives.ts';
import { objective } from './objective.ts';

export const slicedObjective = objective({
  name: 'sliced',
  description: 'sliced score matching, along random directions',
  citation: 'Song et al. 2019, eq. 7',
  task: 'score',
  options: slicedOptions,
  ...derivativeSampling,
  build: (loss, parts) => sliced(loss, parts, false),
});
