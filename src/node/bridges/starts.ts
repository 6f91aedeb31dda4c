/** @file What is carried along a bridge: samples of its set, or of a file. */
import { foldIn, key } from '../../base/key.ts';
import { sizeOf, type Tensor } from '../../base/tensor.ts';
import { ConfigError } from '../../base/errors.ts';
import { inUnitsOf, sampleShape } from '../../data/dataset.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import { openDataSet } from '../../run/data-sets.ts';
import { readBridge, type Direction } from '../../run/folder/bridge.ts';
import { damaging } from './damage-facts.ts';
import { drawEnd, openEnds, rowsInModel } from './bridge-ends.ts';

/** What is carried. */
export interface StartsOptions {
  /** How many samples of the set; those of a file are all carried. */
  readonly count: number;
  readonly seed: number;
  readonly data: Pick<DataSummary, 'shape' | 'scaler'>;
  /** A file of samples. Default random ones of the set where the direction begins, damaged where that is what it has learned to restore. */
  readonly init?: string | undefined;
}

/**
 * Samples that a direction of a bridge begins with, `[n, …]` in the range of the model.
 * @throws ConfigError if those of a file have another shape.
 * @throws FileError if the bridge, a set or the file cannot be read.
 */
export async function startsFor(bridge: string, direction: Direction, options: StartsOptions): Promise<Tensor> {
  const { count, seed, data, init } = options;
  if (init === undefined) {
    const facts = readBridge(bridge);
    const ends = await openEnds(facts, openDataSet);
    const source = direction === 'forward' ? ends.a : ends.b;
    const own = foldIn(foldIn(key(seed), 'starts'), direction);
    const drawn = drawEnd(source, count, own);
    return damaging(facts, direction, source)?.(drawn, foldIn(own, 'damage')) ?? drawn;
  }
  const set = inUnitsOf(data.scaler, await openDataSet(init));
  const shape = sampleShape(set);
  if (shape.length !== data.shape.length || sizeOf(shape) !== sizeOf(data.shape))
    throw new ConfigError([
      {
        path: 'init',
        message: `expected samples [${data.shape.join(', ')}] as the bridge has, ${init} has [${shape.join(', ')}]`,
      },
    ]);
  const rows = Array.from({ length: set.count }, (_, row) => row);
  return rowsInModel({ set, scaler: data.scaler, shape: data.shape }, rows, key(seed));
}
