/** @file Networks that a loss asks for more than samples: they are made for twice the channels. */
import type { Shape } from '../base/tensor.ts';
import type { Network } from '../nn/network.ts';
import { withStart } from '../nn/with-start.ts';
import { withVariance } from '../nn/with-variance.ts';
import { builtIn, type Catalog } from './catalog.ts';
import { given } from './config/given.ts';
import { objectiveOf } from './config/loss.ts';
import type { LossConfig } from './config/schema.ts';

/** A way to make a network of one for twice the channels. */
export interface Doubling {
  readonly network: (shape: Shape, networkFor: (shape: Shape) => Network) => Network;
  /** Where it is needed, in words. */
  readonly where: string;
}

/** What a loss needs of its network besides what every one says; undefined of most. */
export function doublingOf(loss: LossConfig, catalog: Catalog = builtIn): Doubling | undefined {
  const record = objectiveOf(loss, catalog);
  if (record.variance?.(given(loss)) === 'learned')
    return { network: withVariance, where: 'where the variance is learned' };
  if (record.seesStart?.(given(loss)) === true) return { network: withStart, where: 'where starts of paths are seen' };
  return undefined;
}
