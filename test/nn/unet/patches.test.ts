import { expect, it } from 'vitest';
import { input } from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph } from '../../../src/graph/node.ts';
import { fromPatches, toPatches } from '../../../src/nn/unet/patches.ts';

const shape = [2, 3, 4, 6];
const pixels = Float64Array.from({ length: 144 }, (_, i) => i);

it('puts the pixels of a square into channels of one position', () => {
  const y = toPatches(input(graph(), 'x', shape), 2);
  expect(y.shape).toEqual([2, 12, 2, 3]);
  const [values] = evaluate([y], { x: pixels });
  // Channel (c 2 + i) 2 + j at (row, column) of sample b is pixel (2 row + i, 2 column + j) of channel c.
  for (let b = 0; b < 2; b++)
    for (let c = 0; c < 3; c++)
      for (let row = 0; row < 4; row++)
        for (let column = 0; column < 6; column++) {
          const channel = (c * 2 + (row % 2)) * 2 + (column % 2);
          const at = ((b * 12 + channel) * 2 + (row >> 1)) * 3 + (column >> 1);
          expect(values![at]).toBe(((b * 3 + c) * 4 + row) * 6 + column);
        }
});

it('is undone by its inverse', () => {
  const [values] = evaluate([fromPatches(toPatches(input(graph(), 'x', shape), 2), 2)], { x: pixels });
  expect(values).toEqual(pixels);
});
