/** @file How a series may go on: its last times completed by what a model has learned, and how good that is on windows that were left out. */
import { checkOptions, type Rule } from '../base/check.ts';
import { meanEstimate, type Estimate } from '../evaluate/estimate.ts';
import { coveredBy, crps } from '../evaluate/crps.ts';
import { setOfFloatArrays } from '../data/float-arrays/float-array-set.ts';
import { sampleSizeOf, type ArrayForm, type FloatArraySet } from '../data/float-arrays/float-array.ts';
import { formOf } from '../data/float-arrays/form-coder.ts';
import { seriesTable } from '../data/float-arrays/series-file.ts';
import { numberText, timeText } from '../data/float-arrays/write-float-array.ts';
import { cellText } from '../data/tables/cells.ts';
import { quantileOf } from '../data/tables/holes.ts';
import { lineForecast } from '../plot/line-sheet.ts';
import type { Tick } from '../plot/svg-axes.ts';
import type { TrainedModel } from '../model/trained.ts';

/**
 * The form of the series of a model.
 * @throws ConfigError if its data are none, or the horizon is as long as its windows.
 */
export function seriesFormOf({ data }: Pick<TrainedModel, 'data'>, horizon: number): ArrayForm {
  const { transform } = data.scaler;
  const form = transform !== undefined && typeof transform === 'object' && transform !== null && 'form' in transform ? formOf(data.scaler) : undefined; // prettier-ignore
  const length = form?.axes.length === 1 ? (form.axes[0]?.size ?? 0) : 0;
  const fits: Rule = [length === 0 || horizon < length, 'horizon', `expected fewer than the ${length} times of a window, got ${horizon}`]; // prettier-ignore
  checkOptions([length > 0, 'model', `expected a model of series, found one of ${data.kind}`], fits);
  return form as ArrayForm;
}

/**
 * The window in which the last times of a series stand before the times that are sought.
 * @throws FileError or ConfigError as `seriesTable`, and if a channel of the model is missing.
 */
export function historyWindow(
  form: ArrayForm,
  text: string,
  { file, time, horizon }: { readonly file: string; readonly time: string | undefined; readonly horizon: number },
): FloatArraySet {
  const length = form.axes[0]?.size ?? 0;
  const names = form.channels.map(({ name, unit }) => (unit === undefined ? name : `${name} [${unit}]`));
  const known = seriesTable(text, file, { time });
  const lines = names.map((name) => known.values[known.names.indexOf(name)]);
  const lost = names.find((_, c) => lines[c] === undefined);
  checkOptions(
    [lost === undefined, 'history', `expected a column ${lost ?? ''} as the model has learned, found ${known.names.join(', ')}`], // prettier-ignore
    [
      form.clock === undefined || known.clock?.step === form.clock.step,
      'history',
      `expected times apart by ${form.clock?.step ?? ''} as the model has learned, found ${known.clock?.step ?? 'none'}`,
    ],
  );
  const before = length - horizon;
  const values = new Float32Array(lines.length * length).fill(NaN);
  lines.forEach((line, c) => {
    const last = line?.slice(-before) ?? new Float32Array();
    values.set(last, c * length + before - last.length);
  });
  const begin = known.begin + (known.length - before) * (form.clock?.step ?? 1);
  return setOfFloatArrays({ name: file, count: 1, form, values, begins: Float64Array.of(begin) });
}

/** The text of a forecast: a line for each time with the median and the quantiles of each channel. */
export function forecastText(
  { form, begins }: FloatArraySet,
  samples: FloatArraySet,
  { horizon, quantiles }: { readonly horizon: number; readonly quantiles: readonly number[] },
): string {
  const size = sampleSizeOf(form);
  const length = form.axes[0]?.size ?? 0;
  const head = form.channels.flatMap(({ name }) => [cellText(name), ...quantiles.map((part) => cellText(`${name} q${part}`))]); // prettier-ignore
  const lines = Array.from({ length: horizon }, (_, k) => {
    const at = length - horizon + k;
    const cells = form.channels.flatMap((__, c) => {
      const sorted = Float64Array.from({ length: samples.count }, (___, i) => samples.values[i * size + c * length + at] ?? NaN).sort(); // prettier-ignore
      return [0.5, ...quantiles].map((part) => numberText(quantileOf(sorted, part)));
    });
    return [form.clock === undefined ? String((begins?.[0] ?? 0) + at) : timeText(form, begins?.[0], at), ...cells].join(','); // prettier-ignore
  });
  return `${['time', ...head].join(',')}\n${lines.join('\n')}\n`;
}

