/** @file The objective of ShapeGF as a named one, with a score of latents in the place of its adversarial second stage. */
import { latentDenoising } from '../../score/objectives/latent.ts';
import { nonNegative, upTo } from '../config/limits.ts';
import { latentProcess, latentWeighing } from '../latents.ts';
import { withDefault } from '../option.ts';
import { among, objective, type Visited } from './objective.ts';

/** The levels of the process. */
const visited = ({ levels = [] }: { readonly levels?: readonly number[] | undefined }): Visited => ({
  grid: 'auto',
  steps: levels.length - 1,
});

export const shapeGfObjective = objective({
  name: 'shape-gf',
  description:
    'the squared displacement of noised points over sigma, given the latent of their shape, and the score of latents',
  citation: 'Cai et al. 2020, eq. 5',
  task: 'shape-model',
  options: {
    copies: withDefault(upTo(64), 8, 'noised copies of each latent in a step'),
    latentNoise: withDefault(
      nonNegative,
      0.1,
      'standard deviation of noise on the latents that the score of points reads, so that near ones have like shapes',
    ),
  },
  suits: {
    process: 'smld',
    sde: { sigmaMax: 1, levels: 10 },
    parametrizations: ['score'],
    parametrization: { label: 'logSigma' },
  },
  // sigma^3 ||s - target||^2 is ||sigma^2 (s - target)||^2 / sigma, as published.
  build: ({ copies, latentNoise }, { process, latent }) => {
    const { sde } = process;
    return latentDenoising(process, {
      ...{ latent, copies, latentNoise, reduction: 'mean' },
      weighting: (t) => sde.sigma(t) ** 3,
      ...(sde.levels && among(process, visited(sde))),
      prior: latentProcess,
      priorWeighing: latentWeighing,
    });
  },
});
