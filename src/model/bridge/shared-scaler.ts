/** @file One scaling for both ends of a bridge. */
import { checkOptions } from '../../base/check.ts';
import { sizeOf } from '../../base/tensor.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { inSameUnits, sampleShape, scalerOf, type DataSet } from '../../data/dataset.ts';
import { factorsOf, type Scaler } from '../../data/scaler.ts';

/** Two sets that can be the ends of one bridge, with the scaling that they share. */
export interface BridgeEnds {
  readonly a: DataSet;
  readonly b: DataSet;
  readonly scaler: Scaler;
}

/**
 * Two sets in one scaling: images in their range, points by the mean and the deviation of an equal mixture of both.
 * @throws ConfigError unless they are images or points of one shape.
 */
export function bridgeEnds(first: DataSet, second: DataSet): BridgeEnds {
  const kinds = [first, second].map((set) => dataKindOf(set));
  for (const [i, kind] of kinds.entries())
    checkOptions([
      kind.task === undefined && kind.codec === undefined,
      'data',
      `expected images or points at both ends, ${[first, second][i]?.name} is of ${kind.name}`,
    ]);
  const [shapeA, shapeB] = [first, second].map((set) => `[${sampleShape(set).join(', ')}]`);
  checkOptions([
    kinds[0]?.name === kinds[1]?.name && shapeA === shapeB,
    'data',
    `expected two sets of one shape, ${first.name} has samples ${shapeA} and ${second.name} ${shapeB}; --size and --channels read pictures alike`,
  ]);
  const [a, b] = inSameUnits(first, second);
  const [of, other] = [a, b].map((set) => scalerOf(set));
  return { a, b, scaler: joined(of!, other!, sizeOf(sampleShape(a))) };
}

function joined(a: Scaler, b: Scaler, size: number): Scaler {
  if (JSON.stringify(a) === JSON.stringify(b) || a.kind !== 'standard') return a;
  const at = (values: readonly number[], i: number): number => values[i % values.length]!;
  const indices = Array.from({ length: size }, (_, i) => i);
  const shift = indices.map((i) => (at(a.shift, i) + at(b.shift, i)) / 2);
  const variances = indices.map((i) => {
    const own = at(factorsOf(a), i) ** -2 + at(factorsOf(b), i) ** -2;
    return own / 2 + ((at(a.shift, i) - at(b.shift, i)) / 2) ** 2;
  });
  if (typeof a.factor !== 'number' || typeof b.factor !== 'number')
    return { ...a, shift, factor: variances.map((variance) => 1 / Math.sqrt(variance)) };
  return { ...a, shift, factor: 1 / Math.sqrt(variances.reduce((sum, value) => sum + value, 0) / size) };
}