/** Times that are written below a picture, which has room for their dates. */
const timeMarks = 4;

/** Marks at round numbers of lines. */
function lineTicks(begin: number, length: number): readonly Tick[] {
  const power = 10 ** Math.floor(Math.log10(length));
  const step = Math.max(1, length / power < 2 ? power / 5 : length / power < 5 ? power / 2 : power);
  const first = Math.ceil(begin / step) * step;
  const count = Math.max(0, Math.floor((begin + length - 1 - first) / step) + 1);
  return Array.from({ length: count }, (_, k) => ({
    value: first + k * step - begin,
    label: String(first + k * step),
  }));
}

/** A picture of a forecast: what is known, the median, and the areas of 50 and 90 % of the samples, of each channel. */
export function forecastPicture(set: FloatArraySet, samples: FloatArraySet, horizon: number): string {
  const { form, begins } = set;
  const size = sampleSizeOf(form);
  const length = form.axes[0]?.size ?? 0;
  const ticks = form.clock === undefined ? lineTicks(begins?.[0] ?? 0, length) : Array.from({ length: timeMarks }, (_, k) => Math.round(((k + 0.5) * (length - 1)) / timeMarks)).map((value) => ({ value, label: timeText(form, begins?.[0], value) })); // prettier-ignore
  return lineForecast(
    form.channels.map(({ name, unit }, c) => {
      const of = (part: number): Float64Array =>
        Float64Array.from({ length: horizon }, (_, k) => {
          const at = c * length + length - horizon + k;
          const sorted = Float64Array.from({ length: samples.count }, (__, i) => samples.values[i * size + at] ?? NaN).sort(); // prettier-ignore
          return quantileOf(sorted, part);
        });
      const bands = [0.05, 0.25].map((part) => ({ low: of(part), high: of(1 - part) }));
      const known = set.values.subarray(c * length, (c + 1) * length - horizon);
      return { title: unit === undefined ? name : `${name} [${unit}]`, known, median: of(0.5), bands };
    }),
    { ticks, label: form.clock?.format === undefined ? 'lines of the table' : 'time' },
  );
}

/** Windows whose last times are hidden. */
export function hiddenEnds(set: FloatArraySet, horizon: number): FloatArraySet {
  const length = set.form.axes[0]?.size ?? 0;
  const values = set.values.map((value, at) => (at % length >= length - horizon ? NaN : value));
  return setOfFloatArrays({ ...set, values });
}

/** How good forecasts are. */
export interface ForecastQuality {
  /** Windows. */
  readonly windows: number;
  /** The continuous ranked probability score of a channel, in its units, averaged over times. */
  readonly crps: Readonly<Record<string, Estimate>>;
  /** How often the middle half, and the middle 90 % of the samples contain what came. */
  readonly within50: Estimate;
  readonly within90: Estimate;
}

/** How good forecasts of windows are whose ends are known. */
export function forecastQuality(
  truth: FloatArraySet,
  { samples, count, rows }: { readonly samples: FloatArraySet; readonly count: number; readonly rows: readonly number[] }, // prettier-ignore
  horizon: number,
): ForecastQuality {
  const { form } = truth;
  const size = sampleSizeOf(form);
  const length = form.axes[0]?.size ?? 0;
  const scores = form.channels.map((): number[] => []);
  const covered: [number[], number[]] = [[], []];
  rows.forEach((row, i) => {
    const own: [number, number, number] = [0, 0, 0];
    form.channels.forEach((_, c) => {
      let [sum, there] = [0, 0];
      for (let at = length - horizon; at < length; at++) {
        const y = truth.values[row * size + c * length + at] ?? NaN;
        if (Number.isNaN(y)) continue;
        const draws = Float64Array.from({ length: count }, (__, k) => samples.values[(i * count + k) * size + c * length + at] ?? NaN); // prettier-ignore
        sum += crps(draws, y);
        there++;
        own[0] += coveredBy(draws, y, 0.5);
        own[1] += coveredBy(draws, y, 0.9);
        own[2]++;
      }
      if (there > 0) scores[c]?.push(sum / there);
    });
    if (own[2] === 0) return;
    covered[0].push(own[0] / own[2]);
    covered[1].push(own[1] / own[2]);
  });
  return {
    windows: rows.length,
    crps: Object.fromEntries(form.channels.map(({ name }, c) => [name, meanEstimate(scores[c] ?? [])])),
    within50: meanEstimate(covered[0]),
    within90: meanEstimate(covered[1]),
  };
}
