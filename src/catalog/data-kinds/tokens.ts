/** @file The settings of a run that every kind of tokens shares. */
import type { DataKindRecord } from './data-kind.ts';

/** A network for as many tokens as the data have; what is scaled or looks at distances does not apply. */
export const tokenRun: Pick<
  DataKindRecord,
  'task' | 'network' | 'net' | 'sigmaData' | 'lowDimensional' | 'train' | 'snapshot'
> = {
  task: 'token-model',
  network: 'transformer',
  net: ({ alphabet }) => (alphabet === undefined ? {} : { tokens: alphabet.length }),
  sigmaData: 1,
  lowDimensional: true,
  train: { batch: 32, learningRate: 1e-3, warmup: 100, sampleEvery: 0, logEvery: 20 },
  snapshot: 8,
};
