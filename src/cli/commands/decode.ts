/** @file `scorefield decode`: samples of latents under a run or a model. */
import { lastPart } from '../../base/words.ts';
import { argument, command, optionWithDefault } from '../shell/command.ts';
import { effortOf, printEffort } from '../shell/effort.ts';
import { batchOption, checkpointOption, engineOptions, jsonOption, toleranceOption } from '../shell/options.ts';
import { path, positive } from '../shell/parsers.ts';
import { watched } from '../shell/progress.ts';
import { plural, terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

export const decode = command({
  name: 'decode',
  summary: 'samples of latents under a trained run',
  description: 'Write the samples of LATENTS (.npz, as encode writes them) under RUN as a picture or array.',
  arguments: {
    model: argument('<RUN>', 'folder of a run, or name of a model'),
    latents: argument('<LATENTS>', 'file of latents'),
  },
  options: {
    temperature: optionWithDefault('--temperature <T>', 'factor of the latents; below 1, samples are more alike', {
      parse: positive,
      value: 1,
    }),
    out: optionWithDefault('--out <FILE>', 'file to write (.png or .npz)', { parse: path, value: 'decoded.png' }),
    ...toleranceOption(1e-5),
    ...checkpointOption,
    ...batchOption(32),
    ...engineOptions,
    ...jsonOption,
  },
  run: async (
    { model: run, latents: source },
    { temperature, out: file, json, checkpoint, threads, device, ...how },
  ) => {
    const { openModel, readLatents, requireAllLevels } = await import('../work.ts');
    const out = terminal({ json });
    requireWritable(file);
    const model = await openModel(run, { threads, device, checkpoint });
    requireAllLevels(model.trained);
    const latents = readLatents(source, model.info.shape);
    const started = performance.now();
    const [n = 0] = latents.shape;
    const samples = await watched(model.decode(latents, { temperature, ...how }), plural(n, 'sample'), out);
    await samples.save(file, { title: `${n} samples of ${lastPart(model.trained.config.data.ref)}` });
    const effort = effortOf(samples);
    printEffort(out, effort, { what: plural(n, 'sample'), seconds: (performance.now() - started) / 1000, file });
    out.result({ run, step: model.info.step, n, temperature, file, ...effort });
  },
});
