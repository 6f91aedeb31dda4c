/** @file Points and other vectors as a kind of data. */
import { tensor } from '../../base/tensor.ts';
import { pointSets } from '../../data/kinds/points.ts';
import { scatterPlot } from '../../plot/scatter-plot.ts';
import { dataKind } from './data-kind.ts';

export const points = dataKind({
  ...pointSets,
  name: 'points',
  description: 'points or other vectors of numbers, [dimension]',
  unit: () => 'units of the data',
  network: 'mlp',
  // They are scaled to it.
  sigmaData: 1,
  lowDimensional: true,
  // Columns of one space, such as coordinates, have one scale.
  scaling: ({ oneSpace = false }) => ({ scale: oneSpace ? 'common' : 'columns' }),
  // Once all columns had one scale.
  unsaid: { scale: 'common' },
  train: { batch: 512, learningRate: 1e-3, sampleEvery: 5000, checkpointEvery: 2000, logEvery: 100 },
  plot: ({ values, count, dimension, labels }, { title = '' }) =>
    scatterPlot(tensor(values, [count, dimension]), { title, labels }),
  snapshot: 1024,
});
