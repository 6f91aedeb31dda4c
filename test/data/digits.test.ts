import { expect, test } from 'vitest';
import { readAsset } from '../../src/data/asset.ts';
import { digitsSet } from '../../src/data/sets/digits.ts';

test('digits have their classes and look like their kind', async () => {
  const { count, pixels, labels = [], classNames } = digitsSet(await readAsset('digits.br'));
  const numbers = new Array<number>(10).fill(0);
  for (const label of labels) numbers[label]!++;
  // What the repository of the set says of its test part.
  expect(numbers).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  expect(classNames).toHaveLength(10);
  // The nearest other digit by their pixels is of the same class for 98.8 % of them; a mistake in the order of the bytes leaves a tenth or so.
  const distance = (a: number, b: number): number => {
    let sum = 0;
    for (let k = 0; k < 64; k++) sum += (pixels[64 * a + k]! - pixels[64 * b + k]!) ** 2;
    return sum;
  };
  const probed = Array.from({ length: 200 }, (_, i) => 8 * i);
  const right = probed.filter((i) => {
    let [nearest, best] = [-1, Infinity];
    for (let j = 0; j < count; j++) {
      const d = j === i ? Infinity : distance(i, j);
      if (d < best) [nearest, best] = [j, d];
    }
    return labels[nearest] === labels[i];
  });
  expect(right.length).toBeGreaterThanOrEqual(190);
});
