/** @file `scorefield data`: a picture of a data set, the noise levels that fit it, or the names of all. */
import { ConfigError } from '../../base/errors.ts';
import { shellCommand } from '../../base/words.ts';
import type { DataSet } from '../../data/dataset.ts';
import type { FittedLevels } from '../../train/fitted-levels.ts';
import { command, flag, option, optionalArgument } from '../shell/command.ts';
import { dataOptions, jsonOption } from '../shell/options.ts';
import { count, path } from '../shell/parsers.ts';
import { plural, short, table, terminal, type Terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

const gridImages = 100;

export const data = command({
  name: 'data',
  summary: 'draw a picture of a data set',
  description:
    'Draw the first samples of DATA as a picture, or list the data sets that have a name.\n' +
    'With --levels, find the noise levels and the Langevin step size that fit DATA (Song and Ermon 2020).',
  arguments: { ref: optionalArgument('[DATA]', 'name or path of the data') },
  options: {
    out: option('--out <FILE>', 'picture to write (.png) (default: grid.png)', path),
    count: option('-n <COUNT>', 'number of samples (default: 100 images, all points)', count),
    levels: flag('--levels', 'print noise levels that fit the data, instead of drawing it'),
    list: flag('--list', 'list the data sets that have a name'),
    ...jsonOption,
    ...dataOptions,
  },
  run: async ({ ref }, { out: file = 'grid.png', count: asked, levels, list, json, ...taken }) => {
    const { dataSetNames } = await import('../../run/data-sets.ts');
    const out = terminal({ json });
    if (list) {
      if (json) out.result(dataSetNames);
      else out.line(table(dataSetNames));
      return;
    }
    if (ref === undefined)
      throw new ConfigError([
        { path: 'DATA', message: 'expected a name or a path; `scorefield data --list` prints the names' },
      ]);
    const { dataConfig } = await import('../../node/data-config.ts');
    const { openShown } = await import('../shell/opening.ts');
    const { ref: source, ...options } = dataConfig(ref, taken);
    if (levels) {
      const { fittedLevels } = await import('../../train/fitted-levels.ts');
      const set = await openShown(source, options);
      const flags = Object.entries(taken).flatMap(([name, value]) =>
        value === undefined ? [] : [`--${name}`, String(value)],
      );
      printLevels(shellCommand(ref, ...flags), set, fittedLevels(set), out);
      return;
    }
    requireWritable(file, ['.png']);
    const { optionsOfData } = await import('../../run/data-sets.ts');
    const { picturedOf, setPicture } = await import('../../node/set-picture.ts');
    const { writeAtomic } = await import('../../io/atomic.ts');
    // Of a folder of pictures, only those that are drawn are read.
    const most = Math.min(asked ?? gridImages, taken.limit ?? Infinity);
    const pictures = (await optionsOfData(source)).includes('channels');
    const set = await openShown(source, pictures ? { ...options, limit: most } : options);
    const n = picturedOf(set, asked);
    writeAtomic(file, await setPicture(set, n));
    out.line(`${plural(n, 'sample')} of ${set.name}: ${file}`);
    out.result({ file, name: set.name, count: n });
  },
});

/** @param words - of the command line that name the data */
function printLevels(words: string, set: DataSet, fitted: FittedLevels, out: Terminal): void {
  const { dimension, sigmaMin, sigmaMax, distance, atMost, ratio, levels, stepSize, epsilon, steps } = fitted;
  const bound = atMost > distance ? `found so far; no two samples are further apart than ${short(atMost)}` : undefined;
  out.line(
    table({
      data: `${set.name}, ${plural(set.count, 'sample')} of ${plural(dimension, 'number')}`,
      'largest sigma': `${sigmaMax}, the largest distance of two samples${bound ? ` (${bound})` : ''}`,
      'smallest sigma': sigmaMin,
      ratio:
        levels === undefined
          ? `any: in ${plural(dimension, 'dimension')} the shells of all levels overlap`
          : `${ratio.toPrecision(5)} at most, so that the shells of neighboring levels overlap by half`,
      levels,
      'step size':
        stepSize && `${short(stepSize)} sigma^2, epsilon ${short(epsilon ?? 0)}, for ${steps} Langevin steps a level`,
    }),
  );
  const ofLevels = levels === undefined ? '' : ` --set sde.levels=${levels}`;
  out.line(`train with: scorefield train ${words} --sde smld --set sde.sigmaMax=${sigmaMax}${ofLevels}`);
  if (levels !== undefined && stepSize !== undefined)
    // The first level is that of the prior's draw.
    out.line(
      `sample with: scorefield sample RUN --sampler annealed-langevin --steps ${levels - 1} --step-size ${short(stepSize)}`,
    );
  out.result({ name: set.name, dimension, sigmaMin, sigmaMax, atMost, ratio, levels, stepSize, epsilon, steps });
}
