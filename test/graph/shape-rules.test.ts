import { describe, expect, it } from 'vitest';
import * as build from '../../src/graph/build.ts';
import { graph } from '../../src/graph/node.ts';
import { broadcastShape, convSize } from '../../src/graph/shape-rules.ts';
import { ShapeError } from '../../src/base/errors.ts';
import type { Shape } from '../../src/base/tensor.ts';
import { jvp } from '../../src/graph/jvp.ts';
import { vjp } from '../../src/graph/vjp.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { allCases, feedsOf, instantiate } from './cases.ts';

const g = graph();
const x = (...shape: number[]): build.Operand & object => build.input(g, `x${shape.join('x')}`, shape);
const array = (...values: number[]): Float64Array => Float64Array.from(values);
const conv1 = { stride: 1, pad: 0 };

/** Calls that do not fit, and what the message must say of the expected and the found shapes. */
const refused: readonly (readonly [label: string, call: () => unknown, words: readonly string[]])[] = [
  ['constant', () => build.constant(g, new Float64Array(5), [2, 3]), ['constant', '6', '5']],
  ['add', () => build.add(x(2, 3), x(2, 4)), ['add', '[2,3]', '[2,4]']],
  ['sub', () => build.sub(x(3), x(2)), ['sub', '[3]', '[2]']],
  ['mul', () => build.mul(x(2, 3), x(2)), ['mul', '[2,3]', '[2]']],
  ['div', () => build.div(x(2), x(3, 3)), ['div', '[2]', '[3,3]']],
  ['maximum', () => build.maximum(x(2), x(3)), ['maximum', '[2]', '[3]']],
  ['sum', () => build.sum(x(2, 3), [2]), ['axis 2', '[2,3]']],
  ['lookup', () => build.lookup(x(2), { borders: array(1, 2), rows: array(1, 2, 3, 4) }), ['lookup', '3', 'got 4']],
  ['lookup, falling', () => build.lookup(x(2), { borders: array(2, 2), rows: array(1, 2, 3) }), ['rising borders']],
  ['groupNorm, rank', () => groupNorm(x(2, 4), x(4), x(4), 2), ['groupNorm', '[B, C, H, W]', '[2,4]']],
  ['groupNorm, groups', () => groupNorm(x(1, 6, 2, 2), x(6), x(6), 4), ['groupNorm', '6 channels', '4 groups']],
  ['groupNorm, gain', () => groupNorm(x(1, 6, 2, 2), x(3), x(6), 2), ['groupNorm', '[6]', '[3]']],
  ['groupNorm, bias', () => groupNorm(x(1, 6, 2, 2), x(6), x(5), 2), ['groupNorm', '[6]', '[5]']],
  ['matmul, inner', () => build.matmul(x(2, 3), x(2, 3)), ['matmul', '3', '2', '[2,3]']],
  ['matmul, transposed', () => build.matmul(x(2, 3), x(2, 3), { transposeA: true, transposeB: true }), ['matmul', "'"]],
  ['matmul, batch', () => build.matmul(x(2, 3, 4), x(3, 4, 2)), ['matmul', '[2,3,4]', '[3,4,2]']],
  ['matmul, vector', () => build.matmul(x(3), x(3, 2)), ['matmul', '[3]', '[3,2]']],
  ['reshape', () => build.reshape(x(2, 3), [4]), ['reshape', '[2,3]', '[4]']],
  ['expand', () => build.expand(x(2, 3), [2, 4]), ['expand', '[2,3]', '[2,4]']],
  ['expand, narrower', () => build.expand(x(2, 3), [3]), ['expand', '[2,3]', '[3]']],
  ['transpose', () => build.transpose(x(2, 3), [0, 0]), ['transpose', '[0,0]', '[2,3]']],
  ['transpose, too few', () => build.transpose(x(2, 3), [0]), ['transpose', '[0]', '[2,3]']],
  ['concat', () => build.concat([x(2, 3), x(3, 3)], 1), ['concat', '[3,3]', '[2,3]', 'axis 1']],
  ['slice', () => build.slice(x(2, 3), 1, { begin: 1, end: 4 }), ['slice', '1 to 4', 'axis 1', '[2,3]']],
  ['slice, empty', () => build.slice(x(2, 3), 1, { begin: 1, end: 1 }), ['slice', '1 to 1']],
  ['pad', () => build.pad(x(2, 3), 1, { before: -1, after: 1 }), ['pad', '-1']],
  ['pad, axis', () => build.pad(x(2, 3), 2, { before: 1, after: 1 }), ['axis 2', '[2,3]']],
  ['conv, rank', () => build.conv(x(3, 4, 4), { kernel: x(2, 3, 3, 3) }, conv1), ['conv', '[3,4,4]', '[2,3,3,3]']],
  ['conv, channels', () => build.conv(x(1, 4, 5, 5), { kernel: x(2, 3, 3, 3) }, conv1), ['3 input channels', 'got 4']],
  ['conv, size', () => build.conv(x(1, 3, 2, 5), { kernel: x(2, 3, 3, 3) }, conv1), ['smaller', '[1,3,2,5]']],
  ['conv, bias', () => build.conv(x(1, 3, 5, 5), { kernel: x(2, 3, 3, 3), bias: x(3) }, conv1), ['bias [2]', '[3]']],
  [
    'convInputGrad',
    () => build.convInputGrad(x(1, 2, 4, 4), x(2, 3, 3, 3), { ...conv1, shape: [1, 3, 5, 5] }),
    ['convInputGrad', '[1,2,3,3]', '[1,2,4,4]'],
  ],
  [
    'convWeightGrad',
    () => build.convWeightGrad(x(1, 3, 5, 5), x(1, 2, 4, 4), { ...conv1, shape: [2, 3, 3, 3] }),
    ['convWeightGrad', '[1,2,3,3]', '[1,2,4,4]'],
  ],
  ['averagePool', () => build.averagePool(x(1, 2, 5, 4), 2), ['averagePool', '2', '[1,2,5,4]']],
  ['upsample', () => build.upsample(x(2, 4, 4), 2), ['upsample', '[2,4,4]']],
  ['vjp', () => vjp(x(2, 3), [x(2, 3)]), ['vjp', '[2,3]', '[]']],
  ['jvp', () => jvp([x(2, 3)], [x(2, 3)], [x(3, 2)]), ['jvp', '[2,3]', '[3,2]']],
  ['jvp, too few', () => jvp([x(2, 3)], [x(2, 3)], []), ['jvp', '[2,3]', 'none']],
  ['evaluate, none', () => evaluate([x(2, 3)], {}), ["'x2x3'", 'none']],
  ['evaluate, size', () => evaluate([x(2, 3)], { x2x3: [1, 2] }), ["'x2x3'", '[2,3]', '6', '2']],
];

