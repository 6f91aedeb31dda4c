/** @file The part `train` of a configuration: how long and how fast a run learns. */
import * as v from 'valibot';
import { place } from './data-config.ts';
import { count, positive, upTo, whole, withKeys } from './limits.ts';
import { widest } from '../../score/power-profiles.ts';
import { optional, required, withDefault } from '../option.ts';

const belowOne = 'expected 0 to below 1';
const width = 'expected more than 0 and below 0.2887';
const share = 'expected more than 0 and below 1';

/** Where all randomness of a run comes from unless its user says. */
export const defaultSeed = 0;

/** Steps of a run that is given neither steps nor minutes. */
export const defaultSteps = 20_000;

/** The keys of `train`. */
const trainOptions = {
  seed: withDefault(whole, defaultSeed, 'seed of everything random'),
  init: optional(place, 'run or model whose averaged parameters are the first ones (default: random parameters)'),
  batch: required(
    upTo(65_536),
    'samples of a step (default: 32 in the recipe of images, else 64 images or 512 points)',
  ),
  learningRate: required(
    positive,
    'learning rate (default: 1e-2 in the recipe of images, else 5e-4 for images and 1e-3 for points)',
  ),
  optimizer: optional(
    v.picklist(['adam', 'muon']),
    'adam, or muon for the matrices of the network (default: muon in the recipe of images, else adam)',
  ),
  warmup: withDefault(whole, 500, 'steps of linear warm-up', { unit: 'steps' }),
  decay: optional(
    v.picklist(['none', 'inverse-sqrt', 'cosine']),
    'how the learning rate falls after decayFrom: with the root of the step, or as half a cosine to 0 at the last of the steps or at the end of the minutes (default: cosine in the recipe of images, else none)',
  ),
  decayFrom: optional(count, 'last step of the full learning rate (default: warmup)', { unit: 'steps' }),
  clip: withDefault(positive, 1, 'largest global norm of the gradient'),
  emaDecay: required(
    v.pipe(v.number(), v.minValue(0, belowOne), v.ltValue(1, belowOne)),
    'decay of the average of the parameters (default: that of the process)',
  ),
  averages: optional(
    v.pipe(
      v.array(v.pipe(v.number(), v.gtValue(0, width), v.ltValue(widest, width))),
      v.minLength(1, 'expected one width or more'),
      v.maxLength(4, 'expected at most 4 widths'),
    ),
    'widths of averages with power-law profiles that are stored for `scorefield average`, such as [0.05,0.1] (default: none)',
  ),
  labelDropout: withDefault(
    v.pipe(v.number(), v.gtValue(0, share), v.ltValue(1, share)),
    0.1,
    'share of the samples whose class or text is hidden from a network that is conditioned on it, so that it learns the score of all too',
  ),
  wordDropout: optional(
    v.pipe(v.number(), v.minValue(0, belowOne), v.ltValue(1, belowOne)),
    'share of the words that are left out of each text, so that a part of a text says something too (default: 0)',
  ),
  steps: optional(count, `steps in all (default: ${defaultSteps}, without minutes)`, { unit: 'steps' }),
  minutes: optional(positive, 'minutes of training in all (default: no limit)', { unit: 'minutes' }),
  heldOut: optional(
    place,
    'data that are not trained on, whose loss is measured at each checkpoint, of the shape of the data (default: none)',
  ),
  patience: optional(
    count,
    'checkpoints without a lower loss on heldOut after which the run ends (default: it goes on to its steps or minutes)',
  ),
  checkpointEvery: withDefault(count, 500, 'steps between checkpoints', { unit: 'steps' }),
  keep: withDefault(count, 2, 'newest checkpoints that are kept; the best one is kept too'),
  logEvery: withDefault(count, 20, 'steps between lines of metrics', { unit: 'steps' }),
  sampleEvery: withDefault(whole, 2000, 'steps between pictures of samples; 0 for none', { unit: 'steps' }),
};

/** The schema of `train`. */
export const trainSchema = withKeys(trainOptions);

/** Training part of a configuration. */
export type TrainConfig = v.InferOutput<typeof trainSchema>;
