/**
 * @file Handwritten digits of 8 x 8, 1,797 of them by thirteen writers (Alpaydin and Kaynak 1998, UCI Machine Learning Repository, CC BY 4.0), packed by
 * scripts/make-digits.ts into assets/digits.br of this package.
 */
import { InternalError } from '../../base/errors.ts';
import { mapInto } from '../../base/map-into.ts';
import { setOfImages } from '../kinds/image-set.ts';
import type { ImageSet } from '../kinds/set-kind.ts';

const size = 8;
/** A level of a pixel is the number of dark ones among 4 x 4 of the scanned digit. */
const darkest = 16;

/**
 * The digits with their class, white on black as those of MNIST are.
 * @param sheet - a byte for the class of each digit, then 64 levels of 0 to 16 of each
 */
export function digitsSet(sheet: Uint8Array): ImageSet {
  const count = sheet.length / (1 + size * size);
  if (!Number.isInteger(count)) throw new InternalError('assets/digits.br is damaged');
  const levels = sheet.subarray(count);
  return setOfImages({
    ...{ name: 'digits', count, channels: 1, height: size, width: size },
    pixels: mapInto(new Uint8Array(levels.length), levels, (level) => Math.round((255 * level) / darkest)),
    labels: sheet.slice(0, count),
    classNames: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
  });
}
