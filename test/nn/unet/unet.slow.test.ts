/** @file Laws of every option of the U-Nets, and of the other families beside them. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/base/errors.ts';
import { key } from '../../../src/base/key.ts';
import { sizeOf } from '../../../src/base/tensor.ts';
import { input, mul, square, sum } from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { jvp } from '../../../src/graph/jvp.ts';
import { graph, type Node } from '../../../src/graph/node.ts';
import { vjp } from '../../../src/graph/vjp.ts';
import { ddpmpp, ddpmUnet, ncsnpp } from '../../../src/nn/unet/ddpmpp.ts';
import { ncsnv2 } from '../../../src/nn/ncsn/ncsn.ts';
import { constantScope, initialize, network, type Network } from '../../../src/nn/network.ts';
import { feedsOf, instance, others, unets, values, type Feeds } from '../all.ts';

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, v, i) => total + v * b[i]!, 0);

describe.each([...unets, ...others])('%s', (_label, net) => {
  const { y, inputs } = instance(net, 1);
  const feeds: Feeds = feedsOf(net, 1);
  const [x, , params] = inputs;

  it('has forward and reverse derivatives that are transposes, and that differences agree with', () => {
    const moved = [x, params];
    const tangents = moved.map((node, i) => input(y.graph, `v${i}`, node.shape));
    const u = input(y.graph, 'u', y.shape);
    const [derivative] = jvp([y], moved, tangents);
    const cotangents = vjp(y, moved, u) as Node[];
    const directions = { v0: values('v0', x.shape), v1: values('v1', params.shape), u: values('u', y.shape) };
    const [jv, ...ju] = evaluate([derivative!, ...cotangents], { ...feeds, ...directions });
    const forward = dot(jv!, directions.u);
    const reverse = dot(ju[0]!, directions.v0) + dot(ju[1]!, directions.v1);
    const size = Math.hypot(...jv!) * Math.hypot(...directions.u);
    expect(Math.abs(forward - reverse) / size).toBeLessThan(1e-12);

    const at = (h: number): Float64Array => {
      const x1 = feeds['x']!.map((v, i) => v + h * directions.v0[i]!);
      return evaluate([y], { ...feeds, x: x1, params: feeds['params']!.map((v, i) => v + h * directions.v1[i]!) })[0]!;
    };
    // Central differences: so small a step seldom crosses a kink, and rounding is 1e-16 / h of the values. What is left is
    // the curvature of normalizations over few pixels.
    const h = 1e-6;
    const [after, before] = [at(h), at(-h)];
    const error = jv!.map((v, i) => v - (after[i]! - before[i]!) / (2 * h));
    expect(Math.hypot(...error) / Math.hypot(...jv!)).toBeLessThan(1e-6);
  });
});

/** Values of a network in float64 with its initial parameters. */
function sampled(net: Network, feeds: { x: Float64Array; label: number[]; classes?: number[] }): Float64Array {
  const g = graph();
  const batch = feeds.label.length;
  const classes = feeds.classes === undefined ? undefined : input(g, 'classes', [batch, net.classes]);
  const scope = constantScope(net, initialize(net, key(7)), g);
  const y = net.forward(scope, input(g, 'x', [batch, ...net.sampleShape]), input(g, 'label', [batch]), classes);
  return evaluate([y], { x: feeds.x, label: feeds.label, classes: feeds.classes ?? [] })[0]!;
}

describe('initial values', () => {
  const shape = [2, 4, 4];
  const small = { width: 8, multipliers: [1, 2], blocks: 1 };
  const x = values('x', [1, ...shape]);
  const nearZero = (net: Network): boolean => sampled(net, { x, label: [0.5] }).every((v) => Math.abs(v) < 1e-3);

  it('let every output of a U-Net begin near zero, and no other', () => {
    for (const net of [
      ncsnpp(shape, small),
      ddpmUnet(shape, small),
      ncsnpp(shape, { ...small, progressive: 'output_skip' }),
      ddpmpp(shape, { ...small, progressive: 'residual' }),
    ])
      expect(nearZero(net)).toBe(true);
    expect(nearZero(ncsnv2(shape, { width: 4 }))).toBe(false);
  });

  it('of queries, keys and values have the variance that is asked for', () => {
    for (const attentionInit of [0.1, 0.2, 1]) {
      const net = ddpmpp(shape, { ...small, width: 64, multipliers: [1], attentionInit });
      const { init, shape: own } = net.params.find(({ name }) => name === 'mid_attention.q.weight')!;
      const weights = init(key(1), own);
      // Uniform of variance attentionInit / 64 over 4096 numbers: the standard error of v^2 is 0.0140 of its mean.
      expect(sizeOf(own)).toBe(4096);
      expect(Math.abs((dot(weights, weights) / 4096 / attentionInit) * 64 - 1)).toBeLessThan(4 * 0.014);
    }
  });
});

