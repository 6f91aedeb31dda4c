/** @file From configuration to objects: the only place that switches on a `kind`. */
import { checkOptions } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import { sizeOf } from '../base/tensor.ts';
import { classesOf, missingClasses, sampleShape, type DataSet } from '../data/dataset.ts';
import { scalerOf, type Scaler } from '../data/scaler.ts';
import { ddpmpp, ddpmUnet, ncsnpp } from '../nn/ddpmpp.ts';
import { classifier } from '../nn/classifier.ts';
import { energyNetwork } from '../nn/energy.ts';
import { mlp } from '../nn/mlp.ts';
import { ncsn, ncsnv2 } from '../nn/ncsn.ts';
import { layout, type Network } from '../nn/network.ts';
import { scoreNet } from '../nn/score-net.ts';
import { withVariance } from '../nn/with-variance.ts';
import type { ScoreProcess } from '../score/coefficients.ts';
import type { Objective } from '../score/objective.ts';
import { defaultOptimizer, type OptimizerOptions } from '../score/train-step.ts';
import { classifierInput } from '../sde/classifier-input.ts';
import { cosineVp } from '../sde/cosine-vp.ts';
import { ddpm } from '../sde/ddpm.ts';
import { cosineBetas, linearBetas, quadraticBetas, smldSigmas } from '../sde/discrete.ts';
import { edm } from '../sde/edm.ts';
import { linearVe } from '../sde/linear-ve.ts';
import {
  dataPrediction,
  directScore,
  edmParametrization,
  epsilon,
  velocity,
  vPrediction,
  type ParametrizationOf,
} from '../sde/parametrization.ts';
import { rectifiedFlow } from '../sde/rectified-flow.ts';
import type { Sde } from '../sde/sde.ts';
import { sigmaPower } from '../sde/sigma-power.ts';
import { smld } from '../sde/smld.ts';
import { subVp } from '../sde/sub-vp.ts';
import { ve } from '../sde/ve.ts';
import { vp } from '../sde/vp.ts';
import {
  dataWeighting,
  edmWeighting,
  flowMatchingWeighting,
  importanceTimes,
  importanceWeighting,
  likelihoodWeighting,
  logNormalTimes,
  minSnrWeighting,
  sigmaSquaredWeighting,
  truncatedSnrWeighting,
  uniformTimes,
  vWeighting,
  type TimeDistribution,
  type Weighting,
} from '../sde/weighting.ts';
import { sigmaDataOf } from './defaults.ts';
import { attempt } from './attempt.ts';
import { binsOf, buildObjective, samplingOf, sdeFor, type Sampling } from './objectives.ts';
import { classCount, netKinds, type NetConfig } from './net-schema.ts';
import { ncsnLabels } from './ncsn-labels.ts';
import { scalarRules } from './scalar-rules.ts';
import type { RunConfig, SdeConfig, WeighedConfig } from './schema.ts';

/** The objects of a configuration that depend on the shape of the data alone. */
export interface Model {
  readonly net: Network;
  readonly process: ScoreProcess;
  /** The variance of reverse steps that the loss fixes; a network that has learned one says so itself. */
  readonly reverseVariance: number;
  readonly sampling: Sampling;
}

/** All objects of a configuration. */
export interface Training extends Model {
  readonly scaler: Scaler;
  readonly objective: Objective;
  readonly optimizer: OptimizerOptions;
  /** Part of the samples whose class the network is not told. */
  readonly labelDropout: number;
}

/** Only the given keys that have a value, as `exactOptionalPropertyTypes` wants them. */
function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([name, value]) => name !== 'kind' && value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** The process of a configuration, under the name that it has there: three of them are one table of betas each. */
function buildSde(config: SdeConfig): Sde {
  return Object.freeze({ ...sdeOfKind(config), kind: config.kind });
}

function sdeOfKind(config: SdeConfig): Sde {
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
    case 'linear-ve':
      return linearVe(given(config));
    case 'cosine-vp':
      return cosineVp(given(config));
    case 'rectified-flow':
      return rectifiedFlow(given(config));
    case 'smld':
      return smld({ sigmas: smldSigmas(given(config)) });
    case 'ddpm':
      return ddpm({ betas: linearBetas(given(config)) });
    case 'ddpm-quadratic':
      return ddpm({ betas: quadraticBetas(given(config)) });
    case 'ddpm-cosine':
      return ddpm({ betas: cosineBetas(given(config)) });
    default:
      return config satisfies never;
  }
}

