/** @file The posterior sampler `dps`, by its name. */
import { dps } from '../../inverse/guidance/dps.ts';
import { constrain, constrained } from '../../inverse/problem.ts';
import { ancestral } from '../../sample/steps/ancestral.ts';
import { nonNegative } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { gridSettings, posteriorSampler } from './posterior-sampler.ts';

export const dpsPosterior = posteriorSampler({
  name: 'dps',
  description: "diffusion posterior sampling: a gradient step on the denoised estimate's misfit after every step",
  citation: 'Chung et al. 2023, algorithm 1',
  needs: ['vjp'],
  heedsNoise: false,
  anyNoise: true,
  defaultSteps: 1000,
  evaluations: ({ steps, stepSize }) => (stepSize === 0 ? 1 : 2) * steps + 1,
  options: {
    stepSize: withDefault(nonNegative, 0.3, 'zeta, the step on the misfit; 0 is the prior', {
      unit: 'that of the samples',
    }),
  },
  study: { steps: 50, stepSize: 0.3 },
  build: ({ stepSize, ...settings }) =>
    constrained({ ...gridSettings(settings), predictor: constrain(dps({ stepSize }), ancestral()) }),
});
