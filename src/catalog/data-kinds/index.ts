/** @file Every kind of data. */
import { images } from './images.ts';
import { points } from './points.ts';

export const dataKinds = [images, points] as const;
