/** @file Points and other vectors as a kind of data. */
import { dataKind } from './data-kind.ts';

export const points = dataKind({
  name: 'points',
  description: 'points or other vectors of numbers, [dimension]',
  shapeOk: (shape) => shape.length === 1,
  unit: 'units of the data',
  network: 'mlp',
  // They are scaled to it.
  sigmaData: 1,
  // Columns of one space, such as coordinates, have one scale.
  scaling: ({ oneSpace = false }) => ({ scale: oneSpace ? 'common' : 'columns' }),
  train: { batch: 512, learningRate: 1e-3, sampleEvery: 5000, checkpointEvery: 2000, logEvery: 100 },
});
