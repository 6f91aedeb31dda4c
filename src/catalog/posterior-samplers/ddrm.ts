/** @file The posterior sampler `ddrm`, by its name. */
import { ddrm, ddrmEnd } from '../../inverse/posterior/ddrm.ts';
import { constrained } from '../../inverse/problem.ts';
import { fraction } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { gridSettings, posteriorSampler } from './posterior-sampler.ts';

export const ddrmPosterior = posteriorSampler({
  name: 'ddrm',
  description: 'denoising diffusion restoration models: diffusion in the singular vectors of the operator',
  citation: 'Kawar et al. 2022, section 3.2',
  needs: ['linear', 'svd'],
  heedsNoise: true,
  anyNoise: false,
  defaultSteps: 20,
  evaluations: ({ steps }) => steps + 1,
  options: {
    eta: withDefault(fraction, 0.85, 'new noise where the measurement says little'),
    etaB: withDefault(fraction, 1, 'share of the measurement in the mean where it says much'),
  },
  study: { steps: 20 },
  build: ({ eta, etaB, ...settings }) =>
    constrained({ ...gridSettings(settings), predictor: ddrm({ eta, etaB }), end: ddrmEnd({ etaB }) }),
});
