/** @file Tables as a kind of data. */
import { formatCell } from '../../data/tables/column.ts';
import { holesOf } from '../../data/tables/holes.ts';
import { areColumns } from '../../data/tables/stored-columns.ts';
import { presentValues } from '../../data/tables/table-facts.ts';
import { tableSets } from '../../data/tables/table-set.ts';
import { csvOf } from '../../data/tables/write-table.ts';
import { columnPlots } from '../../plot/column-plots.ts';
import { dataKind } from './data-kind.ts';
import { tableReport } from './table-report.ts';

export const tables = dataKind({
  ...tableSets,
  name: 'tables',
  description: 'rows of numbers, dates and categories, [coordinates]',
  unit: () => 'units of the columns',
  network: 'residual-mlp',
  sigmaData: 1,
  lowDimensional: true,
  train: { batch: 512, learningRate: 1e-3, sampleEvery: 5000, checkpointEvery: 1000, logEvery: 100 },
  sampler: { sampler: 'heun', steps: 24 },
  recipe: {
    process: 'edm',
    net: () => ({}),
    // Levels around the width of the marks of categories, and of the columns, which is 1.
    loss: { timesMean: -0.6, timesStd: 1.4 },
    train: { decay: 'cosine' },
  },
  transformOk: areColumns,
  compare: tableReport,
  holes: holesOf,
  formats: [{ ending: '.csv', write: csvOf }],
  plot: (set, { title = '' }) =>
    columnPlots(
      set.columns.map((column, j) => ({
        name: column.name,
        values: presentValues(set, j),
        categories: column.type === 'category' ? column.categories : undefined,
        format: (value) => formatCell(column, value),
      })),
      { title },
    ),
  snapshot: 1024,
});
