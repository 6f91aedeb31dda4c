/** @file What a run does where its user says nothing: settings that suit the data, the network and the SDE. */
import type { DataSet } from '../data/dataset.ts';
import { netKinds, parametrizationKinds, sdeKinds, type NetConfig, type RunConfig, type SdeConfig } from './schema.ts';

/** A part of a configuration as JSON. */
export type Plain = Readonly<Record<string, unknown>>;

type ParametrizationKind = RunConfig['parametrization']['kind'];

type SdeDefaults = Pick<RunConfig, 'range' | 'loss'> & {
  readonly parametrization: ParametrizationKind;
  readonly emaDecay: number;
};

/**
 * Range, parametrization, loss and average that go with each SDE: those of the score SDE paper's configurations, of the
 * tutorial for sigma-power, and of EDM. VE data lies in [0, 1), because its largest sigma is a distance there.
 * @see Song et al. 2021, appendix H; Karras et al. 2022, table 1
 */
const bySde: Readonly<Record<SdeConfig['kind'], SdeDefaults>> = {
  ve: {
    range: 'unit',
    parametrization: 'score',
    loss: { weighting: 'sigma2', times: 'uniform', reduction: 'halfSum' },
    emaDecay: 0.999,
  },
  vp: {
    range: 'centered',
    parametrization: 'epsilon',
    loss: { weighting: 'sigma2', times: 'uniform', reduction: 'mean' },
    emaDecay: 0.9999,
  },
  'sub-vp': {
    range: 'centered',
    parametrization: 'epsilon',
    loss: { weighting: 'sigma2', times: 'uniform', reduction: 'mean' },
    emaDecay: 0.9999,
  },
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
};

const sdeOfNet: Readonly<Record<NetConfig['kind'], SdeConfig['kind']>> = {
  mlp: 'vp',
  'score-net': 'sigma-power',
  ddpmpp: 'vp',
};

/** Label of t = 1: Fourier features have their own scale, sinusoidal ones are made for the thousand steps of DDPM. */
const timeScaleOfNet: Readonly<Record<NetConfig['kind'], number>> = { mlp: 999, 'score-net': 1, ddpmpp: 999 };

/**
 * Smallest times of training with likelihood weights g^2 / sigma^2, which grow without bound towards t = 0.
 * @see Song et al. 2021, "Maximum likelihood training of score-based diffusion models", appendix C
 */
const likelihoodTimes: Readonly<Partial<Record<SdeConfig['kind'], Plain>>> = {
  vp: { tMin: 1e-3 },
  'sub-vp': { tMin: 1e-2 },
};

/** What defaults depend on: the kind of the data, and the size of images where it is known already. */
export type DataKind = Pick<DataSet, 'kind'> & { readonly height?: number; readonly width?: number };

/** Steps of a run that is given neither steps nor minutes. */
const steps = 20_000;

/** Every key of a configuration that has a default, for data of a kind and what the user asked for. */
export function defaults(set: DataKind, asked: Plain): Plain {
  const points = set.kind === 'points';
  const net = known(kindIn(asked, 'net'), netKinds, points ? 'mlp' : 'ddpmpp');
  const sde = known(kindIn(asked, 'sde'), sdeKinds, sdeOfNet[net]);
  const { range, loss, emaDecay, ...own } = bySde[sde];
  const parametrization = known(kindIn(asked, 'parametrization'), parametrizationKinds, own.parametrization);
  const weighting = valueIn(asked, 'loss', 'weighting') ?? loss.weighting;
  const endless = ['steps', 'minutes'].every((name) => valueIn(asked, 'train', name) === undefined);
  const { height, width } = set;
  return {
    range,
    net: {
      kind: net,
      ...(net === 'ddpmpp' && height && width ? { attention: [Math.max(1, Math.min(height, width) >> 2)] } : {}),
    },
    sde: { kind: sde, ...(weighting === 'likelihood' ? likelihoodTimes[sde] : {}) },
    // Points are scaled to unit standard deviation, images in [-1, 1) have about half of that.
    parametrization: {
      kind: parametrization,
      ...(parametrization === 'edm' ? { sigmaData: points ? 1 : 0.5 } : { timeScale: timeScaleOfNet[net] }),
    },
    loss,
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
