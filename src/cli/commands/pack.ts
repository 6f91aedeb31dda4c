/** @file `scorefield pack`: a run as a model, small enough to be shipped. */
import { basename, join, resolve } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { gridNames } from '../../catalog/grids.ts';
import { bitsName, parameterBits } from '../../run/parameter-bits.ts';
import { argument, command, option, optionWithDefault } from '../shell/command.ts';
import { checkpointOption, engineOptions, jsonOption } from '../shell/options.ts';
import { gridAmong, million, oneOf, path, positive } from '../shell/parsers.ts';
import { duration, plural, short, terminal } from '../shell/terminal.ts';
import { makeFolder } from '../../io/folders.ts';

export const pack = command({
  name: 'pack',
  summary: 'make a model of a run',
  description:
    'Write RUN as a model: the averaged parameters in few bits, the configuration, and what is known of its training,\n' +
    'in one file. A model takes the place of RUN wherever samples are drawn; one in the folder models/ goes by its name.',
  arguments: { model: argument('<RUN>', 'folder of a run, or of a model to write anew') },
  options: {
    out: option(
      '--out <FOLDER>',
      'folder of the model, which gives it its name (default: models/<name of the run>)',
      path,
    ),
    ...checkpointOption,
    ema: option(
      '--ema <S>',
      'width of the average of the parameters, of a run that stores averages; see `scorefield average` (default: that of the run)',
      positive,
    ),
    sampler: option(
      '--sampler <S>',
      'how the model is sampled unless another sampler is asked for, with --nfe (default: as suits the run)',
    ),
    nfe: option('--nfe <N>', 'network evaluations of that sampler (default: as suits the run)', million),
    grid: option(
      '--grid <G>',
      "time grid of that sampler, or noise levels with commas between them (default: the sampler's own)",
      gridAmong(gridNames),
    ),
    bits: option(
      '--bits <B>',
      'of a parameter: 16 are half precision, 8 an integer with a scale for each 64 (default: 16, or those of the model)',
      oneOf(parameterBits.map(String)),
    ),
    maxMegabytes: optionWithDefault('--max-megabytes <MB>', 'how large the file may be', { parse: positive, value: 5 }),
    threads: engineOptions.threads,
    ...jsonOption,
  },
  run: async (
    { model: run },
    { out: folder = join('models', basename(resolve(run))), maxMegabytes, bits: asked, json, ...how },
  ) => {
    const { modelFileName, packModel, writeAtomic } = await import('../work.ts');
    const out = terminal({ json });
    const {
      bytes,
      network,
      parameters,
      record,
      largestChange: worst,
    } = await packModel(run, { ...how, bits: parameterBits.find((bits) => String(bits) === asked) });
    const megabytes = bytes.length / 1e6;
    checkOptions([
      megabytes <= maxMegabytes,
      'maxMegabytes',
      `expected a model of at most ${maxMegabytes} MB, this one has ${megabytes.toFixed(2)}; ${record.bits === 8 ? '' : 'take --bits 8, '}train a smaller network, or allow more`,
    ]);
    makeFolder(folder);
    const file = join(folder, modelFileName);
    writeAtomic(file, bytes);
    const { step, seconds, command: training } = record.training;
    out.line(
      `${network} with ${parameters.toLocaleString('en')} parameters after ${plural(step, 'step')}: ` +
        `${file}, ${megabytes.toFixed(2)} MB`,
    );
    if (worst !== undefined)
      out.line(
        `rounding to ${bitsName[record.bits ?? 16]} changes the output by at most ${(100 * worst.relative).toPrecision(2)} %, at noise ratio ${short(worst.noiseRatio)}`,
      );
    out.line(`trained for ${duration(seconds)} by: ${training}`);
    out.result({ file, bytes: bytes.length, parameters, ...record });
  },
});
