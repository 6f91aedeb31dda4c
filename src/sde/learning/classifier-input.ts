/** @file What a classifier of noised samples reads, in a form that all affine SDEs share. */
import { noiseRatio } from '../time/noise-ratio.ts';
import type { Parametrization } from './parametrization.ts';
import type { Sde } from '../sde.ts';

/** Labels for a factor of e in the noise ratio: ratios from 1e-3 to 100 are the thousand steps of DDPM. */
const labelsPerLog = 87;

/**
 * The sample at unit scale, x / hypot(alpha, sigma), and a label that is linear in log(sigma / alpha). Both are functions of
 * x / alpha and the noise ratio alone, so that a classifier that is trained on one SDE serves every other one at the noise
 * levels that it has seen. As a score, the output is taken as it is.
 */
export function classifierInput(sde: Sde): Parametrization {
  return Object.freeze({
    kind: 'classifier',
    skip: () => 0,
    out: () => 1,
    inScale: (t: number) => 1 / Math.hypot(sde.alpha(t), sde.sigma(t)),
    label: (t: number) => labelsPerLog * Math.log(noiseRatio(sde, t)),
  });
}
