/** @file The process of latents, which have mean 0 and variance 1 by construction, whatever the samples are. */
import type { ScoreProcess } from '../score/coefficients.ts';
import type { Weighing } from '../score/objectives/noised.ts';
import { edmParametrization } from '../sde/learning/parametrization.ts';
import { edmWeighting, logNormalTimes } from '../sde/learning/weighting.ts';
import { edm } from '../sde/processes/edm.ts';

const sde = edm();

/** Standard deviation of latents. */
const sigmaData = 1;

/** The process of EDM for numbers of variance 1. */
export const latentProcess: ScoreProcess = { sde, parametrization: edmParametrization({ sigmaData })(sde) };

/** EDM's weights, at noise levels around the spread of the latents. */
export const latentWeighing: Weighing = {
  weighting: edmWeighting(sde, { sigmaData }),
  times: logNormalTimes(sde, { mean: -0.4, std: 1.2 }),
  reduction: 'mean',
};
