/** @file Figures as files. */
import { key } from '../base/key.ts';
import { writeTogether } from '../io/atomic.ts';
import { numbersFile, type Figure, type FigureRequest } from './figure.ts';

/** Where a figure is written, and from what it is drawn. */
export interface DrawOptions extends Omit<FigureRequest, 'key'> {
  readonly folder: string;
  readonly seed: number;
}

/** The names of the files of a figure, within their folder. */
export interface FigureFiles {
  readonly picture: string;
  readonly numbers: string;
}

/**
 * Draws a figure and writes FOLDER/NAME.svg or .png and FOLDER/NAME.json.
 * @throws FileError if they cannot be written.
 */
export async function drawInto(figure: Figure, { folder, seed, ...rest }: DrawOptions): Promise<FigureFiles> {
  const { picture, numbers } = await figure.draw({ key: key(seed), ...rest });
  const files = { picture: `${figure.name}.${figure.format}`, numbers: `${figure.name}.json` };
  writeTogether(folder, [
    [files.picture, picture],
    [files.numbers, numbersFile(figure, seed, numbers)],
  ]);
  return files;
}
