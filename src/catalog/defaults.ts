/** @file What a run does where its user says nothing: settings that suit the data, the network and the SDE. */
import type { Shape } from '../base/tensor.ts';
import type { DataSet } from '../data/dataset.ts';
import { classifierDepth } from '../nn/classifier.ts';
import { scoreNetChannels, scoreNetLevels } from '../nn/score-net.ts';
import {
  ddpmppStyle,
  ddpmStyle,
  defaultAttention,
  levelsWithin,
  ncsnppStyle,
  type UnetStyle,
} from '../nn/unet-options.ts';
import { netKinds, type NetConfig } from './net-schema.ts';
import {
  lossKinds,
  parametrizationKinds,
  sdeKinds,
  type RunConfig,
  type SdeConfig,
  type LossConfig,
  type WeighedConfig,
} from './schema.ts';

/** A part of a configuration as JSON. */
export type Plain = Readonly<Record<string, unknown>>;

type ParametrizationKind = RunConfig['parametrization']['kind'];

type SdeDefaults = Pick<RunConfig, 'range'> & {
  readonly loss: Omit<WeighedConfig, 'gamma'>;
  readonly parametrization: ParametrizationKind;
  readonly emaDecay: number;
};

/** Of DDPM and the processes that go on from it: the noise is predicted, and its mean squared error is the loss. */
const likeDdpm: SdeDefaults = {
  range: 'centered',
  parametrization: 'epsilon',
  loss: { weighting: 'sigma2', times: 'uniform', reduction: 'mean' },
  emaDecay: 0.9999,
};

/**
 * Range, parametrization, loss and average that go with each SDE: those of the score SDE paper's configurations, of the
 * tutorial for sigma-power, of EDM, NCSNv2, and of the paper of each other process. VE data lies in [0, 1), because its
 * largest sigma is a distance there. Even steps of time are even steps of sigma in the linear VE, where importance
 * sampling of the times finds the small ones.
 * @see Song et al. 2021, appendix H; Karras et al. 2022, table 1; Song and Ermon 2020, section 3; Nichol and Dhariwal 2021;
 * Lipman et al. 2023
 */
const bySde: Readonly<Record<SdeConfig['kind'], SdeDefaults>> = {
  ve: {
    range: 'unit',
    parametrization: 'score',
    loss: { weighting: 'sigma2', times: 'uniform', reduction: 'halfSum' },
    emaDecay: 0.999,
  },
  vp: likeDdpm,
  'sub-vp': likeDdpm,
  'sigma-power': {
    range: 'unit',
    parametrization: 'score',
    loss: { weighting: 'sigma2', times: 'uniform', reduction: 'sum' },
    emaDecay: 0.999,
  },
  edm: {
    range: 'centered',
    parametrization: 'edm',
    loss: { weighting: 'edm', times: 'log-normal', reduction: 'mean' },
    emaDecay: 0.999,
  },
  'linear-ve': {
    range: 'unit',
    parametrization: 'epsilon',
    loss: { weighting: 'sigma2', times: 'importance', reduction: 'mean' },
    emaDecay: 0.999,
  },
  'cosine-vp': likeDdpm,
  'rectified-flow': { ...likeDdpm, parametrization: 'velocity' },
  smld: {
    range: 'unit',
    parametrization: 'score',
    loss: { weighting: 'sigma2', times: 'uniform', reduction: 'halfSum' },
    emaDecay: 0.999,
  },
  ddpm: likeDdpm,
  'ddpm-quadratic': likeDdpm,
  // Its last beta of 0.999 multiplies errors of the noise by 31, which the published sampler clips; errors of v it does not.
  'ddpm-cosine': { ...likeDdpm, parametrization: 'v' },
};

/**
 * Weights that go with a parametrization that predicts data rather than noise: those of its own squared error, and for
 * the data themselves such that neither small nor large noise counts without bound.
 * @see Salimans and Ho 2022, section 4; Hang et al. 2023; Lipman et al. 2023, eq. 9
 */
const weightingOf: Readonly<Partial<Record<ParametrizationKind, WeighedConfig['weighting']>>> = {
  x0: 'min-snr',
  v: 'v',
  velocity: 'flow-matching',
};

const sdeOfNet: Readonly<Record<NetConfig['kind'], SdeConfig['kind']>> = {
  mlp: 'vp',
  'score-net': 'sigma-power',
  ddpmpp: 'vp',
  ncsnpp: 've',
  ddpm: 'vp',
  ncsn: 've',
  ncsnv2: 've',
  classifier: 'vp',
};

/** U-Nets and what each has where nothing else is asked for. */
const styleOf: Readonly<Partial<Record<NetConfig['kind'], UnetStyle>>> = {
  ddpmpp: ddpmppStyle,
  ncsnpp: ncsnppStyle,
  ddpm: ddpmStyle,
};

/**
 * What networks are told of the time. Fourier features have their own scale, and those of NCSN++ are made for log(sigma);
 * sinusoidal features are made for the thousand steps of DDPM; NCSN divides times from 0 to 1 into its levels.
 */
function labelOf(net: NetConfig['kind'], asked: Plain, parametrization: ParametrizationKind): Plain {
  const embedding =
    valueIn(asked, 'net', 'embedding') ?? styleOf[net]?.embedding ?? (net === 'mlp' ? 'positional' : 'none');
  const ofSigma = net in styleOf && embedding === 'fourier' && parametrization === 'score';
  return { timeScale: embedding === 'positional' ? 999 : 1, ...(ofSigma ? { label: 'logSigma' } : {}) };
}

