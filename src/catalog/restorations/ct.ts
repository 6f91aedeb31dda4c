/** @file The restoration `ct`, by its name. */
import { filteredBackProjection } from '../../inverse/operator/scans/filtered-back-projection.ts';
import { radon } from '../../inverse/operator/scans/radon.ts';
import { sinogramPicture } from './measurement-pictures.ts';
import { anglesOf, checkChannels, stoppedEarly } from './task-operators.ts';
import { count } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { restoration } from './restoration.ts';

export const ctRestoration = restoration({
  name: 'ct',
  description: 'sums along rays at some angles are known (computed tomography)',
  options: { angles: withDefault(count, 23, 'angles of the scan, from 0 to pi') },
  counts: true,
  build: (shape, { angles }) => {
    checkChannels('ct', shape, [1, 'gray']);
    const scan = radon(shape, { angles: anglesOf(shape, angles) });
    return {
      operator: stoppedEarly(scan),
      classical: { name: 'FBP', inverse: (y) => filteredBackProjection(scan, y) },
      picture: sinogramPicture,
    };
  },
});
