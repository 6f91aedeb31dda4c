/** @file The distributions of the training times that have a name. */
import type { Sde } from '../sde/sde.ts';
import {
  importanceTimes,
  logNormalTimes,
  segmentTimes,
  uniformTimes,
  type TimeDistribution,
} from '../sde/learning/weighting.ts';
import { namesOf, type Named } from './named.ts';

/** Where a distribution lies that can lie elsewhere. */
export interface TimesAt {
  /** Mean of log(sigma / alpha). */
  readonly mean?: number | undefined;
  /** Standard deviation of log(sigma / alpha). */
  readonly std?: number | undefined;
}

/** A named distribution of the training times. */
export interface TimesRecord<Name extends string = string> extends Named<Name> {
  /** Whether it can lie elsewhere. */
  readonly placed?: true;
  build(sde: Sde, at: TimesAt): TimeDistribution;
}

const record = <const Name extends string>(times: TimesRecord<Name>): TimesRecord<Name> => times;

/** Every named distribution of times. */
export const times = [
  record({
    name: 'uniform',
    description: 'uniform from tMin to tMax, or over the levels of a discrete model',
    build: (sde) => uniformTimes(sde),
  }),
  record({
    name: 'log-normal',
    description: 'such that the noise ratio sigma / alpha is log-normal',
    citation: 'Karras et al. 2022, table 1',
    placed: true,
    build: (sde, { mean = -1.2, std = 1.2 }) => logNormalTimes(sde, { mean, std }),
  }),
  record({
    name: 'logit-normal',
    description: 'such that sigma / (alpha + sigma), the time of rectified flow, is logit-normal',
    citation: 'Esser et al. 2024, section 3.1',
    placed: true,
    build: (sde, { mean = 0, std = 1 }) => logNormalTimes(sde, { mean, std }),
  }),
  record({
    name: 'segments',
    description:
      'such that the level, the square root of alpha-bar, is uniform between two steps of a chain, each pair as likely',
    citation: 'Chen et al. 2021, WaveGrad, section 2.2',
    build: (sde) => segmentTimes(sde),
  }),
  record({
    name: 'importance',
    description: 'uniform in log(sigma / alpha), which gives the likelihood-weighted loss less variance',
    citation: 'Song et al. 2021, Maximum likelihood training, section 5.1',
    build: (sde) => importanceTimes(sde),
  }),
] as const;

/** The name of a distribution of times. */
export type TimesName = (typeof times)[number]['name'];

/** Names of the distributions of times. */
export const timesNames: readonly TimesName[] = namesOf(times);
