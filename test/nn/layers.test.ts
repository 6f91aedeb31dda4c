import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { sizeOf, type Shape } from '../../src/base/tensor.ts';
import { input } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph, type Node } from '../../src/graph/node.ts';
import {
  convolution,
  dense,
  fourierFeatures,
  groupsWithin,
  normalization,
  perChannel,
  sinusoidalFeatures,
  transposedConvolution,
} from '../../src/nn/layers.ts';
import type { Param, Scope } from '../../src/nn/network.ts';

/** A scope whose parameters are inputs with random values. */
function recorder(): {
  g: ReturnType<typeof graph>;
  scope: Scope;
  feeds: Record<string, Float64Array>;
  params: Param[];
} {
  const g = graph();
  const feeds: Record<string, Float64Array> = {};
  const params: Param[] = [];
  const scope: Scope = {
    param: (param) => {
      params.push(param);
      feeds[param.name] = normal(foldIn(key(1), param.name), sizeOf(param.shape));
      return input(g, param.name, param.shape);
    },
    mask: () => undefined,
  };
  return { g, scope, feeds, params };
}

const random = (name: string, shape: Shape): Float64Array => normal(foldIn(key(2), name), sizeOf(shape));
const value = (node: Node, feeds: Record<string, Float64Array>): Float64Array => evaluate([node], feeds)[0]!;

describe('features of the time', () => {
  it('are sines and then cosines, 0 and 1 at time 0', () => {
    const g = graph();
    const features = sinusoidalFeatures(input(g, 't', [2]), 8);
    expect(features.shape).toEqual([2, 8]);
    const [at0, at3] = [0, 8].map((begin) =>
      [...value(features, { t: Float64Array.of(0, 3) })].slice(begin, begin + 8),
    );
    expect(at0).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    // Frequencies 10000^(-k / 3).
    const frequencies = [1, 0.0464158883361, 0.00215443469003, 1e-4];
    frequencies.forEach((w, k) => {
      expect(at3![k]).toBeCloseTo(Math.sin(3 * w), 12);
      expect(at3![k + 4]).toBeCloseTo(Math.cos(3 * w), 12);
    });
  });

  it('have random, fixed frequencies in turns per unit of time', () => {
    const { g, scope, feeds, params } = recorder();
    const features = fourierFeatures(scope, input(g, 't', [3]), { size: 6, scale: 30 });
    expect(features.shape).toEqual([3, 6]);
    expect(params.map(({ name, shape, trainable }) => ({ name, shape, trainable }))).toEqual([
      { name: 'W', shape: [3], trainable: false },
    ]);
    const found = value(features, { ...feeds, t: Float64Array.of(0, 0.3, 1) });
    feeds['W']!.forEach((w, k) => {
      expect(found[6 + k]).toBeCloseTo(Math.sin(2 * Math.PI * w * 0.3), 12);
      expect(found[6 + 3 + k]).toBeCloseTo(Math.cos(2 * Math.PI * w * 0.3), 12);
    });
  });
});

describe('layers', () => {
  it('dense: x W^T + b', () => {
    const { g, scope, feeds, params } = recorder();
    const y = dense(scope, input(g, 'x', [2, 3]), { size: 4 });
    expect(params.map(({ name, shape }) => [name, shape])).toEqual([['weight', [4, 3]], ['bias', [4]]]); // prettier-ignore
    const x = random('x', [2, 3]);
    const found = value(y, { ...feeds, x });
    for (let b = 0; b < 2; b++)
      for (let o = 0; o < 4; o++) {
        const dot = [0, 1, 2].reduce((sum, i) => sum + x[3 * b + i]! * feeds['weight']![3 * o + i]!, 0);
        expect(found[4 * b + o]).toBeCloseTo(dot + feeds['bias']![o]!, 12);
      }
  });

  it('convolution: keeps the size at stride 1 by default, and has no bias on request', () => {
    const { g, scope, params } = recorder();
    const x = input(g, 'x', [2, 3, 5, 4]);
    expect(convolution(scope, x, { channels: 6 }).shape).toEqual([2, 6, 5, 4]);
    expect(convolution(scope, x, { channels: 6, kernel: 5 }).shape).toEqual([2, 6, 5, 4]);
    expect(convolution(scope, x, { channels: 6, kernel: 1 }).shape).toEqual([2, 6, 5, 4]);
    expect(params.map(({ name }) => name)).toEqual(['weight', 'bias', 'weight', 'bias', 'weight', 'bias']);
    expect(convolution(scope, x, { channels: 6, stride: 2, bias: false }).shape).toEqual([2, 6, 3, 2]);
    expect(params.slice(6).map(({ shape }) => shape)).toEqual([[6, 3, 3, 3]]);
  });

  it('transposed convolution: the adjoint of the convolution with the same weights, plus a bias', () => {
    const [small, large]: [Shape, Shape] = [[2, 4, 3, 2], [2, 3, 8, 5]]; // prettier-ignore
    const { g, scope, feeds } = recorder();
    const options = { channels: 3, kernel: 3, stride: 2, size: [8, 5] } as const;
    const up = transposedConvolution(scope, input(g, 'h', small), { ...options, bias: false });
    const down = convolution(scope, input(g, 'x', large), { channels: 4, stride: 2, pad: 0, bias: false });
    expect([up.shape, down.shape]).toEqual([large, small]);
    const [h, x] = [random('h', small), random('x', large)];
    const [upward, downward] = evaluate([up, down], { ...feeds, h, x });
    const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
    expect(dot(upward!, x) / dot(h, downward!)).toBeCloseTo(1, 12);
    const shifted = transposedConvolution(scope, input(g, 'h', small), options);
    const moved = value(shifted, { ...feeds, h });
    moved.forEach((v, i) => expect(v - upward![i]!).toBeCloseTo(feeds['bias']![Math.floor(i / 40) % 3]!, 12));
  });

  it('normalization: mean 0 and variance 1 in each group before gain and bias', () => {
    const { g, scope, feeds, params } = recorder();
    const shape = [2, 6, 4, 5];
    const y = normalization(scope, input(g, 'x', shape), { groups: 3, epsilon: 0 });
    expect(params.map(({ init }) => [...init(key(0), [2])])).toEqual([[1, 1], [0, 0]]); // prettier-ignore
    const found = value(y, { ...feeds, x: random('x', shape) });
    const plain = found.map((v, i) => {
      const channel = Math.floor(i / 20) % 6;
      return (v - feeds['bias']![channel]!) / feeds['weight']![channel]!;
    });
    for (let group = 0; group < 6; group++) {
      const part = plain.subarray(40 * group, 40 * (group + 1));
      expect(part.reduce((a, b) => a + b, 0) / 40).toBeCloseTo(0, 12);
      expect(part.reduce((a, b) => a + b * b, 0) / 40).toBeCloseTo(1, 12);
    }
  });

  it('shapes channels to broadcast over images', () => {
    const g = graph();
    expect(perChannel(input(g, 'a', [5])).shape).toEqual([1, 5, 1, 1]);
    expect(perChannel(input(g, 'b', [2, 5])).shape).toEqual([2, 5, 1, 1]);
  });

  it('divides channels into the most equal groups there are', () => {
    for (let channels = 1; channels < 70; channels++)
      for (const most of [1, 4, 32]) {
        const groups = groupsWithin(channels, most);
        expect(channels % groups).toBe(0);
        expect(groups).toBeLessThanOrEqual(most);
        for (let more = groups + 1; more <= most; more++) expect(channels % more).not.toBe(0);
      }
  });
});
