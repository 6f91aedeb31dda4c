/** @file How samples of arrays compare with real ones: the distribution of the values of each channel, and its power spectrum. */
import { sampleSizeOf, type FloatArraySet } from '../../data/float-arrays/float-array.ts';
import { columnDistances, type TableColumn } from '../../evaluate/columns.ts';
import { powerSpectrum, spectrumDistance, type Lines } from '../../evaluate/spectra.ts';
import type { Compared, KindReport, RowsOf } from './data-kind.ts';

/** Values of a channel that distributions are compared by. */
const mostValues = 200_000;

/** The lines of a channel along the last axis. */
function linesOf({ set: { form, values }, rows }: RowsOf<FloatArraySet>, c: number): Lines {
  const size = sampleSizeOf(form);
  const area = size / form.channels.length;
  const data = new Float64Array(rows.length * area);
  rows.forEach((row, i) => {
    data.set(values.subarray(row * size + c * area, row * size + (c + 1) * area), i * area);
  });
  return { data, length: form.axes.at(-1)?.size ?? 1 };
}

function columnOf(name: string, { data }: Lines): TableColumn {
  const step = Math.ceil(data.length / mostValues);
  const values = Float64Array.from({ length: Math.floor(data.length / step) }, (_, i) => data[i * step] ?? NaN);
  return { name, values, categories: undefined };
}

const digits = (value: number): number => Number(value.toFixed(4));

/** The report of arrays: samples, and as many real ones, beside a reference. */
export function* arrayReport({ samples, reference, real }: Compared<FloatArraySet>): Generator<number, KindReport> {
  const { channels } = samples.set.form;
  const others = { set: real.set, rows: real.rows.slice(0, samples.rows.length) };
  const found = [];
  for (const [c, { name }] of channels.entries()) {
    const [own, theirs, floor] = [samples, reference, others].map((rows) => linesOf(rows, c)) as [Lines, Lines, Lines];
    const distance = (a: Lines): number =>
      columnDistances([columnOf(name, a)], [columnOf(name, theirs)])[0]?.distance ?? NaN;
    const spectrum = powerSpectrum(theirs);
    const apart = (a: Lines): number => spectrumDistance(powerSpectrum(a), spectrum);
    found.push({
      name,
      values: { distance: digits(distance(own)), floor: digits(distance(floor)) },
      spectrum: { decibels: digits(apart(own)), floor: digits(apart(floor)) },
    });
    yield (c + 1) / channels.length;
  }
  return {
    rows: Object.fromEntries(
      found.map(({ name, values, spectrum }) => [
        `  ${channels.length === 1 ? 'values' : name}`,
        `KS ${values.distance.toFixed(4)}, of real ones ${values.floor.toFixed(4)}; power spectrum ${spectrum.decibels.toFixed(2)} dB apart, of real ones ${spectrum.floor.toFixed(2)}`,
      ]),
    ),
    value: { channels: found },
  };
}
