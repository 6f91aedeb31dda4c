/** @file The Markov chains that have a name, by which samples of compositions are corrected at each noise level. */
import { hamiltonian } from '../sample/correctors/hamiltonian.ts';
import { langevin } from '../sample/correctors/langevin.ts';
import { lineIntegral } from '../sample/correctors/line-integral.ts';
import { mala } from '../sample/correctors/mala.ts';
import type { SamplerStepOf } from '../sample/sampler-step.ts';
import type { LogDensity } from '../sde/score-fn.ts';
import { namesOf, type Named } from './named.ts';

/** How often, and how far. */
export interface CorrectionSettings {
  /** Steps of a chain at each level. */
  readonly steps: number;
  /** Step size relative to sigma, squared of Langevin steps. */
  readonly stepSize: number;
  /** The density of the composition; undefined where a model has no energy. */
  readonly logDensity: LogDensity | undefined;
}

/** A named correction. */
export interface CorrectionRecord<Name extends string = string> extends Named<Name> {
  /** Whether it reads the density, so that all models must have energies. */
  readonly energies: boolean;
  build(settings: CorrectionSettings): SamplerStepOf;
}

const record = <const Name extends string>(own: CorrectionRecord<Name>): CorrectionRecord<Name> => own;

/** Every named correction; the first that fits the models is the default. */
export const corrections = [
  record({
    name: 'mala',
    description: 'Metropolis-adjusted Langevin steps by the energies of the networks',
    citation: 'Roberts and Tweedie 1996',
    energies: true,
    build: mala,
  }),
  record({
    name: 'hmc',
    description: 'Hamiltonian Monte Carlo of 5 leapfrog steps by the energies of the networks',
    citation: 'Neal 2011',
    energies: true,
    build: hamiltonian,
  }),
  record({
    name: 'mala-line',
    description: 'Metropolis-adjusted Langevin steps by line integrals of the score, for any network',
    citation: 'Du et al. 2023',
    energies: false,
    build:
      ({ steps, stepSize }) =>
      (sde, score) =>
        mala({ steps, stepSize, logRatio: lineIntegral(score) })(sde, score),
  }),
  record({
    name: 'langevin',
    description: 'Langevin steps without acceptance, for any network, with an error of the size of a step',
    citation: 'Du et al. 2023',
    energies: false,
    // eta = 2 (snr sigma)^2.
    build: ({ steps, stepSize }) => langevin({ steps, snr: Math.sqrt(stepSize / 2), stepSize: 'sigma' }),
  }),
] as const;

/** Names of all corrections, and none. */
export const correctionNames = [...namesOf(corrections), 'none'] as const;
