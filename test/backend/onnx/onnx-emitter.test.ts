import { describe, expect, it } from 'vitest';
import { emitter } from '../../../src/backend/onnx/onnx-emitter.ts';

describe('an emitter', () => {
  it('makes equal calls once, and calls that differ in anything apart', () => {
    const e = emitter({});
    const calls = [
      e.op('Add', ['a', 'b']),
      e.op('Add', ['b', 'a']),
      e.op('Sub', ['a', 'b']),
      e.op('Add', ['a', 'b'], { axis: 0 }),
      e.op('Add', ['a', 'b'], { axis: [0] }),
      e.op('Add', ['a', 'b'], {}, 'com.microsoft'),
    ];
    expect(new Set(calls).size).toBe(calls.length);
    expect(e.op('Add', ['a', 'b'])).toBe(calls[0]);
    expect(e.nodes).toHaveLength(calls.length);
    const results = e.ops({ op: 'Split', domain: '', inputs: ['a'], attributes: {} }, 3);
    expect(new Set([...results, ...calls]).size).toBe(calls.length + 3);
    expect(e.nodes.at(-1)?.outputs).toEqual(results);
  });

  it('shares constants of equal values and shape, and does not compare large ones', () => {
    const e = emitter({});
    expect(e.ints([1, 2])).toBe(e.ints([1, 2]));
    expect(e.ints([12])).not.toBe(e.ints([1, 2]));
    const ones = (n: number): Float32Array => new Float32Array(n).fill(1);
    expect(e.floats(ones(2), [2])).toBe(e.floats(ones(2), [2]));
    expect(e.floats(ones(2), [2])).not.toBe(e.floats(ones(2), [1, 2]));
    expect(e.floats(ones(1), [1])).not.toBe(e.ints([1]));
    expect(e.floats(ones(5000), [5000])).not.toBe(e.floats(ones(5000), [5000]));
    expect(e.initializers.map(({ data }) => data.length)).toEqual([2, 1, 2, 2, 1, 1, 5000, 5000]);
  });

  it('gives names that begin with a dot', () => {
    const e = emitter({});
    const names = [e.ints([1]), e.floats(Float32Array.of(1), []), e.op('Neg', ['x'])];
    for (const name of names) expect(name).toMatch(/^\./);
  });
});
