/** @file `scorefield interpolate`: the way from one sample to another through the latents of a run or a model. */
import { checkOptions, type Rule } from '../../base/check.ts';
import { argument, command, optionWithDefault } from '../shell/command.ts';
import { effortOf, printEffort } from '../shell/effort.ts';
import {
  batchOption,
  checkpointOption,
  engineOptions,
  jsonOption,
  runDataOptions,
  toleranceOption,
} from '../shell/options.ts';
import { path, seed, whole } from '../shell/parsers.ts';
import { watched } from '../shell/progress.ts';
import { plural, terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

export const interpolate = command({
  name: 'interpolate',
  summary: 'the way from one sample to another through the latents of a trained run',
  description: 'Draw the samples between two of DATA whose latents lie on the great circle between theirs.',
  arguments: { model: argument('<RUN>', 'folder of a run, or name of a model') },
  options: {
    ...runDataOptions,
    from: optionWithDefault('--from <I>', 'index of the first sample', { parse: seed, value: 0 }),
    to: optionWithDefault('--to <J>', 'index of the last sample', { parse: seed, value: 1 }),
    steps: optionWithDefault('--steps <K>', 'samples, including the two ends', { parse: whole(2, 1000), value: 9 }),
    seed: optionWithDefault('--seed <S>', 'seed of the dequantization', { parse: seed, value: 0 }),
    out: optionWithDefault('--out <FILE>', 'file to write (.png or .npz)', { parse: path, value: 'strip.png' }),
    ...toleranceOption(1e-5),
    ...checkpointOption,
    ...batchOption(32),
    ...engineOptions,
    ...jsonOption,
  },
  run: async (
    { model: run },
    { data, layout, from, to, out: file, json, checkpoint, threads, device, steps, ...how },
  ) => {
    const { openModel, openRunDataShown, requireAllLevels } = await import('../work.ts');
    const out = terminal({ json });
    requireWritable(file);
    const model = await openModel(run, { threads, device, checkpoint });
    requireAllLevels(model.trained);
    const set = await openRunDataShown(model.trained, data, { layout });
    const within = (path: string, row: number): Rule => [
      row < set.count,
      path,
      `expected 0 to ${set.count - 1}, a sample of ${set.name}, got ${row}`,
    ];
    checkOptions(within('from', from), within('to', to));
    const started = performance.now();
    const between = model.interpolate(set, { rows: [from, to], steps, ...how });
    const samples = await watched(between, plural(steps, 'sample'), out);
    await samples.save(file, { columns: steps, title: `from ${from} to ${to} of ${set.name}` });
    const what = `${plural(steps, 'sample')} from ${from} to ${to} of ${set.name}`;
    const effort = effortOf(samples);
    printEffort(out, effort, { what, seconds: (performance.now() - started) / 1000, file });
    out.result({ run, step: model.info.step, data: set.name, from, to, steps, file, ...effort });
  },
});
