/** @file The record of an objective. */
import type * as v from 'valibot';
import type { Corruption } from '../../discrete/corruption.ts';
import type { ScoreProcess } from '../../score/coefficients.ts';
import type { FrozenScore } from '../../score/objectives/frozen-score.ts';
import type { Weighing } from '../../score/objectives/noised.ts';
import type { Coupling } from '../../score/objectives/coupling.ts';
import type { Objective } from '../../score/objectives/objective.ts';
import type { VarianceKind } from '../../score/objectives/variational.ts';
import type { ParametrizationOf } from '../../sde/learning/parametrization.ts';
import type { StepEnds } from '../../sde/learning/step-ends.ts';
import type { Bins } from '../../sde/learning/bins.ts';
import { amongTimes } from '../../sde/time/discrete-times.ts';
import type { Sde, TimeGrid } from '../../sde/sde.ts';
import { logSnrGrid, suitedGrid } from '../../sde/time/time-grid.ts';
import type { GridName } from '../grids.ts';
import type { Named } from '../named.ts';
import type { OptionValues, Plain } from '../option.ts';

/** What objectives are built of besides their own options. */
export interface ObjectiveParts {
  readonly process: ScoreProcess;
  /** Weights and times of a loss that takes them, and the reduction. */
  readonly weighing: Weighing;
  /** Which noise belongs to which sample, for a loss that takes a coupling. */
  readonly coupling?: Coupling | 'stored';
  /** Bins of the data; none for points. */
  readonly bins: Bins | undefined;
  /** Classes that a classifier predicts. */
  readonly classes: number;
  /** Tokens that a network of them distinguishes; 0 of others. */
  readonly tokens: number;
  /** Numbers of the latents of a network that has them; 0 of others. */
  readonly latent: number;
  /** The trained model that a student learns from, where there is one. */
  readonly teacher?: FrozenScore | undefined;
}

/** The times at which a score is learned where they are finitely many: those of a time grid, along which it is sampled. */
export interface Visited {
  readonly grid: 'auto' | 'log-snr';
  readonly steps: number;
}

/**
 * How a student is sampled, a model whose denoised estimate is where the flow ends: by no other samplers, and in so many steps, or in any
 * number if undefined.
 */
export interface StudentSampling {
  readonly samplers: readonly string[];
  readonly steps: number | undefined;
}

/** The samplers of few steps of a model that learns the steps of its flow, and in how many steps; in any number if undefined. */
export interface LeapSampling {
  readonly samplers: readonly string[];
  readonly steps: readonly number[] | undefined;
}

/** The sampler of a process or of a kind of data, which scores have unless their loss or their user asks for one. */
export interface UsualSampler {
  readonly sampler: string;
  readonly steps?: number;
  readonly nfe?: number;
}

/** How samples of a run are drawn unless other settings are asked for. */
export interface Sampling {
  readonly sampler: string;
  readonly steps?: number | undefined;
  readonly grid?: GridName | readonly number[] | undefined;
  /** Network evaluations for each sample, in place of steps. */
  readonly nfe?: number | undefined;
  /** Whether the last noise is removed. */
  readonly denoise: boolean;
  /** Whether the score is known at one noise level alone, so that no other sampler will do. */
  readonly oneLevel: boolean;
  /** Whether the probability flow alone is right, as it is of flows with a coupling, so that samplers with noise are refused. False by default. */
  readonly flowOnly?: boolean | undefined;
  /** Of a student; undefined of a score. */
  readonly student?: StudentSampling | undefined;
  /** Of a score that also knows the steps of its flow, see `StepEnds`; undefined of others. */
  readonly leaps?: LeapSampling | undefined;
}

/** The parts of a configuration that suit an objective. */
export interface SuitedParts {
  /** Name of a process. */
  readonly process: string;
  /** Options of this process. */
  readonly sde?: Plain;
  /** Names of parametrizations, the best first: that of the process if it is one of them, else the first. */
  readonly parametrizations: readonly string[];
  /** Options of the first of these parametrizations. */
  readonly parametrization?: Plain;
  /** Factor of the time in the label of the network, of parametrizations that have one. */
  readonly timeScale?: number;
  /** Options of the network. */
  readonly net?: Plain;
}

/** Parametrizations whose estimate of the data stays bounded where there is next to nothing but noise, so that one step can end at the data. */
export const bounded = ['v', 'velocity', 'edm', 'x0'] as const;

/** A named objective. */
export interface ObjectiveRecord<
  Name extends string = string,
  Options extends v.ObjectEntries = v.ObjectEntries,
> extends Named<Name> {
  /** Name of the task that it trains. */
  readonly task: string;
  readonly options: Options;
  /** What suits it unless something else is asked for; that of the network and the process if undefined. */
  readonly suits?: SuitedParts;
  /** Most numbers of a sample, where the cost grows with them, and what takes more. */
  readonly most?: { readonly values: number; readonly instead: string };
  /** What the network reads and predicts, of a loss that leaves no choice. */
  parametrization?(loss: OptionValues<Options>): ParametrizationOf;
  build(loss: OptionValues<Options>, parts: ObjectiveParts): Objective;
  /** How the network is given where steps end, of a loss that learns them. */
  ends?(loss: OptionValues<Options>): StepEnds;
  /** Whether it trains the autoencoder of the latents too, and is of runs with one alone. */
  readonly joint?: true;
  /** Whether it trains students, whose denoised estimate is where the flow ends. */
  readonly students?: true;
  /** The noise level sigma / alpha at which the score is learned, if it is one alone. */
  level?(loss: OptionValues<Options>): number | undefined;
  visited?(loss: OptionValues<Options>, sde: Sde): Visited | undefined;
  sampling?(loss: OptionValues<Options>): Partial<Sampling>;
  /** Whether the network sees where the path of each sample began, of a loss of paths. */
  seesStart?(loss: OptionValues<Options>): boolean;
  /** The times from 1 to 0 of the steps that a drift is learned for, of a loss that reads whole paths. */
  path?(loss: OptionValues<Options>): readonly number[];
  /** How data are noised, in words, of a loss that does so by no SDE. */
  noise?(loss: OptionValues<Options>): string;
  /** How tokens are noised, of a loss of them. */
  corruption?(loss: OptionValues<Options>, tokens: number): Corruption;
  /** The variance of reverse steps that it fixes or learns; 'small' if undefined. */
  variance?(loss: OptionValues<Options>): VarianceKind;
}

/** A record of an objective. */
export function objective<const Name extends string, const Options extends v.ObjectEntries>(
  record: ObjectiveRecord<Name, Options>,
): ObjectiveRecord<Name, Options> {
  return Object.freeze(record);
}

const gridOf: Readonly<Record<Visited['grid'], TimeGrid>> = { auto: suitedGrid, 'log-snr': logSnrGrid };

/** A geometric sequence of noise levels. */
export const geometric = (levels: number): Visited => ({ grid: 'log-snr', steps: levels - 1 });

/** Ascending times of a grid. */
export const timesAlong = (sde: Sde, { grid, steps }: Visited): readonly number[] =>
  gridOf[grid](sde, steps).toReversed();

/** Losses at one of finitely many times each. */
export const among = ({ sde }: ScoreProcess, visited: Visited): Weighing => ({
  times: amongTimes(timesAlong(sde, visited)),
});
