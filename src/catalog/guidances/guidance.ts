/** @file The record of a guidance: how a condition, or a second network, changes the score. */
import * as v from 'valibot';
import { checkOptions } from '../../base/check.ts';
import type { GuidanceInterval } from '../../sde/guidance/guidance-interval.ts';
import type { Scores } from '../../score/models/score-model.ts';
import type { LogDensity, ScoreFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';
import { noiseRatio } from '../../sde/time/noise-ratio.ts';
import { nonNegative, positive } from '../config/limits.ts';
import type { Named } from '../named.ts';
import { optional, type OptionValues } from '../option.ts';

/** The second network that a guidance needs, by the task that it was trained for, and what it gives. */
export interface Guides {
  readonly none: undefined;
  /** grad_x log p(c | x_t) for the class of each sample of the batch. */
  readonly classifier: ScoreFn;
  /** Its scores, for the class of each sample where it knows classes. */
  readonly score: Scores;
}

/** What a guidance makes the score of a batch of. Evaluations of all parts are counted. */
export interface GuidanceParts<Guide> {
  readonly sde: Sde;
  /** Scores for the class of each sample; of all samples where the network itself gets no class. */
  readonly conditional: Scores;
  /** Scores of samples of no class in particular. */
  readonly unconditional: Scores;
  readonly guide: Guide;
}

/** The score of a batch under guidance; without `scoreVjp` it cannot be differentiated. */
export interface GuidedScores extends Pick<Scores, 'score'> {
  readonly scoreVjp: Scores['scoreVjp'] | undefined;
  readonly reverseVariance: Scores['reverseVariance'] | undefined;
  /** The score of the noise that a step adds again, where it is another one. */
  readonly unguided?: ScoreFn;
  /** The density whose gradient the score is, where it is known. */
  readonly logDensity?: LogDensity;
}

/** A named guidance. */
export interface GuidanceRecord<
  Name extends string = string,
  Options extends v.ObjectEntries = v.ObjectEntries,
  Guide extends keyof Guides = keyof Guides,
> extends Named<Name> {
  readonly citation: string;
  /** The second network that it needs. */
  readonly guide: Guide;
  /** Whether it guides to a class, so that one must be given. */
  readonly toClass: boolean;
  /** Whether the guided score can be differentiated, which some posterior samplers do. */
  readonly differentiable: boolean;
  /** Names of the samplers whose steps it changes, where it is no score that others could take. */
  readonly samplers?: readonly string[];
  /** Highest scale; none by default. */
  readonly most?: number;
  /** Its own options, beside the scale. */
  readonly options: Options;
  /** Evaluations of networks that the score of a sample takes at most. */
  evaluations(settings: OptionValues<Options> & GuidanceSettings): number;
  build(settings: OptionValues<Options> & GuidanceSettings, parts: GuidanceParts<Guides[Guide]>): GuidedScores;
}

/** What every guidance gets besides its own options. */
export interface GuidanceSettings {
  /** Guidance scale w, at least 0: 1 is the condition as it is, above 1 exaggerates it. */
  readonly scale: number;
}

/** A record of a guidance. */
export function guidance<
  const Name extends string,
  const Options extends v.ObjectEntries,
  const Guide extends keyof Guides,
>(record: GuidanceRecord<Name, Options, Guide>): GuidanceRecord<Name> {
  // Lists contain records of all options and guides; a record gets those of its own.
  return Object.freeze(record);
}

const ends = v.pipe(
  v.strictTuple([nonNegative, positive], 'expected two numbers, the lowest and the highest noise level'),
  v.check(([low, high]) => low < high, 'expected the lowest noise level before the highest'),
);

/** The option of a guidance that can be limited to an interval of noise levels. */
export const limited = {
  interval: optional(
    ends,
    'noise levels sigma / alpha, from the lowest to the highest, between which the scale applies; elsewhere it is 1 (default: all)',
    { placeholder: 'LOW,HIGH' },
  ),
} as const;

/**
 * The interval of an SDE that `limited` asks for.
 * @throws ConfigError if the process has no noise levels in it.
 */
export function intervalOf(
  sde: Sde,
  { interval }: { readonly interval?: readonly [low: number, high: number] },
): GuidanceInterval | undefined {
  if (interval === undefined) return undefined;
  const [low, high] = interval;
  const [least, most] = [noiseRatio(sde, sde.tEnd), noiseRatio(sde, sde.tMax)];
  const shown = [least, most].map((level) => Number(level.toPrecision(3)));
  checkOptions([
    low < most && high > least,
    'guidance.interval',
    `expected noise levels among ${shown.join(' to ')}, those of the process, got ${low} to ${high}`,
  ]);
  return { sde, low, high };
}
