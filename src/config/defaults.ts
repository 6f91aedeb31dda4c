/** @file What a run does where its user says nothing: settings that suit the data, the network and the SDE. */
import type { DataSet } from '../data/dataset.ts';
import { netKinds, sdeKinds, type NetConfig, type RunConfig, type SdeConfig } from './schema.ts';

/** A part of a configuration as JSON. */
export type Plain = Readonly<Record<string, unknown>>;

type SdeDefaults = Pick<RunConfig, 'range' | 'parametrization' | 'loss'> & { readonly emaDecay: number };

/**
 * Range, parametrization, loss and average that go with each SDE: those of the score SDE paper's configurations, of the
 * tutorial for sigma-power, and of EDM. VE data lies in [0, 1), because its largest sigma is a distance there.
 * @see Song et al. 2021, appendix H; Karras et al. 2022, table 1
 */
const bySde: Readonly<Record<SdeConfig['kind'], SdeDefaults>> = {
  ve: {
    range: 'unit',
    parametrization: { kind: 'score', scaleBySigma: true, label: 'logSigma', timeScale: 1 },
    loss: { weighting: 'sigma2', times: 'uniform', reduction: 'halfSum' },
    emaDecay: 0.999,
  },
  vp: {
    range: 'centered',
    parametrization: { kind: 'epsilon', timeScale: 999 },
    loss: { weighting: 'sigma2', times: 'uniform', reduction: 'mean' },
    emaDecay: 0.9999,
  },
  'sub-vp': {
    range: 'centered',
    parametrization: { kind: 'epsilon', timeScale: 999 },
    loss: { weighting: 'sigma2', times: 'uniform', reduction: 'mean' },
    emaDecay: 0.9999,
  },
  'sigma-power': {
    range: 'unit',
    parametrization: { kind: 'score', scaleBySigma: true, label: 'time', timeScale: 1 },
    loss: { weighting: 'sigma2', times: 'uniform', reduction: 'sum' },
    emaDecay: 0.999,
  },
  edm: {
    range: 'centered',
    parametrization: { kind: 'edm', sigmaData: 0.5 },
    loss: { weighting: 'edm', times: 'log-normal', reduction: 'mean' },
    emaDecay: 0.999,
  },
};

const sdeOfNet: Readonly<Record<NetConfig['kind'], SdeConfig['kind']>> = {
  mlp: 'vp',
  'score-net': 'sigma-power',
  ddpmpp: 'vp',
};

/** Every key of a configuration that has a default, for a data set and what the user asked for. */
export function defaults(set: Pick<DataSet, 'kind'>, asked: { readonly net: Plain; readonly sde: Plain }): Plain {
  const net = known(asked.net['kind'], netKinds, set.kind === 'points' ? 'mlp' : 'ddpmpp');
  const sde = known(asked.sde['kind'], sdeKinds, sdeOfNet[net]);
  const { range, parametrization, loss, emaDecay } = bySde[sde];
  const points = set.kind === 'points';
  return {
    range,
    net: { kind: net },
    sde: { kind: sde },
    // Points are scaled to unit standard deviation, images in [-1, 1) have about half of that.
    parametrization: points && parametrization.kind === 'edm' ? { ...parametrization, sigmaData: 1 } : parametrization,
    loss,
    train: {
      batch: points ? 512 : 64,
      // The published 2e-4 is for runs of a million steps; on a CPU there are tens of thousands.
      learningRate: points ? 1e-3 : 5e-4,
      emaDecay,
      ...(points ? { sampleEvery: 5000, checkpointEvery: 2000, logEvery: 100 } : {}),
    },
  };
}

/** A name that is none is left to the schema, which tells it with all other problems. */
function known<T extends string>(value: unknown, names: readonly T[], otherwise: T): T {
  return names.find((name) => name === value) ?? otherwise;
}
