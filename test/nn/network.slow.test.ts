/** @file Laws of every network. */
import { describe, expect, it } from 'vitest';
import { InternalError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { sizeOf, type Shape } from '../../src/base/tensor.ts';
import { input, mul, square, sum } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph, isKind, topological, type Node } from '../../src/graph/node.ts';
import { gradient } from '../../src/graph/vjp.ts';
import { ddpmpp, ddpmUnet, ncsnpp } from '../../src/nn/unet/ddpmpp.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { ncsn, ncsnv2 } from '../../src/nn/ncsn/ncsn.ts';
import {
  constantScope,
  initialize,
  layout,
  network,
  vectorScope,
  type Network,
  type Scope,
} from '../../src/nn/network.ts';
import { scoreNet } from '../../src/nn/score-net.ts';
import { classifiers, feedsOf, instance, others, unets, values, type Feeds } from './all.ts';

/** Networks of the sizes that people use; only their graphs are written. */
const usual: readonly (readonly [label: string, net: () => Network])[] = [
  ['mlp of points', () => mlp(2)],
  ['mlp of one number', () => mlp(1, { depth: 1 })],
  ['score-net 1x28x28', () => scoreNet([1, 28, 28])],
  ['score-net 3x32x32', () => scoreNet([3, 32, 32])],
  ['score-net 1x17x25', () => scoreNet([1, 17, 25], { channels: [8, 12, 40] })],
  ['score-net of one level', () => scoreNet([2, 3, 3], { channels: [5] })],
  ['score-net of odd channels', () => scoreNet([5, 16, 16], { channels: [7, 33, 48], features: 6 })],
  ['ddpmpp 1x28x28', () => ddpmpp([1, 28, 28])],
  ['ddpmpp 3x16x16', () => ddpmpp([3, 16, 16], { attention: [16, 8] })],
  ['ddpmpp 3x32x32', () => ddpmpp([3, 32, 32], { width: 128, multipliers: [1, 2, 2, 2], attention: [16] })],
  ['ddpmpp 5x12x20', () => ddpmpp([5, 12, 20])],
  [
    'ddpmpp of a width that is no power of two',
    () => ddpmpp([1, 12, 12], { width: 44, multipliers: [1, 3], blocks: 1 }),
  ],
  ['ddpmpp of one level', () => ddpmpp([2, 5, 7], { width: 4, multipliers: [1], blocks: 1 })],
  ['ncsnpp 3x32x32', () => ncsnpp([3, 32, 32])],
  ['ncsnpp 5x12x20', () => ncsnpp([5, 12, 20], { progressive: 'output_skip', progressiveInput: 'input_skip' })],
  ['ncsnpp of one level', () => ncsnpp([1, 3, 5], { multipliers: [1], progressive: 'output_skip' })],
  ['ncsnpp with classes', () => ncsnpp([3, 8, 8], { classes: 10 })],
  ['ddpm 3x32x32', () => ddpmUnet([3, 32, 32])],
  ['ddpm 1x12x28', () => ddpmUnet([1, 12, 28], { fir: true })],
  ['ncsn 1x28x28', () => ncsn([1, 28, 28])],
  ['ncsn 3x17x31', () => ncsn([3, 17, 31], { width: 7, halvings: 3, levels: 2 })],
  ['ncsnv2 3x32x32', () => ncsnv2([3, 32, 32])],
  ['ncsnv2 4x5x9', () => ncsnv2([4, 5, 9], { width: 5, halvings: 2 })],
];

/** Tiny ones, to be evaluated in float64. */
const tiny = [...others, ...classifiers, ...unets.slice(0, 3)];

/** Networks that see the label in steps, or not at all. */
const refineNets = /^ncsn(v2)?$/;

describe.each(usual)('%s', (_label, make) => {
  const net = make();

  it('keeps the shape of its samples', () => {
    for (const batch of [1, 2]) expect(instance(net, batch).y.shape).toEqual([batch, ...net.sampleShape]);
  });

  it('has parameters with names of their own, laid end to end', () => {
    const { segments, trained, fixed } = layout(net);
    expect(new Set(segments.map(({ name }) => name)).size).toBe(segments.length);
    for (const [trainable, length] of [
      [true, trained],
      [false, fixed],
    ] as const) {
      // prettier-ignore
      const own = segments.filter((segment) => segment.trainable === trainable);
      own.forEach(({ begin, end, shape }, i) => {
        expect(begin).toBe(i === 0 ? 0 : own[i - 1]!.end);
        expect(end - begin).toBe(sizeOf(shape));
      });
      expect(own.at(-1)?.end ?? 0).toBe(length);
    }
  });

  it('uses every parameter', () => {
    const g = graph();
    const used = new Set<Node>();
    const scope: Scope = {
      param: ({ name, shape }) => {
        const node = input(g, name, shape);
        used.add(node);
        return node;
      },
      mask: () => undefined,
    };
    const y = net.forward(scope, input(g, 'x', [1, ...net.sampleShape]), input(g, 'label', [1]));
    const needed = new Set(topological([y]));
    expect(used.size).toBe(net.params.length);
    for (const node of used) expect(needed.has(node)).toBe(true);
  });
});

