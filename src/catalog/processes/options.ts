/** @file Options that several processes share. */
import * as v from 'valibot';
import { positive, upTo } from '../config/limits.ts';
import { optional, withDefault } from '../option.ts';

const ofData = { unit: 'that of the scaled data' };

/** Where training begins and sampling ends. */
export const timesOptions = {
  tMin: withDefault(positive, 1e-5, 'smallest time of training and of likelihoods'),
  tEnd: optional(positive, 'time at which sampling ends (default: tMin, or 1e-3 where that is larger and alpha falls)'),
};

/** A process whose sampling ends at tMin, or at `least` where tMin is smaller: the last bit of noise is not worth its steps. */
export const endingAt =
  (least: number) =>
  <T extends { readonly tMin: number; readonly tEnd?: number }>(options: T): T => ({
    ...options,
    tEnd: options.tEnd ?? Math.max(options.tMin, least),
  });

/** The time of pure noise of a process that ends without data at t = 1. */
export const tMax = (value: number): ReturnType<typeof withDefault<number>> =>
  withDefault(positive, value, 'time of pure noise, below 1, where alpha would be zero');

/** The smallest and the largest noise level. */
export const sigmas = {
  sigmaMin: withDefault(positive, 0.01, 'noise level at t = 0', ofData),
  sigmaMax: withDefault(
    positive,
    50,
    'noise level at t = 1, about the largest distance between two data points',
    ofData,
  ),
};

/** Noise rates at t = 0 and t = 1. */
export const betas = {
  betaMin: withDefault(positive, 0.1, 'noise rate at t = 0'),
  betaMax: withDefault(positive, 20, 'noise rate at t = 1'),
};

/** Keeps the noise rate of the cosine schedule above zero. */
export const offset = withDefault(
  positive,
  0.008,
  'offset of the cosine, which keeps the noise rate at t = 0 above zero',
);

const twoOrMore = v.pipe(upTo(100_000), v.minValue(2, 'expected at least 2'));

/** Steps of a discrete model. */
export const steps = withDefault(twoOrMore, 1000, 'steps of the chain');

/** Noise levels of a discrete model. */
export const levels = withDefault(twoOrMore, 1000, 'number of noise levels');
