/** @file How samples of tables compare with real rows: columns, pairs of columns, and the nearest record. */
import {
  closestRecords,
  columnDistances,
  pairDistances,
  type CodedRows,
  type TableColumn,
} from '../../evaluate/columns.ts';
import { tableSets } from '../../data/tables/table-set.ts';
import type { TableSet } from '../../data/tables/table.ts';
import type { Compared, KindReport, RowsOf } from './data-kind.ts';

/** Rows whose nearest record is looked for, and records at most. */
const [mostRows, mostRecords] = [1000, 20_000];

function columnsOf({ set: { columns, values }, rows }: RowsOf<TableSet>): readonly TableColumn[] {
  return columns.map((column, j) => ({
    name: column.name,
    values: Float64Array.from(rows, (row) => values[row * columns.length + j] ?? NaN),
    categories: column.type === 'category' ? column.categories.length : undefined,
  }));
}

const median = (values: Float64Array): number => values.slice().sort()[values.length >> 1] ?? NaN;
const digits = (value: number): number => Number(value.toFixed(4));

const first = ({ set, rows }: RowsOf<TableSet>, count: number): RowsOf<TableSet> => ({
  set,
  rows: rows.slice(0, count),
});

/** Rows as the model sees them. */
function coded({ set, rows }: RowsOf<TableSet>): CodedRows {
  const data = tableSets.numbers(set, rows, tableSets.scalerOf(set, {}));
  return { data, size: data.length / Math.max(1, rows.length) };
}

/** The report of a table: samples, and as many real rows, beside a reference. */
export function* tableReport({ samples, reference, real }: Compared<TableSet>): Generator<number, KindReport> {
  const [own, theirs, others] = [columnsOf(samples), columnsOf(reference), columnsOf(first(real, samples.rows.length))];
  const [distances, floors] = [columnDistances(own, theirs), columnDistances(others, theirs)];
  yield 1 / 4;
  const [pairs, pairFloors] = [pairDistances(own, theirs), pairDistances(others, theirs)];
  const apart = ({ association, reference: of }: (typeof pairs)[number]): number => Math.abs(association - of);
  const worst = pairs.reduce<(typeof pairs)[number] | undefined>(
    (most, pair) => (most === undefined || apart(pair) > apart(most) ? pair : most),
    undefined,
  );
  const mean = (of: readonly (typeof pairs)[number][]): number =>
    of.reduce((sum, pair) => sum + apart(pair) / Math.max(1, of.length), 0);
  yield 2 / 4;
  const records = coded(first(real, mostRecords));
  const nearest = median(closestRecords(coded(first(samples, mostRows)), records));
  yield 3 / 4;
  const ofReference = median(closestRecords(coded(first(reference, mostRows)), records));
  const share = (value: number): string => `${value >= 0 ? '+' : ''}${(100 * value).toFixed(1)} %`;
  return {
    rows: {
      ...Object.fromEntries(
        distances.map(({ name, measure, distance, missing }, j) => [
          `  ${name}`,
          `${measure} ${distance.toFixed(4)}, of real rows ${(floors[j]?.distance ?? NaN).toFixed(4)}` +
            (missing === 0 ? '' : `; missing ${share(missing)}`),
        ]),
      ),
      pairs:
        worst === undefined
          ? 'none'
          : `associations differ by ${mean(pairs).toFixed(4)} on average, of real rows ${mean(pairFloors).toFixed(4)}; ` +
            `most ${worst.names.join(' and ')}, ${worst.association.toFixed(3)} for ${worst.reference.toFixed(3)}`,
      'closest record': `${nearest.toPrecision(3)} from a row of the training (median), rows that are not of it ${ofReference.toPrecision(3)}: ${(nearest / ofReference).toFixed(2)} times`,
    },
    value: {
      columns: distances.map(({ name, measure, distance, missing }, j) => ({
        ...{
          name,
          measure,
          distance: digits(distance),
          floor: digits(floors[j]?.distance ?? NaN),
          missing: digits(missing),
        },
      })),
      pairs: pairs.map(({ names, association, reference: of }) => ({
        names,
        association: digits(association),
        reference: digits(of),
      })),
      closestRecord: { samples: nearest, reference: ofReference },
    },
  };
}
