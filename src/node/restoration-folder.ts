/** @file The folder of a restoration: pictures, arrays, and a report. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileError } from '../base/errors.ts';
import { attempt } from '../base/system-problem.ts';
import { formatNpz } from '../data/arrays/npz.ts';
import { writeTogether } from '../io/atomic.ts';
import { encodePng } from '../plot/png.ts';
import { svgToPng } from '../plot/svg-png.ts';
import { gridOf, largestSpread, spreadColors } from '../model/restoration/restoration-pictures.ts';
import { restorationArrays, type Restoration } from '../model/restoration/restored.ts';
import { makeFolder } from '../io/folders.ts';

/** The path of each file, by what it shows: `sheet`, `measurement`, `measurementArray`, `mean`, `spread`, `samples`, `arrays`, `report`. */
export type RestorationFiles = Readonly<Record<string, string>>;

const reportName = 'restore.json';

/**
 * Writes a restoration into a folder: the sheet, the measurement, samples, mean and spread as pictures and arrays, and a report. Files of
 * an earlier restoration are replaced all together or not at all.
 * @param options.title - of the sheet; the name of the images by default
 * @param options.report - makes the text of the report (`restore.json`) from the paths of all files
 * @throws FileError if a file cannot be written.
 */
export async function writeRestoration(
  folder: string,
  restoration: Restoration,
  { title, report }: { readonly title?: string; readonly report: (files: RestorationFiles) => string },
): Promise<RestorationFiles> {
  const contents = await contentsOf(restoration, title);
  const names = [...Object.entries(contents).map(([what, [name]]) => [what, name] as const), ['report', reportName]];
  const files = Object.fromEntries(names.map(([what = '', name = '']) => [what, join(folder, name)]));
  makeFolder(folder);
  // The report comes last, so that a folder with it contains one restoration and not parts of two.
  writeTogether(folder, [...Object.values(contents), [reportName, report(files)]]);
  return files;
}

/** Names and contents of all files but the report. */
async function contentsOf(
  restoration: Restoration,
  title: string | undefined,
): Promise<Readonly<Record<string, readonly [string, Uint8Array]>>> {
  const { task, subjects, samples, means, spreads, count } = restoration;
  const { measurement, rows } = subjects;
  const { y, noiseStd } = measurement;
  return {
    sheet: ['sheet.png', await svgToPng(restoration.sheet(title))],
    measurement: ['measurement.png', encodePng(gridOf(task.picture(y)))],
    measurementArray: [
      'measurement.npz',
      formatNpz({
        measurement: y,
        rows: { shape: [rows.length], data: Int32Array.from(rows) },
        noise: { shape: [1], data: Float64Array.of(noiseStd) },
      }),
    ],
    mean: ['mean.png', encodePng(gridOf(means))],
    spread: ['spread.png', encodePng(gridOf(spreadColors(spreads, largestSpread(spreads))))],
    samples: ['samples.png', encodePng(gridOf(samples, rows.length === 1 ? undefined : count))],
    arrays: ['samples.npz', formatNpz(restorationArrays({ samples, means, spreads }))],
  };
}

/** @throws FileError unless files can be written in a folder, or it can be made. */
export function requireFolder(folder: string): void {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  attempt(folder, 'cannot be written', () => {
    if (!statSync(there).isDirectory())
      throw new FileError(folder, `expected the name of a folder; ${there} is a file`);
    accessSync(there, constants.W_OK);
  });
}
