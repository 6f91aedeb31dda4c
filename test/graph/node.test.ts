import { describe, expect, it } from 'vitest';
import { InternalError } from '../../src/base/errors.ts';
import {
  add,
  concat,
  constant,
  div,
  expand,
  input,
  mul,
  neg,
  pad,
  reshape,
  scalar,
  scalarValue,
  slice,
  sub,
  sum,
  transpose,
} from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph, topological } from '../../src/graph/node.ts';
import { vjp } from '../../src/graph/vjp.ts';
import { allCases, instantiate } from './cases.ts';

describe('nodes', () => {
  it.each(allCases)('are one object however often they are made: $name', (c) => {
    const { g, xs, y } = instantiate(c);
    const size = g.size;
    expect(c.build(...xs).shape).toEqual(y.shape);
    // Arrays are distinguished by identity, so only a case that makes new arrays makes new nodes.
    if (topological([y]).every(({ kind }) => kind !== 'constant')) {
      expect(c.build(...xs)).toBe(y);
      expect(g.size).toBe(size);
    }
  });

  it('differ where operation, inputs or attributes differ', () => {
    const g = graph();
    const [a, b] = [input(g, 'a', [2, 2]), input(g, 'b', [2, 2])];
    const nodes = [
      add(a, b),
      add(b, a),
      sub(a, b),
      transpose(a, [1, 0]),
      slice(a, 0, { begin: 0, end: 1 }),
      slice(a, 1, { begin: 0, end: 1 }),
      slice(a, 1, { begin: 1, end: 2 }),
      sum(a, [0], { keep: true }),
      sum(a, [1], { keep: true }),
    ];
    expect(new Set(nodes).size).toBe(nodes.length);
  });

  it('share numbers by value, other constants by array, and tell shapes apart', () => {
    const g = graph();
    const data = Float32Array.of(1, 2);
    expect(scalar(g, 0.1)).toBe(scalar(g, 0.1));
    expect(scalar(g, 0.1)).not.toBe(scalar(g, 0.2));
    expect(scalar(g, 0.1)).not.toBe(constant(g, Float64Array.of(0.1), [1]));
    expect(constant(g, data, [2])).toBe(constant(g, data, [2]));
    expect(constant(g, data, [2])).not.toBe(constant(g, data.slice(), [2]));
    expect(constant(g, data, [2])).not.toBe(constant(g, data, [2, 1]));
  });

  it('belong to one graph', () => {
    const [a, b] = [input(graph(), 'a', []), input(graph(), 'b', [])];
    expect(() => add(a, b)).toThrow(InternalError);
    expect(() => add(1, 2)).toThrow(InternalError);
  });

  it('come after their inputs in topological order, each once, and only those that are needed', () => {
    for (const c of allCases) {
      const { xs, y } = instantiate(c);
      const outputs = [y, ...vjp(y, xs, y).filter((node) => node !== undefined)];
      const order = topological(outputs);
      expect(new Set(order).size).toBe(order.length);
      order.forEach((node, i) => node.inputs.forEach((child) => expect(order.indexOf(child)).toBeLessThan(i)));
      outputs.forEach((node) => expect(order).toContain(node));
      for (const node of order)
        expect(outputs.includes(node) || order.some(({ inputs }) => inputs.includes(node))).toBe(true);
    }
  });

  it('are found without recursion', () => {
    const g = graph();
    let y = input(g, 'x', [1]);
    for (let i = 0; i < 20000; i++) y = neg(y) as typeof y;
    expect(topological([y])).toHaveLength(20001);
  });
});

describe('builders', () => {
  it('leave out what changes nothing', () => {
    const g = graph();
    const x = input(g, 'x', [2, 3]);
    const same = [
      add(x, 0),
      add(0, x),
      sub(x, 0),
      mul(x, 1),
      mul(1, x),
      div(x, 1),
      reshape(x, [2, 3]),
      reshape(reshape(x, [6]), [2, 3]),
      expand(x, [2, 3]),
      concat([x], 0),
      slice(x, 1, { begin: 0, end: 3 }),
      pad(x, 0, { before: 0, after: 0 }),
      sum(x, [], { keep: true }),
    ];
    for (const node of same) expect(node).toBe(x);
    expect(sub(0, x)).toBe(neg(x));
    expect(scalarValue(mul(scalar(g, 3), 4))).toBe(12);
    expect(scalarValue(x)).toBeUndefined();
    expect(scalarValue(constant(g, Float64Array.of(1), [1]))).toBeUndefined();
  });

  it('keep the value and the shape whatever they leave out', () => {
    const g = graph();
    const x = input(g, 'x', []);
    const arithmetic = [
      [add, (a: number, b: number) => a + b],
      [sub, (a: number, b: number) => a - b],
      [mul, (a: number, b: number) => a * b],
      [div, (a: number, b: number) => a / b],
    ] as const;
    const wide = input(g, 'wide', [2, 3]);
    for (const [node, number] of arithmetic)
      for (const c of [-1, 0, 1, 2]) {
        const [left, right] = evaluate([node(c, x), node(x, c)], { x: [3] });
        expect([left![0]! + 0, right![0]! + 0]).toEqual([number(c, 3) + 0, number(3, c) + 0]);
        // A constant with axes changes the shape, so it stays.
        const row = constant(g, new Float64Array(3).fill(c), [3]);
        expect(node(row, x).shape).toEqual([3]);
        expect(node(wide, row).shape).toEqual([2, 3]);
        expect(node(scalar(g, c), wide).shape).toEqual([2, 3]);
      }
  });
});
