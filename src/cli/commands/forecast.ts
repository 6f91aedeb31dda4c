/** @file `scorefield forecast`: how a series may go on. */
import { basename, dirname } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { argument, command, flag, option, optionWithDefault } from '../shell/command.ts';
import { checkpointOption, engineOptions, jsonOption } from '../shell/options.ts';
import { count as atLeastOne, list, million, path, positive, seed, whole } from '../shell/parsers.ts';
import { watched } from '../shell/progress.ts';
import { plural, terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

/** Windows of the test part that are forecast. */
const defaultWindows = 50;

export const forecast = command({
  name: 'forecast',
  summary: 'how a series may go on',
  description:
    'Draw how the series of --history may go on, by a run of `train FILE.csv --window`: a table of the median and quantiles of each time,\n' +
    'and a picture. With --test, forecast windows that the training has not seen, and print how good that is.',
  arguments: { model: argument('<RUN>', 'folder of a run of series, or name of a model') },
  options: {
    history: option('--history <FILE>', 'table whose last lines are gone on with (.csv) (default: none)', path),
    time: option('--time <COLUMN>', 'the column of times of --history (default: the first of dates alone)'),
    horizon: optionWithDefault('--horizon <K>', 'times that are forecast, fewer than a window has', { parse: atLeastOne, value: 24 }), // prettier-ignore
    test: flag('--test', 'forecast the ends of windows of the test part of the data, and print how good that is'),
    windows: option('--windows <N>', `of --test: so many windows at most (default: ${defaultWindows})`, atLeastOne),
    quantiles: optionWithDefault('--quantiles <Q,…>', 'which quantiles of the samples are written', {
      parse: list(positive),
      value: [0.1, 0.5, 0.9],
    }),
    count: optionWithDefault('-n <COUNT>', 'samples of each window', { parse: whole(2, 100_000), value: 100 }),
    steps: option('--steps <K>', "steps of the sampler (default: the run's own)", million),
    seed: optionWithDefault('--seed <S>', 'seed of the samples', { parse: seed, value: 0 }),
    out: optionWithDefault('--out <FILE>', 'table of the forecast (.csv); the picture stands beside it (.png)', { parse: path, value: 'forecast.csv' }), // prettier-ignore
    ...checkpointOption,
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ model: run }, options) => {
    const { history, time, horizon, test, windows = defaultWindows, quantiles, count, steps, seed: from, out: file, json, checkpoint, ...engine } = options; // prettier-ignore
    checkOptions(
      [(history !== undefined) !== (test === true), 'history', 'expected a table, or --test'],
      [quantiles.every((part) => part > 0 && part < 1), 'quantiles', `expected numbers between 0 and 1, got ${quantiles.join()}`], // prettier-ignore
    );
    if (history !== undefined) requireWritable(file, ['.csv']);
    const { openModel, openRunDataShown, svgToPng, writeTogether } = await import('../work.ts');
    const { forecastPicture, forecastQuality, forecastText, hiddenEnds, historyWindow, seriesFormOf } = await import('../work.ts'); // prettier-ignore
    const { readTextFile } = await import('../../base/regular-file.ts');
    const out = terminal({ json });
    const model = await openModel(run, { ...engine, checkpoint });
    const form = seriesFormOf(model.trained, horizon);
    const how = { count, seed: from, steps };
    if (history !== undefined) {
      const set = historyWindow(form, readTextFile(history), { file: history, time, horizon });
      const { samples } = await watched(model.complete(set, { ...how, rows: [0] }), plural(count, 'sample'), out);
      const drawn = samples as unknown as typeof set;
      const picture = file.replace(/\.csv$/i, '.png');
      const png = await svgToPng(forecastPicture(set, drawn, horizon));
      writeTogether(dirname(file), [
        [basename(file), forecastText(set, drawn, { horizon, quantiles })],
        [basename(picture), png],
      ]);
      out.line(`${plural(horizon, 'time')} by ${plural(count, 'sample')}: ${file}, ${picture}`);
      out.result({ run, history, horizon, n: count, seed: from, file, picture });
      return;
    }
    const truth = (await openRunDataShown(model.trained, 'test')) as unknown as Parameters<typeof hiddenEnds>[0];
    const rows = Array.from({ length: Math.min(windows, truth.count) }, (_, i) => Math.floor((i * truth.count) / Math.min(windows, truth.count))); // prettier-ignore
    const computation = model.complete(hiddenEnds(truth, horizon), { ...how, rows });
    const { samples } = await watched(computation, plural(rows.length * count, 'sample'), out);
    const quality = forecastQuality(truth, { samples: samples as unknown as typeof truth, count, rows }, horizon);
    const text = ({ value, standardError }: typeof quality.within50, factor = 1): string =>
      `${(factor * value).toPrecision(4)} ± ${(factor * standardError).toPrecision(2)}`;
    for (const [name, score] of Object.entries(quality.crps)) out.line(`CRPS of ${name}: ${text(score)}`);
    out.line(`within the middle 50 % of the samples: ${text(quality.within50, 100)} %`);
    out.line(`within the middle 90 % of the samples: ${text(quality.within90, 100)} %`);
    out.result({ run, horizon, n: count, seed: from, ...quality });
  },
});
