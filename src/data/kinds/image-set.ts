/** @file Sets of images. */
import type { ImageSet } from './set-kind.ts';

/** A set of images of its parts; mirror images are not as likely unless `flips` says so. */
export function setOfImages(parts: Omit<ImageSet, 'kind' | 'flips'> & { readonly flips?: boolean }): ImageSet {
  return { kind: 'images', flips: false, ...parts };
}
