/** @file `scorefield data`: a picture of a data set, the noise levels that fit it, or the names of all. */
import { ConfigError } from '../base/errors.ts';
import { tensor } from '../base/tensor.ts';
import { shellCommand } from '../base/words.ts';
import { parseData } from '../catalog/schema.ts';
import { firstOf } from '../data/dataset.ts';
import { dataSetNames } from '../data/named.ts';
import { optionsOf } from '../data/open.ts';
import { writeAtomic } from '../io/atomic.ts';
import { encodePng, imageGrid } from '../io/png.ts';
import { dataFrom, dataOptionNames, openData, type DataFlags } from './data-options.ts';
import { printLevels } from './levels.ts';
import { scatterPng } from './pictures.ts';
import { requireWritable } from './shell/writable.ts';
import { plural, table, terminal } from './shell/terminal.ts';

/** Options of `scorefield data`. */
export interface DataCommandFlags extends DataFlags {
  readonly out?: string;
  readonly n?: number;
  readonly list?: boolean;
  readonly levels?: boolean;
  readonly json?: boolean;
}

const gridImages = 100;

/** Draws a data set, or tells of it what was asked for. */
export async function dataCommand(ref: string | undefined, flags: DataCommandFlags): Promise<void> {
  const out = terminal(flags);
  if (flags.list) {
    if (flags.json) out.result(dataSetNames);
    else out.line(table(dataSetNames));
    return;
  }
  if (ref === undefined)
    throw new ConfigError([
      { path: 'DATA', message: 'expected a name or a path; `scorefield data --list` prints the names' },
    ]);
  const data = parseData(dataFrom(ref, flags));
  if (flags.levels) {
    const options = dataOptionNames.flatMap((name) =>
      flags[name] === undefined ? [] : [`--${name}`, String(flags[name])],
    );
    printLevels(shellCommand(ref, ...options), await openData(data), out);
    return;
  }
  const { out: file = 'grid.png' } = flags;
  requireWritable(file, ['.png']);
  // Of a folder of pictures, only those that are drawn are read.
  const most = Math.min(flags.n ?? gridImages, flags.limit ?? Infinity);
  const set = await openData((await optionsOf(data.ref)).includes('channels') ? { ...data, limit: most } : data);
  const shown = firstOf(set, Math.min(set.count, flags.n ?? (set.kind === 'images' ? gridImages : set.count)));
  const png =
    shown.kind === 'images'
      ? encodePng(imageGrid(shown))
      : await scatterPng(tensor(shown.values, [shown.count, shown.dimension]), {
          title: set.name,
          classes: shown.labels,
        });
  writeAtomic(file, png);
  out.line(`${plural(shown.count, 'sample')} of ${set.name}: ${file}`);
  out.result({ file, name: set.name, count: shown.count });
}
