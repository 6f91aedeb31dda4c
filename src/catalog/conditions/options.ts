/** @file Options that conditions on texts share. */
import { upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';

export const words = withDefault(upTo(16_384), 256, 'words with a column, the commonest of the data');
export const buckets = withDefault(upTo(16_384), 512, 'columns that groups of three letters are hashed into');