describe('dropout', () => {
  it.each(unets)('of %s has a mask for each residual block', (_label, net) => {
    const make = { ddpmpp, ncsnpp, ddpm: ddpmUnet }[net.kind]!;
    const blocks = (of: Network): number => of.params.filter(({ name }) => name.endsWith('conv1.weight')).length;
    const own = make([1, 4, 4], { width: 4, multipliers: [1, 2], blocks: 2, dropout: 0.3 });
    const { masks } = instance(own, 2);
    expect(masks).toHaveLength(blocks(own));
    expect(masks.every(({ rate }) => rate === 0.3)).toBe(true);
    expect(instance(net, 1).masks).toEqual([]);
  });
});

describe('classes', () => {
  const shape = [1, 4, 4];
  const net = ncsnpp(shape, { width: 4, multipliers: [1], blocks: 1, classes: 3 });
  const x = values('x', [2, ...shape]);
  const rows = (first: number[], second: number[]): Float64Array =>
    sampled(net, { x, label: [0.1, 0.4], classes: [...first, ...second] });

  it('change what belongs to their row, and none at all is a row of zeros', () => {
    const none = sampled(net, { x, label: [0.1, 0.4] });
    expect(rows([0, 0, 0], [0, 0, 0])).toEqual(none);
    const told = rows([0, 0, 0], [0, 1, 0]);
    expect(told.subarray(0, 16)).toEqual(none.subarray(0, 16));
    expect(told.subarray(16)).not.toEqual(none.subarray(16));
    expect(rows([0, 0, 0], [0, 0, 1]).subarray(16)).not.toEqual(told.subarray(16));
  });

  it('enter the features of the label as sqrt(K) times the row through a dense layer', () => {
    const features = net.params.find(({ name }) => name === 'class.weight')!;
    expect(features.shape).toEqual([8, 3]);
    // The same network without a class, with the layer's bias moved by sqrt(3) times a column of its weights.
    const vectors = initialize(net, key(7));
    const g = graph();
    const scope = constantScope(net, vectors, g);
    const weight = evaluate([scope.param(features)], {})[0]!;
    const bias = new Float64Array(8).map((_, i) => Math.sqrt(3) * weight[3 * i + 1]!);
    const moved = input(g, 'bias', [8]);
    const y = net.forward(
      { ...scope, param: (param) => (param.name === 'class.bias' ? moved : scope.param(param)) },
      input(g, 'x', [2, ...shape]),
      input(g, 'label', [2]),
    );
    const [expected] = evaluate([y], { x, label: [0.1, 0.4], bias });
    const found = rows([0, 1, 0], [0, 1, 0]);
    expect(Math.hypot(...found.map((v, i) => v - expected![i]!)) / Math.hypot(...found)).toBeLessThan(1e-12);
  });

  it('of another number than the network knows are refused', () => {
    const g = graph();
    const scope = constantScope(net, initialize(net, key(7)), g);
    const [image, label] = [input(g, 'x', [2, ...shape]), input(g, 'label', [2])];
    expect(() => net.forward(scope, image, label, input(g, 'c', [2, 4]))).toThrow(ShapeError);
    expect(() => net.forward(scope, image, label, input(g, 'd', [1, 3]))).toThrow(
      'ncsnpp: expected classes [2, 3], got [1,3]',
    );
    const plain = network('plain', shape, (_scope, image) => sum(mul(image, square(image)), []));
    expect(() => plain.forward(scope, image, label, input(g, 'e', [2, 3]))).toThrow(/expected classes \[2, 0\]/);
  });
});
