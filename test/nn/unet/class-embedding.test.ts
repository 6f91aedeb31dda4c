/** @file Classes and texts as rows that a U-Net reads. */
import { expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { constant } from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph } from '../../../src/graph/node.ts';
import { constantScope, initialize, layout } from '../../../src/nn/network.ts';
import { ddpmpp } from '../../../src/nn/unet/ddpmpp.ts';

const shape = [1, 4, 4];
const x = normal(key(1), 16);

/** The output for the first of so many columns, whose embedding is `size` everywhere, those of the others being 0. */
function outputOf(classes: number, size: number): Float64Array {
  const options = { width: 8, multipliers: [1], blocks: 1, attention: [], classEmbedding: 'hidden' } as const;
  const own = layout(ddpmpp(shape, { ...options, classes }));
  // All but the table has the values of a network of one column.
  const one = ddpmpp(shape, { ...options, classes: 1 });
  const from = initialize(one, key(2));
  const known = new Map(layout(one).segments.map((segment) => [segment.name, segment]));
  const trained = new Float32Array(own.trained);
  for (const { name, begin, end, shape: dimensions } of own.segments) {
    if (name === 'class.weight')
      for (let row = 0; row < dimensions[0]!; row++) trained[begin + row * classes] = size;
    // Layers that begin at zero are given something to say.
    else trained.set(normal(key(3 + name.length), end - begin).map((z, i) => 0.3 * z + from.trained[known.get(name)!.begin + i]!), begin); // prettier-ignore
  }
  const owner = graph();
  const net = ddpmpp(shape, { ...options, classes });
  const scope = constantScope(net, { trained, fixed: from.fixed }, owner);
  const row = Float64Array.from({ length: classes }, (_, i) => (i === 0 ? 1 : 0));
  const [label, given] = [constant(owner, Float64Array.of(0.3), [1]), constant(owner, row, [1, classes])];
  return evaluate([net.forward(scope, constant(owner, x, [1, ...shape]), label, given)], {})[0]!;
}

it('a change of an embedding does the same however many columns there are', () => {
  const few = outputOf(4, 0.2);
  const many = outputOf(700, 0.2);
  expect(Math.max(...few.map((value, i) => Math.abs(value - outputOf(4, 0)[i]!)))).toBeGreaterThan(1e-2);
  many.forEach((value, i) => expect(Math.abs(value - few[i]!)).toBeLessThan(1e-12));
});