describe.each(tiny)('a tiny %s', (_label, net) => {
  it('computes each row of a batch from that row alone', () => {
    const batch = 3;
    const { y } = instance(net, batch);
    const feeds = feedsOf(net, batch);
    const [before] = evaluate([y], feeds);
    const size = sizeOf(net.sampleShape);
    for (let row = 0; row < batch; row++) {
      const x = feeds.x.slice();
      const label = feeds.label.slice();
      x.subarray(row * size, (row + 1) * size).fill(0.7);
      label[row] = 0.9;
      const [after] = evaluate([y], { ...feeds, x, label });
      for (let other = 0; other < batch; other++) {
        const [a, b] = [before!, after!].map((v) => v.subarray(other * size, (other + 1) * size));
        if (other === row) expect(a).not.toEqual(b);
        else expect(a).toEqual(b);
      }
      const alone = instance(net, 1);
      const single = evaluate([alone.y], {
        ...feeds,
        x: x.subarray(row * size, (row + 1) * size),
        label: [label[row]!],
        classes: feeds.classes.subarray(row * net.classes, (row + 1) * net.classes),
      });
      // One image or several: the same sums in the same order.
      expect(single[0]).toEqual(after!.subarray(row * size, (row + 1) * size));
    }
  });

  it('has the gradients that central differences find along random directions', () => {
    const { y, inputs } = instance(net, 2);
    const feeds = feedsOf(net, 2);
    const weights = input(y.graph, 'u', y.shape);
    const loss = sum(mul(weights, square(y)));
    const all: Feeds = { ...feeds, u: values('u', y.shape) };
    const gradients = evaluate(gradient(loss, inputs), all);
    inputs.forEach((node, k) => {
      const { name } = (node as Node<'input'>).attrs;
      const direction = values(`direction ${name}`, node.shape);
      const at = (h: number): number =>
        evaluate([loss], { ...all, [name]: all[name]!.map((v, i) => v + h * direction[i]!) })[0]![0]!;
      // Richardson's combination of two central differences: truncation h^4 times fifth derivatives, rounding 1e-16 / h.
      // ELU and the pooling have kinks, which small steps cross seldom; there, rounding is below 1e-10.
      const h = refineNets.test(net.kind) ? 1e-6 : 1e-4;
      const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      const expected = gradients[k]!.reduce((total, g, i) => total + g * direction[i]!, 0);
      if (name === 'label' && refineNets.test(net.kind)) {
        expect([slope, expected]).toEqual([0, 0]);
        return;
      }
      const scale = Math.sqrt(gradients[k]!.reduce((total, g) => total + g * g, 0) * direction.length);
      expect(scale, name).toBeGreaterThan(1e-3);
      expect(Math.abs(slope - expected) / scale, name).toBeLessThan(1e-8);
    });
  });

  it('has the same values with constant parameters', () => {
    const { y } = instance(net, 2);
    const feeds = feedsOf(net, 2);
    const g = graph();
    const [x, label] = [input(g, 'x', [2, ...net.sampleShape]), input(g, 'label', [2])];
    const vectors = { trained: Float32Array.from(feeds.params), fixed: Float32Array.from(feeds.fixed) };
    const classes = net.classes === 0 ? undefined : input(g, 'classes', [2, net.classes]);
    const constant = net.forward(constantScope(net, vectors, g), x, label, classes);
    const [found] = evaluate([constant], feeds);
    const [expected] = evaluate([y], {
      ...feeds,
      params: Float64Array.from(vectors.trained),
      fixed: Float64Array.from(vectors.fixed),
    });
    expect(found).toEqual(expected);
  });
});

