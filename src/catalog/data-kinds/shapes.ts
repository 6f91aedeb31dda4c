/** @file Shapes as a kind of data. */
import { shapeSets } from '../../data/shapes/shape-set.ts';
import { cloudOf } from '../../data/shapes/shape.ts';
import { writePly } from '../../data/shapes/ply.ts';
import { dotSheet } from '../../plot/dot-sheet.ts';
import { dataKind } from './data-kind.ts';
import { shapeReport } from './shape-report.ts';

export const shapes = dataKind({
  ...shapeSets,
  name: 'shapes',
  description: 'shapes, clouds of points on their surfaces [points, 3]',
  unit: () => 'units of the shapes',
  task: 'shape-model',
  network: 'shape-net',
  sigmaData: 0.5,
  lowDimensional: true,
  train: {
    batch: 16,
    learningRate: 1e-3,
    warmup: 100,
    decay: 'cosine',
    sampleEvery: 0,
    checkpointEvery: 500,
    logEvery: 20,
  },
  image: (set, { columns, view }) =>
    dotSheet(
      Array.from({ length: set.count }, (_, row) => cloudOf(set, row)),
      { columns, view },
    ),
  files: (set) =>
    Array.from({ length: set.count }, (_, row) => [`${row + 1}.ply`, writePly(cloudOf(set, row))] as const),
  compare: shapeReport,
  pictured: 48,
  snapshot: 8,
});
