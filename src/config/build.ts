/** @file From configuration to objects: the only place that switches on a `kind`. */
import { checkOptions } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import { sizeOf } from '../base/tensor.ts';
import { sampleShape, type DataSet } from '../data/dataset.ts';
import { scalerOf, type Scaler } from '../data/scaler.ts';
import { ddpmpp } from '../nn/ddpmpp.ts';
import { mlp } from '../nn/mlp.ts';
import { layout, type Network } from '../nn/network.ts';
import { scoreNet } from '../nn/score-net.ts';
import type { ScoreProcess } from '../score/coefficients.ts';
import { defaultOptimizer, type OptimizerOptions } from '../score/train-step.ts';
import { edm } from '../sde/edm.ts';
import { directScore, edmParametrization, epsilon, type ParametrizationOf } from '../sde/parametrization.ts';
import type { Sde } from '../sde/sde.ts';
import { sigmaPower } from '../sde/sigma-power.ts';
import { subVp } from '../sde/sub-vp.ts';
import { ve } from '../sde/ve.ts';
import { vp } from '../sde/vp.ts';
import {
  edmWeighting,
  importanceTimes,
  likelihoodWeighting,
  logNormalTimes,
  sigmaSquaredWeighting,
  uniformTimes,
  type TimeDistribution,
  type Weighting,
} from '../sde/weighting.ts';
import type { Objective } from '../train/train.ts';
import type { NetConfig, RunConfig, SdeConfig } from './schema.ts';

/** The objects of a configuration that depend on the shape of the data alone. */
export interface Model {
  readonly net: Network;
  readonly process: ScoreProcess;
}

/** All objects of a configuration. */
export interface Training extends Model {
  readonly scaler: Scaler;
  readonly objective: Objective;
  readonly optimizer: OptimizerOptions;
}

/** Only the given keys that have a value, as `exactOptionalPropertyTypes` wants them. */
function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([name, value]) => name !== 'kind' && value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function buildSde(config: SdeConfig): Sde {
  switch (config.kind) {
    case 've':
      return ve(given(config));
    case 'vp':
      return vp(given(config));
    case 'sub-vp':
      return subVp(given(config));
    case 'sigma-power':
      return sigmaPower(given(config));
    case 'edm':
      return edm(given(config));
    default:
      return config satisfies never;
  }
}

function buildParametrization(config: RunConfig['parametrization']): ParametrizationOf {
  switch (config.kind) {
    case 'epsilon':
      return epsilon(given(config));
    case 'score':
      return directScore(given(config));
    case 'edm':
      return edmParametrization(given(config));
    default:
      return config satisfies never;
  }
}

/** Training holds each of them eight times in float32, in 8 GiB here. */
const mostParameters = 2 ** 28;

/** Numbers in a batch: 256 MiB of float32, before any layer has seen them. */
const mostNumbers = 2 ** 26;

function buildNet(config: NetConfig, shape: readonly number[]): Network {
  const points = shape.length === 1;
  if (points !== (config.kind === 'mlp'))
    throw new ConfigError([
      {
        path: 'kind',
        message: points
          ? `points need the network mlp, got ${config.kind}`
          : 'images need score-net or ddpmpp, got mlp',
      },
    ]);
  const net = netOfKind(config, shape);
  const { trained } = layout(net);
  if (trained > mostParameters)
    throw new ConfigError([
      { path: '', message: `expected a network of at most ${mostParameters} parameters, got ${trained}` },
    ]);
  return net;
}

function netOfKind(config: NetConfig, shape: readonly number[]): Network {
  switch (config.kind) {
    case 'mlp':
      return mlp(shape[0] ?? 1, given(config));
    case 'score-net':
      return scoreNet(shape, given(config));
    case 'ddpmpp':
      return ddpmpp(shape, given(config));
    default:
      return config satisfies never;
  }
}

function buildWeighting(kind: RunConfig['loss']['weighting'], sde: Sde, sigmaData: number): Weighting {
  switch (kind) {
    case 'sigma2':
      return sigmaSquaredWeighting(sde);
    case 'likelihood':
      return likelihoodWeighting(sde);
    case 'edm':
      return edmWeighting(sde, { sigmaData });
    default:
      return kind satisfies never;
  }
}

function buildTimes(kind: RunConfig['loss']['times'], sde: Sde): TimeDistribution {
  switch (kind) {
    case 'uniform':
      return uniformTimes(sde);
    case 'log-normal':
      return logNormalTimes(sde);
    case 'importance':
      return importanceTimes(sde);
    default:
      return kind satisfies never;
  }
}

/**
 * The network and the process of a configuration, for samples of a shape.
 * @throws ConfigError listing every problem that only the parts themselves can see, such as an image too small for a network.
 */
export function buildModel(config: RunConfig, shape: readonly number[]): Model {
  const attempts = [
    attempt('net', () => buildNet(config.net, shape)),
    attempt('sde', () => buildSde(config.sde)),
    attempt('parametrization', () => buildParametrization(config.parametrization)),
  ] as const;
  const issues = attempts.flatMap(({ issues }) => issues);
  const [net, sde, parametrization] = attempts;
  if (net.value === undefined || sde.value === undefined || parametrization.value === undefined)
    throw new ConfigError(issues);
  return { net: net.value, process: { sde: sde.value, parametrization: parametrization.value(sde.value) } };
}

/**
 * Everything that training on a data set needs of a configuration.
 * @throws ConfigError as `buildModel`, and if a batch is larger than memory can be, or the data are too large to scale.
 */
export function buildTraining(config: RunConfig, set: DataSet): Training {
  const model = buildModel(config, sampleShape(set));
  const { sde } = model.process;
  const scaler = scalerOf(set, config.range);
  const size = sizeOf(sampleShape(set));
  checkOptions(
    [
      config.train.batch * size <= mostNumbers,
      'train.batch',
      `expected at most ${Math.floor(mostNumbers / size)} samples of ${size} numbers, got ${config.train.batch}`,
    ],
    [
      Number.isFinite(scaler.factor) && scaler.factor > 0 && scaler.shift.every(Number.isFinite),
      'data',
      `expected numbers whose squares are finite, found larger ones in ${set.name}; rescale them`,
    ],
  );
  const sigmaData = config.parametrization.kind === 'edm' ? config.parametrization.sigmaData : 0.5;
  const { learningRate, warmup, clip, emaDecay } = config.train;
  return {
    ...model,
    scaler,
    objective: {
      weighting: buildWeighting(config.loss.weighting, sde, sigmaData),
      times: buildTimes(config.loss.times, sde),
      reduction: config.loss.reduction,
    },
    optimizer: { ...defaultOptimizer, learningRate, warmup, clip, emaDecay },
  };
}

function attempt<T>(part: string, build: () => T): { readonly value?: T; readonly issues: ConfigError['issues'] } {
  try {
    return { value: build(), issues: [] };
  } catch (error) {
    if (error instanceof ConfigError)
      return {
        issues: error.issues.map(({ path, message }) => ({ path: path === '' ? part : `${part}.${path}`, message })),
      };
    throw error;
  }
}
