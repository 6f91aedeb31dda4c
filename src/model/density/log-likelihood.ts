/** @file Log densities of samples under a model, with their errors. */
import { likelihoodMethods, varianceKinds, type LikelihoodMethod } from '../choices.ts';
import { isOfBytes } from '../../data/float-images.ts';
import { checkOptions } from '../../base/check.ts';
import { key } from '../../base/key.ts';
import type { Shard, ShardRows } from '../../base/shard.ts';
import { sizeOf } from '../../base/tensor.ts';
import type { TrainedDequantizer } from '../../run/dequantizer.ts';
import { inClassOrder } from '../../data/class-names.ts';
import { sampleShape, type DataSet } from '../../data/dataset.ts';
import { meanEstimate, type Estimate } from '../../evaluate/estimate.ts';
import { isOfLatents } from '../../nn/autoencoder.ts';
import type { Given } from '../../score/models/condition-rows.ts';
import type { VarianceKind } from '../../score/objectives/variational.ts';
import { codingOf } from '../../run/summarize.ts';
import { givenOf } from '../../train/conditional-texts.ts';
import type { Host } from '../host.ts';
import { estimate, exactUpTo, type EstimateRequest, type LikelihoodStep } from './likelihood-estimates.ts';
import type { ScorePrograms } from '../score-programs.ts';
import { requireAllLevels, type TrainedModel } from '../trained.ts';

/** How log densities are computed. */
export interface LikelihoodOptions {
  /** `ode`, the probability flow, by default; `bound` and `vlb` are upper bounds of the bits, which cost less. Of latents `bound`, the one there is. */
  readonly method?: LikelihoodMethod | undefined;
  /** Independent estimates of each sample, by Hutchinson probes or draws of noise. Default 1. */
  readonly probes?: number | undefined;
  /** Times at which a bound evaluates the score; all those of its own by default. Of `bound` and `vlb`. */
  readonly terms?: number | undefined;
  /** Steps of the chain of `vlb`; those that the model was trained on, or 1000, by default. */
  readonly steps?: number | undefined;
  /** Variance of the reverse steps of `vlb`; the one that the model was trained with by default. */
  readonly variance?: VarianceKind | undefined;
  /** Relative and absolute tolerance of the solver of `ode`. Default 1e-4. */
  readonly tolerance?: number | undefined;
  /** Whether the density is that given each sample's own class. Default false. */
  readonly givenClass?: boolean | undefined;
  /** Whether the density is that given the first text of each sample. Default false. */
  readonly givenText?: boolean | undefined;
  /** A learned noise for bytes, which gives a tighter bound than uniform noise. Uniform noise by default. */
  readonly dequantizer?: TrainedDequantizer | undefined;
  /** Rows of the data; all of them by default. The random numbers of a sample depend on the seed and its row. */
  readonly rows?: readonly number[] | undefined;
  /** Seed of probes, draws and the noise of bytes. Default 0. */
  readonly seed?: number | undefined;
  /** Samples that are computed together. Default 32. */
  readonly batch?: number | undefined;
  /** The part of the rows that is computed: whole groups of 16 batches or 2^20 numbers, the same as if all were computed. Default all. */
  readonly shard?: Shard | undefined;
}

/** Bits per dimension of samples, with their errors. Upper bounds where the method is `bound` or `vlb`. */
export interface LikelihoodResult {
  /** Of each sample, in the order of `rows`; NaN for a sample whose solution did not reach the tolerance. */
  readonly bitsPerDim: Float64Array;
  /** Each sample's estimates by each probe or draw. */
  readonly byProbe: readonly Float64Array[];
  /** Mean over the samples that have a value, with its standard error over samples. */
  readonly mean: Estimate;
  /** Standard error of the mean that the probes alone cause; undefined where there are fewer than two of them. */
  readonly probeError: number | undefined;
  /** Rows of the data, of the shard alone where one is asked for. */
  readonly rows: readonly number[];
  /** Which of all rows that were asked for these are. */
  readonly range: ShardRows;
  /** Evaluations of the network, one number per sample. */
  readonly evaluations: readonly number[];
  /** Samples whose solution did not reach the tolerance. */
  readonly failed: number;
  readonly method: LikelihoodMethod;
  /** Whether the trace of the Jacobian was computed exactly, without probes. */
  readonly exactTrace: boolean;
  /** Tolerance of the solver, of `ode`. */
  readonly tolerance: number;
  /** Steps and variance of the chain, of `vlb`. */
  readonly steps: number;
  readonly variance: VarianceKind;
}

/**
 * Computes bits per dimension of the samples of a set.
 * @throws ConfigError if options contradict each other or the model, or the samples have another shape than the model's.
 */
export async function* logLikelihoods(
  source: { readonly host: Host; readonly trained: TrainedModel; readonly programs: ScorePrograms },
  set: DataSet,
  options: LikelihoodOptions = {},
): AsyncGenerator<LikelihoodStep, LikelihoodResult> {
  const request = { ...source, set, ...requestOf(source.trained, set, options) };
  const { method, tolerance, steps, variance, trained } = request;
  const { bits, byProbe, evals, failed, range } = yield* estimate(request);
  const rows = request.rows.slice(range.from, range.to);
  return {
    bitsPerDim: bits,
    byProbe,
    mean: meanEstimate(bits.filter((value) => !Number.isNaN(value))),
    probeError: probeErrorOf(byProbe),
    ...{ rows, range, evaluations: evals, failed, method, tolerance, steps, variance },
    exactTrace: method === 'ode' && sizeOf(trained.data.shape) <= exactUpTo,
  };
}

