import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sizeOf, type Shape } from '../../src/base/tensor.ts';
import { input } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { ddpmpp, ddpmUnet, ncsnpp } from '../../src/nn/unet/ddpmpp.ts';
import { ncsn, ncsnv2 } from '../../src/nn/ncsn/ncsn.ts';
import { constantScope, type Network } from '../../src/nn/network.ts';
import { goldenParams, wave } from '../golden/wave.ts';

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly sampleShape: Shape;
  readonly options: object;
  /** Names with shapes, in the order in which the reference asked for them. */
  readonly parameters: readonly string[];
  /** Norm of the output for a batch of two, and every seventh number of it. */
  readonly norm: number;
  readonly values: readonly number[];
}

const golden = JSON.parse(readFileSync(new URL('../golden/networks.json', import.meta.url), 'utf8')) as {
  readonly labels: readonly number[];
  readonly cases: readonly Case[];
};
const makers: Readonly<Record<string, (shape: Shape, options: object) => Network>> = {
  ddpmpp,
  ncsnpp,
  ddpm: ddpmUnet,
  ncsn: (shape, options) => ncsn(shape, options),
  ncsnv2,
};

// The references were computed in float64 by functions of PyTorch (group and instance normalization, dilated and transposed
// convolutions, pooling, bilinear interpolation, and upfirdn2d by inserting zeros), from parameters rounded to float32.
describe.each(golden.cases)('$name against PyTorch', ({ kind, sampleShape, options, parameters, norm, values }) => {
  it('has the same parameters and the same output', () => {
    const net = makers[kind]!(sampleShape, options);
    const known = parameters.map((text, k) => {
      const [name = '', shape = ''] = text.split(' ');
      return { k, name, shape: shape.split(',').map(Number), gradNorm: 0, gradHead: [] };
    });
    expect(net.params.filter((p) => p.trainable)).toHaveLength(known.length);
    const params = goldenParams(net, {
      loss: 0,
      score: { norm, perSampleNorm: [], head: [], tail: [] },
      parameters: known,
    });

    const g = graph();
    const classes = net.classes === 0 ? undefined : input(g, 'classes', [2, net.classes]);
    const [x, label] = [input(g, 'x', [2, ...sampleShape]), input(g, 'label', [2])];
    const y = net.forward(constantScope(net, params, g), x, label, classes);
    const [found] = evaluate([y], {
      x: wave(2 * sizeOf(sampleShape), 2000, { scale: 1 }),
      label: Float32Array.from(golden.labels),
      classes: [0, 1, 0, 0, 0, 1],
    });
    // Both sides compute in float64; parameters whose formula lies on the edge between two float32 may differ by 6e-8.
    expect(Math.abs(Math.hypot(...found!) / norm - 1)).toBeLessThan(1e-6);
    const size = norm / Math.sqrt(found!.length);
    values.forEach((value, i) => expect(Math.abs(found![7 * i]! - value)).toBeLessThan(1e-5 * size));
  });
});
