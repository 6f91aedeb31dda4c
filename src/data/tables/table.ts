/** @file What a table is. */
import type { OwnSet } from '../kinds/set-kind.ts';
import type { Column } from './column.ts';

/** Rows of a table. */
export interface TableSet extends OwnSet {
  readonly columns: readonly Column[];
  /** `[count, columns]`: numbers, milliseconds since 1970, places of categories; NaN where a cell is missing. */
  readonly values: Float64Array;
}
