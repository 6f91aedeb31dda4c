/** @file Which samples a step of training sees. */
import { foldIn, type Key } from '../base/key.ts';
import { permutation } from '../base/random.ts';

/** Rows of the batch of step n, counted from 1. */
export type Batches = (n: number) => number[];

/**
 * Epochs in which every sample is seen once, each in its own order, cut into batches one after another; a batch may begin
 * in one epoch and end in the next. Step n is a function of the key and n alone, so a resumed run needs no position.
 */
export function shuffledBatches(key: Key, count: number, batch: number): Batches {
  let known: { epoch: number; order: Uint32Array } | undefined;
  const orderOf = (epoch: number): Uint32Array => {
    if (known?.epoch !== epoch) known = { epoch, order: permutation(foldIn(key, epoch), count) };
    return known.order;
  };
  return (n) => {
    const rows: number[] = [];
    while (rows.length < batch) {
      const position = (n - 1) * batch + rows.length;
      const [epoch, begin] = [Math.floor(position / count), position % count];
      rows.push(...orderOf(epoch).subarray(begin, begin + batch - rows.length));
    }
    return rows;
  };
}
