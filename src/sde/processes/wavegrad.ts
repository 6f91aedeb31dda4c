/** @file The process of WaveGrad: the chain of DDPM in continuous noise levels. */
import { ddpm } from './ddpm.ts';
import { linearBetas, type BetaOptions } from './discrete.ts';
import type { Sde } from '../sde.ts';

/** Part of the first step of the chain at which training begins. */
const firstPart = 0.01;

/**
 * The chain of `linearBetas` with all levels between its steps, from betas of 1e-6 to 0.01 in 1,000 steps by default: sigma = 0.001 is left at the first, alpha = 0.08 at the last.
 * @throws ConfigError as `linearBetas`.
 * @see Chen et al. 2021, "WaveGrad: estimating gradients for waveform generation", sections 2.2 and 4.2
 */
export function wavegrad({ betaMin = 1e-3, betaMax = 10, steps = 1000 }: BetaOptions = {}): Sde {
  const chain = ddpm({ betas: linearBetas({ betaMin, betaMax, steps }) });
  return Object.freeze({
    kind: 'wavegrad',
    tMin: firstPart / steps,
    tEnd: 1 / steps,
    tMax: chain.tMax,
    priorStd: chain.sigma(chain.tMax),
    alpha: (t: number) => chain.alpha(t),
    sigma: (t: number) => chain.sigma(t),
    f: (t: number) => chain.f(t),
    g: (t: number) => chain.g(t),
  });
}