/**
 * Smallest times of training with likelihood weights g^2 / sigma^2, which grow without bound towards t = 0.
 * @see Song et al. 2021, "Maximum likelihood training of score-based diffusion models", appendix C
 */
const likelihoodTimes: Readonly<Partial<Record<SdeConfig['kind'], Plain>>> = {
  vp: { tMin: 1e-3 },
  'sub-vp': { tMin: 1e-2 },
};

/** What defaults depend on: the kind of the data, and the size of images and what columns of points are, where it is known already. */
export type DataKind = Pick<DataSet, 'kind'> & {
  readonly height?: number;
  readonly width?: number;
  readonly oneSpace?: boolean;
};

/** Standard deviation of data: points are scaled to that of 1, images in [-1, 1) have about half of it. */
export function sigmaDataOf({ kind }: DataKind): number {
  return kind === 'points' ? 1 : 0.5;
}

/** Steps of a run that is given neither steps nor minutes. */
const steps = 20_000;

/** Every key of a configuration that has a default, for data of a kind and what the user asked for. */
export function defaults(set: DataKind, asked: Plain): Plain {
  const points = set.kind === 'points';
  const net = known(kindIn(asked, 'net'), [...netKinds, 'classifier'], points ? 'mlp' : 'ddpmpp');
  const sde = known(kindIn(asked, 'sde'), sdeKinds, sdeOfNet[net]);
  const { range, emaDecay, ...own } = bySde[sde];
  const parametrization = known(kindIn(asked, 'parametrization'), parametrizationKinds, own.parametrization);
  const loss = { ...own.loss, weighting: weightingOf[parametrization] ?? own.loss.weighting };
  const weighting = valueIn(asked, 'loss', 'weighting') ?? loss.weighting;
  const endless = ['steps', 'minutes'].every((name) => valueIn(asked, 'train', name) === undefined);
  const { height, width } = set;
  return {
    range,
    ...(points ? { scale: set.oneSpace === true ? 'common' : 'columns' } : {}),
    net: { kind: net, ...(height && width ? sizesOf(net, [1, height, width], asked) : {}) },
    sde: { kind: sde, ...(weighting === 'likelihood' ? likelihoodTimes[sde] : {}) },
    parametrization: {
      kind: parametrization,
      ...(parametrization === 'edm' ? { sigmaData: sigmaDataOf(set) } : labelOf(net, asked, parametrization)),
    },
    loss: lossOf(known(kindIn(asked, 'loss'), [...lossKinds, 'cross-entropy'], 'denoising'), loss),
    train: {
      batch: points ? 512 : 64,
      // The published 2e-4 is for runs of a million steps; on a CPU there are tens of thousands.
      learningRate: points ? 1e-3 : 5e-4,
      emaDecay,
      ...(endless ? { steps } : {}),
      ...(points ? { sampleEvery: 5000, checkpointEvery: 2000, logEvery: 100 } : {}),
    },
  };
}

/** What networks have by default of images of a size: as many levels as fit, and attention at a quarter of it. */
function sizesOf(net: NetConfig['kind'], shape: Shape, asked: Plain): Plain {
  const [, height = 1, width = 1] = shape;
  const own = valueIn(asked, 'net', 'multipliers');
  if (net === 'score-net') {
    const levels = scoreNetLevels(Math.min(height, width));
    return levels > 0 ? { channels: scoreNetChannels.slice(0, levels) } : {};
  }
  const most = levelsWithin(shape);
  if (net === 'classifier') {
    const stride = valueIn(asked, 'net', 'stride');
    const halvings = typeof stride === 'number' ? Math.ceil(Math.log2(stride)) : 0;
    return { depth: Math.max(1, Math.min(classifierDepth, most - halvings)) };
  }
  const style = styleOf[net];
  if (style === undefined) return {};
  const multipliers = style.multipliers.slice(0, most);
  const levels = Array.isArray(own) ? own : multipliers;
  return { multipliers, attention: defaultAttention(shape, { multipliers: levels }) };
}

/** Keys of a loss that have a default: all of its SDE's, or the reduction, or none. */
function lossOf(kind: LossConfig['kind'], { weighting, times, reduction }: SdeDefaults['loss']): Plain {
  const all = { weighting, times, reduction };
  const keys: Readonly<Record<LossConfig['kind'], Plain>> = {
    denoising: all,
    dsm: { reduction },
    ncsn: { reduction },
    ddpm: { reduction },
    vlb: {},
    hybrid: {},
    exact: all,
    sliced: all,
    'sliced-vr': all,
    'cross-entropy': {},
  };
  return { kind, ...keys[kind] };
}

function valueIn(asked: Plain, part: string, name: string): unknown {
  const found = asked[part];
  return typeof found === 'object' && found !== null ? (found as Plain)[name] : undefined;
}

function kindIn(asked: Plain, part: string): unknown {
  return valueIn(asked, part, 'kind');
}

/** A name that is none is left to the schema, which tells it with all other problems. */
function known<T extends string>(value: unknown, names: readonly T[], otherwise: T): T {
  return names.find((name) => name === value) ?? otherwise;
}
