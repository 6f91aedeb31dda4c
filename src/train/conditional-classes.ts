/** @file The classes of a batch for a conditional network; some are dropped. */
import type { Key } from '../base/key.ts';
import { uniform } from '../base/random.ts';
import { conditionRows } from '../score/models/condition-rows.ts';

/**
 * One-hot classes of rows of a data set, each left out with probability `dropout`, so that one network learns the score of
 * every class and, of those rows, that of all: `[rows.length, K]`.
 * @param options.hidden - rows that are left out in any case; none by default
 * @throws ShapeError if a label is not below `count`, the K of the network.
 * @see Ho and Salimans 2022, "Classifier-free diffusion guidance", algorithm 1
 */
export function conditionalClasses(
  labels: Uint8Array,
  rows: readonly number[],
  {
    count,
    dropout,
    hidden = () => false,
    key,
  }: {
    readonly count: number;
    readonly dropout: number;
    readonly hidden?: ((row: number) => boolean) | undefined;
    readonly key: Key;
  },
): Float32Array {
  const u = uniform(key, rows.length);
  return conditionRows(
    rows.map((row, i) => ((u[i] ?? 0) < dropout || hidden(row) ? undefined : labels[row])),
    count,
  );
}
