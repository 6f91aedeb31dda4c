/** @file What a network is given of samples themselves. */
import { ConfigError } from '../base/errors.ts';
import { kindOf, type DataSet } from '../data/dataset.ts';
import type { Scaler } from '../data/scaler.ts';
import type { Network } from '../nn/network.ts';

/** Some samples of a set. */
interface Portrayed {
  readonly set: DataSet;
  readonly rows: readonly number[];
  /** Of the model. */
  readonly scaler: Scaler;
}

/**
 * The rows of samples for a network that is conditioned on the samples themselves; undefined for another.
 * @throws ConfigError if the kind of the set has no such rows.
 * @throws ShapeError if the samples are of another form than those of the scaler.
 */
export function portraitsOf(
  { ofSample }: Pick<Network, 'ofSample'>,
  { set, rows, scaler }: Portrayed,
): readonly Float32Array[] | undefined {
  if (ofSample !== true) return undefined;
  const { portraits, name } = kindOf(set);
  if (portraits === undefined)
    throw new ConfigError([
      { path: 'condition', message: `expected sounds, of which mel spectrograms are made, got ${name}` },
    ]);
  return portraits.rows(set, rows, scaler);
}
