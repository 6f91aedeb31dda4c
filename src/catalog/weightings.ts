/** @file The weights of the denoising loss over time that have a name. */
import type { Sde } from '../sde/sde.ts';
import {
  dataWeighting,
  edmWeighting,
  flowMatchingWeighting,
  importanceWeighting,
  likelihoodWeighting,
  minSnrWeighting,
  sigmaSquaredWeighting,
  truncatedSnrWeighting,
  vWeighting,
  type Weighting,
} from '../sde/learning/weighting.ts';
import { namesOf, type Named } from './named.ts';

/** What weights depend on besides the SDE. */
export interface WeightingParts {
  /** Name of the distribution of the training times. */
  readonly times: string;
  /** Standard deviation of the scaled data. */
  readonly sigmaData: number;
  /** Largest weight of min-snr. */
  readonly gamma: number;
}

/** Named weights of the denoising loss. */
export interface WeightingRecord<Name extends string = string> extends Named<Name> {
  build(sde: Sde, parts: WeightingParts): Weighting;
}

const record = <const Name extends string>(weighting: WeightingRecord<Name>): WeightingRecord<Name> => weighting;

/** Every named weighting. */
export const weightings = [
  record({
    name: 'sigma2',
    description: 'sigma^2: the squared error of the noise',
    citation: 'Song and Ermon 2019, section 4.2',
    build: (sde) => sigmaSquaredWeighting(sde),
  }),
  record({
    name: 'likelihood',
    description: 'g^2: a bound of the negative log likelihood',
    citation: 'Song et al. 2021, Maximum likelihood training, theorem 1',
    build: (sde, { times }) => (times === 'importance' ? importanceWeighting(sde) : likelihoodWeighting(sde)),
  }),
  record({
    name: 'edm',
    description: "EDM's weights, under which the network's own targets count alike",
    citation: 'Karras et al. 2022, eq. 8',
    build: (sde, { sigmaData }) => edmWeighting(sde, { sigmaData }),
  }),
  record({
    name: 'x0',
    description: 'the squared error of the data',
    citation: 'Salimans and Ho 2022, section 4',
    build: (sde) => dataWeighting(sde),
  }),
  record({
    name: 'min-snr',
    description: 'min(SNR, gamma) times the squared error of the data',
    citation: 'Hang et al. 2023, section 3.4',
    build: (sde, { gamma }) => minSnrWeighting(sde, { gamma }),
  }),
  record({
    name: 'truncated-snr',
    description: 'max(SNR, 1) times the squared error of the data',
    citation: 'Salimans and Ho 2022, section 4',
    build: (sde) => truncatedSnrWeighting(sde),
  }),
  record({
    name: 'v',
    description: '(SNR + 1) times the squared error of the data: the squared error of v',
    citation: 'Salimans and Ho 2022, section 4',
    build: (sde) => vWeighting(sde),
  }),
  record({
    name: 'flow-matching',
    description: 'the squared error of the velocity',
    citation: 'Lipman et al. 2023, eq. 9',
    build: (sde) => flowMatchingWeighting(sde),
  }),
] as const;

/** The name of a weighting. */
export type WeightingName = (typeof weightings)[number]['name'];

/** Names of the weightings. */
export const weightingNames: readonly WeightingName[] = namesOf(weightings);
