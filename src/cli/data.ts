/** @file `scorefield data`: a picture of a data set, or the names of all. */
import { ConfigError } from '../base/errors.ts';
import { tensor } from '../base/tensor.ts';
import { parseData } from '../config/schema.ts';
import { firstOf } from '../data/dataset.ts';
import { dataSetNames } from '../data/named.ts';
import { writeAtomic } from '../io/atomic.ts';
import { encodePng, imageGrid } from '../io/png.ts';
import { dataFrom, openData, type DataFlags } from './data-options.ts';
import { requireWritable, scatterPng } from './pictures.ts';
import { plural, table, terminal } from './terminal.ts';

/** Options of `scorefield data`. */
export interface DataCommandFlags extends DataFlags {
  readonly out?: string;
  readonly n?: number;
  readonly list?: boolean;
  readonly json?: boolean;
}

const gridImages = 100;

/** Draws a data set. */
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
  const { out: file = 'grid.png' } = flags;
  requireWritable(file, ['.png']);
  const set = await openData(parseData(dataFrom(ref, flags)));
  const shown = firstOf(set, Math.min(set.count, flags.n ?? (set.kind === 'images' ? gridImages : set.count)));
  const png =
    shown.kind === 'images'
      ? encodePng(imageGrid(shown))
      : await scatterPng(tensor(shown.values, [shown.count, shown.dimension]), set.name);
  writeAtomic(file, png);
  out.line(`${plural(shown.count, 'sample')} of ${set.name}: ${file}`);
  out.result({ file, name: set.name, count: shown.count });
}
