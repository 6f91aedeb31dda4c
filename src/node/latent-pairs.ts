/** @file Files of pairs of noise and the latents that a teacher has made of it. */
import { join } from 'node:path';
import { FileError } from '../base/errors.ts';
import { sizeOf, type Shape } from '../base/tensor.ts';
import { lastPart } from '../base/words.ts';
import { labeledIn } from '../data/arrays/array-set.ts';
import { parseNpz } from '../data/arrays/npz.ts';
import type { OwnSet } from '../data/dataset.ts';
import { latentPairSet } from '../data/latent-set.ts';
import type { Scaler } from '../data/scaler.ts';
import { readBytes } from '../io/atomic.ts';

/** The files of pairs in a folder: those that are trained on, and those whose loss says when to stop. */
export function pairFilesIn(folder: string): Readonly<Record<'train' | 'heldOut', string>> {
  return { train: join(folder, 'train.npz'), heldOut: join(folder, 'held-out.npz') };
}

/**
 * Pairs of latents of a folder, as they are trained on, and as they are kept out of the training.
 * @throws FileError if a file is missing, damaged, or of latents of another shape.
 */
export function readLatentPairs(
  folder: string,
  about: { readonly shape: Shape; readonly scaler: Scaler },
): { readonly set: OwnSet; readonly heldOut: OwnSet } {
  const { train, heldOut } = pairFilesIn(folder);
  return { set: readPairs(train, about), heldOut: readPairs(heldOut, about) };
}

function readPairs(file: string, { shape, scaler }: { readonly shape: Shape; readonly scaler: Scaler }): OwnSet {
  const arrays = parseNpz(readBytes(file), file);
  const { data: latents, shape: found = [] } = arrays.get('samples') ?? {};
  const [count = 0, ...own] = found;
  if (!(latents instanceof Float32Array) || own.join() !== shape.join())
    throw new FileError(file, `expected latents [${shape.join(', ')}] of float32, found [${own.join(', ')}]`);
  const { noise, ...labeled } = labeledIn(arrays, count, { file, size: sizeOf(shape) });
  if (noise === undefined) throw new FileError(file, 'expected the noise of each latent, found none');
  return latentPairSet({ ...labeled, latents, noise }, { name: lastPart(file), shape, scaler });
}