function buildParametrization(config: RunConfig['parametrization']): ParametrizationOf {
  switch (config.kind) {
    case 'epsilon':
      return epsilon(given(config));
    case 'x0':
      return dataPrediction(given(config));
    case 'v':
      return vPrediction(given(config));
    case 'velocity':
      return velocity(given(config));
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

/** Dimensions of exact score matching, each of which is a derivative of the whole network in one program. */
const mostDimensions = 64;

/** Numbers in a batch: 256 MiB of float32, before any layer has seen them. */
const mostNumbers = 2 ** 26;

function buildNet({ net: config, loss }: RunConfig, shape: readonly number[]): Network {
  const points = shape.length === 1;
  const classifies = config.kind === 'classifier';
  checkOptions([
    classifies === (loss.kind === 'cross-entropy'),
    'kind',
    `expected classifier for the loss cross-entropy and for no other, got ${config.kind} for ${loss.kind}`,
  ]);
  if (!classifies && points !== (config.kind === 'mlp'))
    throw new ConfigError([
      {
        path: 'kind',
        message: points
          ? `points need the network mlp, got ${config.kind}`
          : `images need one of the networks ${netKinds.filter((kind) => kind !== 'mlp').join(', ')}; got mlp`,
      },
    ]);
  const learned = 'variance' in loss && loss.variance === 'learned';
  const energy = 'energy' in config && config.energy === true;
  checkOptions([!(learned && energy), 'energy', 'expected false where the variance is learned, got true']);
  const plain = learned ? withVariance(shape, (twice) => netOfKind(config, twice)) : netOfKind(config, shape);
  const net = energy ? energyNetwork(plain) : plain;
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
    case 'ncsnpp':
      return ncsnpp(shape, given(config));
    case 'ddpm':
      return ddpmUnet(shape, given(config));
    case 'ncsn':
      return ncsn(shape, given(config));
    case 'ncsnv2':
      return ncsnv2(shape, given(config));
    case 'classifier':
      return classifier(shape, given(config));
    default:
      return config satisfies never;
  }
}

function buildWeighting({ weighting: kind, times, gamma = 5 }: WeighedConfig, sde: Sde, sigmaData: number): Weighting {
  switch (kind) {
    case 'sigma2':
      return sigmaSquaredWeighting(sde);
    case 'likelihood':
      return times === 'importance' ? importanceWeighting(sde) : likelihoodWeighting(sde);
    case 'edm':
      return edmWeighting(sde, { sigmaData });
    case 'x0':
      return dataWeighting(sde);
    case 'min-snr':
      return minSnrWeighting(sde, { gamma });
    case 'truncated-snr':
      return truncatedSnrWeighting(sde);
    case 'v':
      return vWeighting(sde);
    case 'flow-matching':
      return flowMatchingWeighting(sde);
    default:
      return kind satisfies never;
  }
}

function buildTimes(kind: WeighedConfig['times'], sde: Sde): TimeDistribution {
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
    attempt('net', () => buildNet(config, shape)),
    attempt('sde', () => buildSde(config.sde)),
    attempt('parametrization', () =>
      config.net.kind === 'classifier' ? classifierInput : buildParametrization(config.parametrization),
    ),
  ] as const;
  const [net, { value: whole }, parametrization] = attempts;
  const { loss } = config;
  const sde = attempt('loss', () => whole && sdeFor(loss, whole));
  if (net.value === undefined || whole === undefined || parametrization.value === undefined || sde.value === undefined)
    throw new ConfigError([...attempts, sde].flatMap(({ issues }) => issues));
  const process = { sde: sde.value, parametrization: parametrization.value(whole) };
  checkOptions(...scalarRules(process));
  return {
    net: net.value,
    process,
    reverseVariance: Number('variance' in loss && loss.variance === 'large'),
    sampling: samplingOf(loss, sde.value),
  };
}

/**
 * Everything that training on a data set needs of a configuration.
 * @throws ConfigError as `buildModel`, and if a batch is larger than memory can be, the data cannot be scaled, or
 * the network is to be told classes and the data have none or more than it knows.
 */
export function buildTraining(config: RunConfig, set: DataSet): Training {
  const model = buildModel(config, sampleShape(set));
  const { sde } = model.process;
  const { range, scale = 'common' } = config;
  checkOptions([
    config.scale === undefined || set.kind === 'points',
    'scale',
    'is of points only, and these are images',
  ]);
  const scaler = scalerOf(set, { range, scale });
  const size = sizeOf(sampleShape(set));
  const classes = classCount(config.net);
  const found = classesOf(set).length;
  checkOptions(
    [classes === 0 || found > 0, 'net.classes', `expected data with classes, found ${missingClasses(set)}`],
    [classes === 0 || found <= classes, 'net.classes', `expected the ${found} classes of ${set.name}, got ${classes}`],
    [
      config.train.batch * size <= mostNumbers,
      'train.batch',
      `expected at most ${Math.floor(mostNumbers / size)} samples of ${size} numbers, got ${config.train.batch}`,
    ],
    [
      config.loss.kind !== 'exact' || size <= mostDimensions,
      'loss.kind',
      `expected samples of at most ${mostDimensions} numbers for exact, got ${size}; sliced is for more`,
    ],
  );
  const { parametrization } = config;
  if (config.net.kind === 'ncsn') checkOptions(ncsnLabels(model.process));
  const sigmaData = parametrization.kind === 'edm' ? parametrization.sigmaData : sigmaDataOf(set);
  const { loss } = config;
  const weighing = {
    ...('weighting' in loss
      ? { weighting: buildWeighting(loss, sde, sigmaData), times: buildTimes(loss.times, sde) }
      : {}),
    ...('reduction' in loss ? { reduction: loss.reduction } : {}),
  };
  const { learningRate, warmup, clip, emaDecay, labelDropout } = config.train;
  return {
    ...model,
    scaler,
    objective: buildObjective(config.loss, { process: model.process, weighing, bins: binsOf(scaler), classes }),
    optimizer: { ...defaultOptimizer, learningRate, warmup, clip, emaDecay },
    labelDropout,
  };
}
