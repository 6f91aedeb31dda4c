/** @file Every kind of data. */
import { arrays } from './arrays.ts';
import { images } from './images.ts';
import { melodies } from './melodies.ts';
import { points } from './points.ts';
import { shapes } from './shapes.ts';
import { sounds } from './sounds.ts';
import { spectrograms } from './spectrograms.ts';
import { tables } from './tables.ts';
import { text } from './text.ts';

export const dataKinds = [images, points, tables, arrays, text, melodies, shapes, spectrograms, sounds] as const;
