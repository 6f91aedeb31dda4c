/** @file Every kind of data. */
import { images } from './images.ts';
import { points } from './points.ts';
import { text } from './text.ts';

export const dataKinds = [images, points, text] as const;