function requestOf(
  trained: TrainedModel,
  set: DataSet,
  options: LikelihoodOptions,
): Omit<EstimateRequest, 'host' | 'trained' | 'programs' | 'set'> {
  const {
    method = ownMethod(trained),
    probes = 1,
    terms,
    tolerance = 1e-4,
    dequantizer,
    seed = 0,
    batch = 32,
    shard,
  } = options;
  const { rows = Array.from({ length: set.count }, (_, row) => row), variance = ownVariance(trained) } = options;
  checkLikelihood(trained, options);
  const shape = sampleShape(set);
  checkOptions([
    shape.join() === trained.data.shape.join(),
    'data',
    `expected samples [${trained.data.shape.join(', ')}] as the model has, got [${shape.join(', ')}]`,
  ]);
  const given = givenFor(trained, set, rows, options);
  const { steps = ownSteps(trained) } = options;
  const how = { method, probes, terms, steps, variance, tolerance, dequantizer };
  return { rows, given, ...how, key: key(seed), batch, shard };
}

/** How densities are computed where nothing is said: the flow of latents knows the density of latents alone. */
export function ownMethod({ net }: TrainedModel): LikelihoodMethod {
  return isOfLatents(net) ? 'bound' : 'ode';
}

/**
 * Checks what can be checked of the options before there are data.
 * @param options.dequantizer - true for one that is yet to be read
 * @throws ConfigError if options contradict each other or the model.
 */
export function checkLikelihood(
  trained: TrainedModel,
  options: Omit<LikelihoodOptions, 'dequantizer'> & { readonly dequantizer?: TrainedDequantizer | boolean | undefined },
): void {
  const { method = ownMethod(trained), terms, dequantizer = false, variance = ownVariance(trained) } = options;
  requireAllLevels(trained);
  checkOptions(
    [likelihoodMethods.includes(method), 'method', `expected ${likelihoodMethods.join(', ')}, got ${method}`],
    [
      method === 'bound' || !isOfLatents(trained.net),
      'method',
      `expected bound, as ${trained.name} is of latents, whose density alone the flow knows; got ${method}`,
    ],
    [
      terms === undefined || !isOfLatents(trained.net),
      'terms',
      `these are of the data themselves, and ${trained.name} is of latents`,
    ],
    [varianceKinds.includes(variance), 'variance', `expected ${varianceKinds.join(', ')}, got ${variance}`],
    [
      variance !== 'learned' || trained.net.parts === 2,
      'variance',
      'this run has learned no variance; train one with --objective hybrid',
    ],
    [
      method === 'ode' || !trained.sampling.flowOnly,
      'method',
      `expected ode, as the run has learned a velocity and no score, got ${method}`,
    ],
    [terms === undefined || method !== 'ode', 'terms', 'these are of the methods bound and vlb only'],
    [options.steps === undefined || method === 'vlb', 'steps', 'these are of the method vlb only'],
    [options.variance === undefined || method === 'vlb', 'variance', 'this is of the method vlb only'],
    [
      dequantizer === false || (isOfBytes(trained.data.scaler) && method !== 'vlb'),
      'dequantizer',
      'only bytes of images are dequantized, and the method vlb takes them as they are',
    ],
  );
}

/** The variance of reverse steps that a model was trained with. */
function ownVariance({ net, reverseVariance }: TrainedModel): VarianceKind {
  if (net.parts === 2) return 'learned';
  return reverseVariance === 1 ? 'large' : 'small';
}

/** Steps of the chain that a model was trained on, if there was one. */
function ownSteps({ sampling, process }: TrainedModel): number {
  const trained = sampling.grid === 'auto' && sampling.steps !== undefined ? sampling.steps + 1 : undefined;
  return trained ?? process.sde.levels?.length ?? 1000;
}

/**
 * What each of the rows is given; undefined for nothing.
 * @throws ConfigError if the model or the samples have no classes or texts, or the samples have other classes.
 */
function givenFor(
  { data }: TrainedModel,
  set: DataSet,
  rows: readonly number[],
  { givenClass = false, givenText = false }: LikelihoodOptions,
): Given | undefined {
  checkOptions([!givenClass || !givenText, 'givenText', 'expected one of class and text, got both']);
  if (givenText) {
    const { texts = [], name } = set;
    checkOptions(
      [data.texts !== undefined, 'givenText', 'this run knows no texts; train one with --condition words'],
      [texts.length > 0, 'givenText', `expected samples with texts, found none in ${name}`],
    );
    return givenOf(set, rows, codingOf(data));
  }
  if (!givenClass) return undefined;
  const names = data.classes?.names ?? [];
  const path = 'givenClass';
  checkOptions([names.length > 0, path, 'this run knows no classes; train one with --conditional']);
  return givenOf(inClassOrder(set, { names, whose: 'the run', path }), rows);
}

/** Standard error of the mean that comes from the probes alone; it takes two of them to see. */
function probeErrorOf(byProbe: readonly Float64Array[]): number | undefined {
  const errors = byProbe.map((values) => meanEstimate(values).standardError).filter((error) => !Number.isNaN(error));
  if (errors.length === 0) return undefined;
  return Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0)) / errors.length;
}
