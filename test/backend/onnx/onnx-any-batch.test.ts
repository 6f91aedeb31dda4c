/** @file Models for batches of any size, from what two sizes differ in. */
import { describe, expect, it } from 'vitest';
import { lowerForAnyBatch } from '../../../src/backend/onnx/onnx-any-batch.ts';
import { InternalError } from '../../../src/base/errors.ts';
import { add, concat, constant, expand, input, mul, reshape } from '../../../src/graph/build.ts';
import { graph, type Node } from '../../../src/graph/node.ts';

type Outputs = Readonly<Record<string, Node>>;
const inputFor = (batch: number): Node => input(graph(), 'x', [batch, 2, 3]);
const filled = (x: Node, batch: number, value: (i: number) => number): Node =>
  constant(
    x.graph,
    Float64Array.from({ length: batch }, (_, i) => value(i)),
    [batch, 1],
  );

describe('a model for any batch', () => {
  it('lets reshapes find the batch, and computes it elsewhere', () => {
    const model = lowerForAnyBatch((batch) => {
      const x = inputFor(batch);
      const rows = reshape(x, [2 * batch, 3]);
      const ones = expand(constant(x.graph, Float64Array.of(1, 2, 3), [1, 3]), [2 * batch, 3]);
      const column = filled(x, batch, () => 7);
      return { y: add(rows, ones), z: concat([reshape(x, [batch, 6]), column], 1) };
    });
    expect(model.inputs).toEqual([{ name: 'x', shape: ['N', 2, 3] }]);
    expect(model.outputs).toEqual([
      { name: 'y', shape: ['2N', 3] },
      { name: 'z', shape: ['N', 7] },
    ]);
    const lists = model.initializers.filter(({ data }) => data instanceof BigInt64Array);
    const numbers = lists.map(({ data }) => Array.from<number | bigint, number>(data, Number));
    expect(numbers).toContainEqual([-1, 3]);
    expect(numbers).toContainEqual([-1, 6]);
    for (const list of numbers) for (const number of list) expect(number).toBeLessThan(100);
    expect(model.nodes.map(({ op }) => op)).toEqual(expect.arrayContaining(['Shape', 'Gather', 'Mul', 'Expand']));
    expect(model.initializers.find(({ data }) => data.length === 1 && Number(data[0]) === 7)?.shape).toEqual([]);
  });

  it('leaves a model without shapes as it is', () => {
    const model = lowerForAnyBatch((batch) => ({ y: mul(inputFor(batch), 2) }));
    expect(model.nodes.map(({ op }) => op)).toEqual(['Mul', 'Identity']);
  });

  const differing = (batch: number): Outputs => {
    const x = inputFor(batch);
    return { y: mul(reshape(x, [batch, 6]), filled(x, batch, Math.sin)) };
  };
  const refused: readonly (readonly [string, (batch: number) => Outputs])[] = [
    ['a constant of each sample', differing],
    ['a number that is no multiple', (batch) => ({ y: mul(inputFor(batch), 1 / batch) })],
    ['other operations', (batch) => ({ y: batch % 5 === 4 ? inputFor(batch) : mul(inputFor(batch), 2) })],
    ['a batch on another axis', (batch) => ({ y: input(graph(), 'x', [3, batch]) })],
  ];
  it.each(refused)('is refused where batches differ by %s', (_label, outputsFor) => {
    expect(() => lowerForAnyBatch(outputsFor)).toThrow(InternalError);
  });
});
