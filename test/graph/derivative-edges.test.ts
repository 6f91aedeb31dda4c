/** @file Where derivatives begin and end: absent tangents, unused inputs, default cotangents, counts of operations. */
import { describe, expect, it } from 'vitest';
import {
  add,
  concat,
  constant,
  conv,
  exp,
  input,
  matmul,
  maximum,
  mul,
  scalar,
  sin,
  square,
  step,
  stopGradient,
  sub,
  sum,
} from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { jvp } from '../../src/graph/jvp.ts';
import { graph, topological, type Node } from '../../src/graph/node.ts';
import type { OpKind } from '../../src/graph/op.ts';
import { gradient, vjp } from '../../src/graph/vjp.ts';

const count = (nodes: readonly (Node | undefined)[], kind: OpKind): number =>
  topological(nodes.filter((node) => node !== undefined)).filter((node) => node.kind === kind).length;

function three(): { a: Node; b: Node; c: Node } {
  const g = graph();
  return { a: input(g, 'a', [2]), b: input(g, 'b', [2]), c: input(g, 'c', [2]) };
}

describe('vjp', () => {
  it('is undefined for what the output does not depend on', () => {
    const { a, b, c } = three();
    const y = mul(sin(a), b);
    expect(vjp(y, [c], a)).toEqual([undefined]);
    expect(vjp(y, [a, c, b], c).map((g) => g !== undefined)).toEqual([true, false, true]);
    expect(vjp(step(a), [a], b)).toEqual([undefined]);
    expect(vjp(scalar(a.graph, 3), [a])).toEqual([undefined]);
  });

  it('takes what is behind stopGradient for a constant, as jvp does', () => {
    const { a, b } = three();
    const y = mul(sin(a), stopGradient(exp(a)));
    const [pulled] = vjp(y, [a], b);
    const [pushed] = jvp([y], [a], [b]);
    const feeds = { a: [0.3, -1], b: [2, 5] };
    for (const found of evaluate([pulled!, pushed!], feeds))
      feeds.a.forEach((x, i) => expect(found[i]).toBeCloseTo(feeds.b[i]! * Math.cos(x) * Math.exp(x), 14));
    expect(vjp(stopGradient(a), [a], b)).toEqual([undefined]);
    expect(jvp([stopGradient(a)], [a], [b])).toEqual([undefined]);
    expect([...evaluate([stopGradient(a)], feeds)[0]!]).toEqual(feeds.a);
  });

  it('is the cotangent itself for the output, and flows on through it', () => {
    const { a, b } = three();
    expect(vjp(a, [a], b)).toEqual([b]);
    const y = sin(a);
    const [dy, da] = vjp(y, [y, a], b);
    expect(dy).toBe(b);
    expect(evaluate([da!], { a: [0.1, 0.2], b: [1, 2] })[0]![1]).toBeCloseTo(2 * Math.cos(0.2), 14);
  });

  it('starts at 1 for a scalar and at nothing else', () => {
    const { a } = three();
    const [g] = vjp(sum(square(a)), [a]);
    expect([...evaluate([g!], { a: [3, -4] })[0]!]).toEqual([6, -8]);
    expect(() => vjp(square(a), [a])).toThrow('vjp: expected a cotangent [2], got []');
  });

  it('adds the parts of a value that is used several times', () => {
    const { a } = three();
    const y = add(add(mul(a, a), mul(3, a)), a);
    const [g] = vjp(sum(y), [a]);
    expect([...evaluate([g!], { a: [1, 10] })[0]!]).toEqual([6, 24]);
  });

  it('writes no node for the branches that lead to no input', () => {
    const g = graph();
    const x = input(g, 'x', [1, 2, 4, 4]);
    const kernel = input(g, 'kernel', [2, 2, 3, 3]);
    const y = sum(conv(x, { kernel }, { stride: 1, pad: 1 }));
    expect(count(vjp(y, [x]), 'convWeightGrad')).toBe(0);
    expect(count(vjp(y, [kernel]), 'convInputGrad')).toBe(0);
  });
});

describe('gradient', () => {
  it('has zeros of the right shape for what the loss does not depend on', () => {
    const g = graph();
    const [x, unused] = [input(g, 'x', [2]), input(g, 'unused', [2, 3])];
    const [gx, gu] = gradient(sum(mul(x, x)), [x, unused]);
    expect(gu!.shape).toEqual([2, 3]);
    const [vx, vu] = evaluate([gx!, gu!], { x: [1, 2] });
    expect([...vx!]).toEqual([2, 4]);
    expect([...vu!]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('jvp', () => {
  it('is undefined for what does not move', () => {
    const { a, b, c } = three();
    const outputs = [mul(a, b), sin(b), step(a), a, c];
    const moved = jvp(outputs, [a], [c]).map((tangent) => tangent !== undefined);
    expect(moved).toEqual([true, false, false, true, false]);
    expect(jvp([a], [a], [c])).toEqual([c]);
  });

  it('multiplies with no zeros', () => {
    const g = graph();
    const x = input(g, 'x', [1, 2, 4, 4]);
    const kernel = input(g, 'kernel', [2, 2, 3, 3]);
    const y = conv(x, { kernel }, { stride: 1, pad: 1 });
    expect(count(jvp([y], [x], [x]), 'conv')).toBe(1);
    const [a, b] = [input(g, 'a', [2, 3]), input(g, 'b', [3, 2])];
    expect(count(jvp([matmul(a, b)], [a], [input(g, 'da', [2, 3])]), 'matmul')).toBe(1);
  });

  it('keeps the place of a part that does not move in a concatenation', () => {
    const { a, b, c } = three();
    const [tangent] = jvp([concat([a, b], 0)], [b], [c]);
    expect([...evaluate([tangent!], { c: [5, 6] })[0]!]).toEqual([0, 0, 5, 6]);
  });

  it('has the shape of its output where only a narrower operand moves', () => {
    const g = graph();
    const [row, wide] = [input(g, 'row', [3]), input(g, 'wide', [2, 3])];
    const image = input(g, 'image', [2, 1, 3, 3]);
    const bias = input(g, 'bias', [4]);
    const y = conv(
      image,
      { kernel: constant(g, new Float64Array(4).fill(1), [4, 1, 1, 1]), bias },
      { stride: 1, pad: 0 },
    );
    expect(jvp([add(row, wide)], [row], [row])[0]!.shape).toEqual([2, 3]);
    expect(jvp([sub(wide, row)], [row], [row])[0]!.shape).toEqual([2, 3]);
    expect(jvp([maximum(wide, row)], [row], [row])[0]!.shape).toEqual([2, 3]);
    expect(jvp([y], [bias], [bias])[0]!.shape).toEqual([2, 4, 3, 3]);
  });
});

describe('at a tie', () => {
  it('the maximum gives the whole derivative to its first operand, in both modes', () => {
    const { a, b, c } = three();
    const y = maximum(a, b);
    const feeds = { a: [1, 1], b: [1, 2], c: [5, 7] };
    const [ga, gb] = evaluate(vjp(y, [a, b], c) as Node[], feeds);
    expect([[...ga!], [...gb!]]).toEqual([
      [5, 0],
      [0, 7],
    ]);
    const [ta, tb] = evaluate([jvp([y], [a], [c])[0]!, jvp([y], [b], [c])[0]!], feeds);
    expect([[...ta!], [...tb!]]).toEqual([
      [5, 0],
      [0, 7],
    ]);
  });
});
