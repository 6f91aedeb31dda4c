/** @file The gradient noise scale of a training as it goes on, from steps that are computed in parts. */
import { signalAndNoise, type SignalAndNoise } from '../evaluate/gradient-noise.ts';
import type { StepResult } from '../score/train-step.ts';

/** Reads every step; it gives the noise scale in samples, undefined as long as the noise hides the gradient. */
export type NoiseMeter = (result: Pick<StepResult, 'parts' | 'gradientNorm'>) => number | undefined;

/** A meter for batches of one size, whose memory is about 100 steps. */
export function noiseMeter(batch: number): NoiseMeter {
  let steps = 0;
  let mean: SignalAndNoise = { signal: 0, noise: 0 };
  return ({ parts, gradientNorm }) => {
    if (parts === undefined) return undefined;
    const now = signalAndNoise({ whole: gradientNorm ** 2, part: parts.square }, batch, parts.count);
    const weight = Math.max(0.01, 1 / ++steps);
    // The ratio of one step has a bias, so that both are averaged apart.
    mean = {
      signal: mean.signal + weight * (now.signal - mean.signal),
      noise: mean.noise + weight * (now.noise - mean.noise),
    };
    return mean.signal > 0 && mean.noise >= 0 ? mean.noise / mean.signal : undefined;
  };
}