type AnyNode = ReturnType<typeof build.neg>;

function groupNorm(image: AnyNode, gain: AnyNode, bias: AnyNode, groups: number): AnyNode {
  return build.groupNorm(image, { gain, bias }, { groups, epsilon: 1e-5 });
}

describe('shapes that do not fit', () => {
  it.each(refused)('are refused with what was expected and found: %s', (_label, call, words) => {
    expect(call).toThrow(ShapeError);
    for (const word of words) expect(call).toThrow(word);
  });

  it('do not leave a node behind', () => {
    const fresh = graph();
    const [a, b] = [build.input(fresh, 'a', [2]), build.input(fresh, 'b', [3])];
    expect(() => build.add(a, b)).toThrow(ShapeError);
    expect(fresh.size).toBe(2);
  });
});

describe('inferred shapes', () => {
  it.each(allCases)('have as many elements as the interpreter computes: $name', (c) => {
    const { y } = instantiate(c);
    const [value] = evaluate([y], feedsOf(c));
    expect(value).toHaveLength(y.shape.reduce((a, b) => a * b, 1));
  });

  it('broadcast by the rule of NumPy', () => {
    const pairs: readonly (readonly [Shape, Shape, Shape])[] = [
      [[], [], []],
      [[2], [], [2]],
      [[1], [5], [5]],
      [[3, 1], [4], [3, 4]],
      [
        [8, 1, 6, 1],
        [7, 1, 5],
        [8, 7, 6, 5],
      ],
    ];
    for (const [a, b, expected] of pairs) {
      expect(broadcastShape(a, b, 'test')).toEqual(expected);
      expect(broadcastShape(b, a, 'test')).toEqual(expected);
    }
  });

  it('count the positions of a window', () => {
    for (let size = 1; size < 9; size++)
      for (let kernel = 1; kernel < 6; kernel++)
        for (let stride = 1; stride < 4; stride++)
          for (let pad = 0; pad < 3; pad++) {
            let positions = 0;
            for (let begin = -pad; begin + kernel <= size + pad; begin += stride) positions++;
            expect(Math.max(convSize(size, kernel, { stride, pad }), 0)).toBe(positions);
          }
  });
});
