/** @file Points of a file that was dropped, read by the library and brought to the scale of the model. */
import { mostPoints } from '../state/fields.ts';

/** Bytes of the largest file. */
const mostBytes = 64 * 2 ** 20;

/** Points of the plane with the name of their file. */
export interface FilePoints {
  readonly name: string;
  /** x and y in turn, of at most as many points as a law is made of. */
  readonly values: Float64Array;
}

/**
 * Reads a .npy file of shape [n, 2] or a text with two numbers a row; where it has more points than the page uses, some of them.
 * @throws Error in one sentence if it is neither.
 */
export async function pointsOfFile(file: File): Promise<FilePoints> {
  if (file.size > mostBytes)
    throw new Error(`${file.name}: expected at most 64 MB, found ${Math.round(file.size / 2 ** 20)}.`);
  const { pointsOf } = await import('./point-reader.ts');
  return { name: file.name, values: pointsOf(file.name, new Uint8Array(await file.arrayBuffer()), mostPoints) };
}