describe('parameters', () => {
  it('begin from the key and their own name alone', () => {
    const [narrow, wide] = [mlp(2, { width: 8, depth: 2 }), mlp(2, { width: 8, depth: 4 })];
    const cut = (net: Network, name: string): Float32Array => {
      const { begin, end } = layout(net).segments.find((segment) => segment.name === name)!;
      return initialize(net, key(5)).trained.slice(begin, end);
    };
    for (const { name } of narrow.params.filter((p) => p.trainable)) expect(cut(narrow, name)).toEqual(cut(wide, name));
    expect(initialize(narrow, key(5))).toEqual(initialize(narrow, key(5)));
    expect(initialize(narrow, key(5))).not.toEqual(initialize(narrow, key(6)));
  });

  it('of DDPM++ do not depend on the size of the image, only at its ends on its channels', () => {
    const options = { width: 8, multipliers: [1, 2], blocks: 1 };
    const shapes = (sample: Shape): (readonly [string, string])[] =>
      ddpmpp(sample, options).params.map(({ name, shape }) => [name, shape.join()] as const);
    expect(shapes([1, 8, 12])).toEqual(shapes([1, 32, 32]));
    const color = shapes([3, 8, 8]);
    const changed = shapes([1, 8, 8]).filter(([, shape], i) => shape !== color[i]![1]);
    expect(changed.map(([name]) => name)).toEqual(['conv_in.weight', 'conv_out.weight', 'conv_out.bias']);
  });

  it('let the last layer of DDPM++ and of the mlp begin near zero', () => {
    for (const net of [ddpmpp([1, 8, 8], { width: 8, multipliers: [1, 2], blocks: 1 }), mlp(2)]) {
      const g = graph();
      const [x, label] = [input(g, 'x', [1, ...net.sampleShape]), input(g, 'label', [1])];
      const y = net.forward(constantScope(net, initialize(net, key(1)), g), x, label);
      const [found] = evaluate([y], { x: values('x', x.shape), label: [0.5] });
      expect(found!.every((v) => Math.abs(v) < 1e-3)).toBe(true);
      expect(found!.some((v) => v !== 0)).toBe(true);
    }
  });

  it('that the network did not have when it was made are refused', () => {
    let asked = 0;
    const net = network('moody', [1], (scope, x) => {
      const name = `w${asked++}`;
      return mul(x, scope.param({ name, shape: [1], init: () => new Float64Array(1), trainable: true }));
    });
    const g = graph();
    const scope = constantScope(net, { trained: new Float32Array(1), fixed: new Float32Array() }, g);
    expect(() => net.forward(scope, input(g, 'x', [1, 1]), input(g, 'label', [1]))).toThrow(InternalError);
    expect(() => net.forward(scope, input(g, 'x', [1, 1]), input(g, 'label', [1]))).toThrow(/'w2'/);
  });
});

describe('dropout', () => {
  const net = ddpmpp([1, 4, 4], { width: 4, multipliers: [1, 2], blocks: 2, dropout: 0.25 });
  const names = (y: Node): string[] =>
    topological([y]).flatMap((node) => (isKind(node, 'input') ? [node.attrs.name] : []));

  function training(of: Network): { y: Node; masks: ReturnType<typeof vectorScope>['masks'] } {
    const g = graph();
    const bound = vectorScope(of, { trained: input(g, 'params', [layout(of).trained]), fixed: undefined });
    const y = of.forward(bound.scope, input(g, 'x', [2, 1, 4, 4]), input(g, 'label', [2]));
    return { y, masks: bound.masks };
  }

  it('has a mask per residual block while the network is trained, as an input of the size of its activations', () => {
    const { y, masks } = training(net);
    const blocks = net.params.filter(({ name }) => name.endsWith('conv1.weight'));
    expect(masks).toHaveLength(blocks.length);
    expect(
      names(y)
        .filter((name) => name.startsWith('mask'))
        .sort(),
    ).toEqual(masks.map(({ name }) => name).sort());
    masks.forEach(({ rate, shape }) => {
      expect(rate).toBe(0.25);
      expect([shape[0], shape.length]).toEqual([2, 4]);
    });
  });

  it('has none for sampling or at rate 0, and masks of ones change nothing', () => {
    const g = graph();
    const params = initialize(net, key(1));
    const sampling = net.forward(constantScope(net, params, g), input(g, 'x', [2, 1, 4, 4]), input(g, 'label', [2]));
    expect(names(sampling).sort()).toEqual(['label', 'x']);
    expect(training(ddpmpp([1, 4, 4], { width: 4, multipliers: [1, 2], blocks: 2 })).masks).toEqual([]);

    const { y, masks } = training(net);
    const ones = Object.fromEntries(masks.map(({ name, shape }) => [name, new Float64Array(sizeOf(shape)).fill(1)]));
    const feeds = {
      x: values('x', [2, 1, 4, 4]),
      label: Float64Array.of(0.1, 0.9),
      params: Float64Array.from(params.trained),
    };
    expect(evaluate([y], { ...feeds, ...ones })).toEqual(evaluate([sampling], feeds));
  });
});
