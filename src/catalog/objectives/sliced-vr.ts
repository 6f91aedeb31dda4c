/** @file Sliced score matching with reduced variance as a named objective. */
import { derivativeSampling, sliced, slicedOptions } from './derivatives.ts';
import { objective } from './objective.ts';

export const slicedVrObjective = objective({
  name: 'sliced-vr',
  description: 'sliced score matching with reduced variance',
  citation: 'Song et al. 2019, eq. 8',
  task: 'score',
  options: slicedOptions,
  ...derivativeSampling,
  build: (loss, parts) => sliced(loss, parts, true),
});
