/** @file The singlestep DPM-Solver++ of second order. */
import { combine } from '../../base/arith.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import { tweedie } from '../denoise.ts';
import { exponentialStep } from '../multistep/exponential.ts';
import type { SamplerStepOf } from '../sampler-step.ts';

/**
 * One step of DPM-Solver++(2S) with r = 1/2: a first-order step to the middle of the log-SNR, then one all the way with
 * the estimate of x_0 that is found there. Two evaluations, or one for a step to noise zero. Exact in one step for data
 * at one point.
 * @see Lu et al. 2022, "DPM-Solver++", algorithm 1
 */
export function dpmSolver2S(): SamplerStepOf {
  return (sde, score) => async (_keys, x, from, to) => {
    const whole = exponentialStep(sde, { from, to });
    let denoised = await tweedie(sde, score, x, from);
    if (Number.isFinite(whole.k)) {
      const middle = timeOfNoiseRatio(sde, Math.sqrt(noiseRatio(sde, from) * noiseRatio(sde, to)));
      const half = exponentialStep(sde, { from, to: middle });
      denoised = await tweedie(sde, score, combine([half.factor, x], [half.share, denoised]), middle);
    }
    const moved = combine([whole.factor, x], [whole.share, denoised]);
    return { x: moved, mean: moved };
  };
}
