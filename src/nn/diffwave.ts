/** @file A residual network of dilated convolutions along one axis, for series. */
import { checkOptions, positiveInteger } from '../base/check.ts';
import { dimensionOf, type Shape } from '../base/tensor.ts';
import { add, concat, constant, conv, maximum, mul, pad, reshape, sigmoid, silu, slice, tanh } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { fill, gaussianInitializer, inverseFanIn } from './initializer.ts';
import { dense, fourierFeatures, perChannel } from './layers.ts';
import { knownColumns, knownParts } from './known.ts';
import { network, within, type Network, type Scope } from './network.ts';

/** Options of `diffWave`. */
export interface DiffWaveOptions {
  /** Channels of the layers. Default 48. */
  readonly width?: number;
  /** Residual layers. Default 8. */
  readonly depth?: number;
  /** Layers after which dilations 1, 2, 4, … begin again. Default 4, or fewer for short samples. */
  readonly cycle?: number;
  /** Features of the label, an even number. Default 64. */
  readonly features?: number;
  /** Whether it reads which numbers are known, and their values. Default true. */
  readonly known?: boolean;
}

/** The layers of a cycle: the last dilation is at most a quarter of the length. */
export function diffWaveCycle(length: number): number {
  return Math.max(1, Math.min(4, Math.floor(Math.log2(length)) - 1));
}

/**
 * Gated convolutions of three weights with dilations 1, 2, 4, … on samples `[B, C, L]`, whose skips are summed: y = h + T e, tanh(conv y) sigmoid(conv y), and of that by
 * one weight a residual and a skip. Zeros stand beyond both ends. The first layer reads the sample, and the numbers that are known beside it.
 * @throws ConfigError if an option is out of its range.
 * @see Kong et al. 2021, "DiffWave", section 3; Tashiro et al. 2021, "CSDI", for what is known
 */
export function diffWave(sampleShape: Shape, options: DiffWaveOptions = {}): Network {
  const [channels = 1, length = 1] = sampleShape;
  const { width = 48, depth = 8, cycle = diffWaveCycle(length), features = 64, known = true } = options;
  checkOptions(
    [sampleShape.length === 2, 'kind', `expected samples [channels, length], got [${sampleShape}]`],
    positiveInteger('width', width),
    positiveInteger('depth', depth),
    positiveInteger('cycle', cycle),
    [cycle <= 16, 'cycle', `expected at most 16, got ${cycle}`],
    [features >= 2 && features % 2 === 0, 'features', `expected an even number of at least 2, got ${features}`],
  );
  const longest = 2 ** (cycle - 1);
  // The view of a dilation needs a length that it divides; the positions beyond the end are cut off at the end.
  const more = (longest - (length % longest)) % longest;
  return network(
    'diffwave',
    sampleShape,
    (scope, x, label, rows) => {
      const waves = fourierFeatures(within(scope, 'fourier'), label, { size: features, scale: 1 });
      const time = silu(dense(within(scope, 'time'), waves, { size: 2 * width }));
      const read = rows === undefined ? x : concat([x, ...knownParts(rows, sampleShape)], 1);
      const ends = Float64Array.from({ length: length + more }, (_, l) => Number(l < length));
      const inside = more === 0 ? undefined : constant(x.graph, ends, [1, 1, length + more]);
      const wide = more === 0 ? read : pad(read, 2, { before: 0, after: more });
      let h = maximum(pointwise(within(scope, 'in'), wide, width), 0);
      let skips: Node | undefined;
      for (let i = 0; i < depth; i++) {
        const inner = within(scope, `layer.${i}`);
        const shift = perChannel(dense(within(inner, 'time'), time, { size: width }));
        const shifted = add(h, reshape(shift, [dimensionOf(x, 0), width, 1]));
        // Zeros stand beyond the end of the sample, not what layers made there.
        const y = inside === undefined ? shifted : mul(shifted, inside);
        const gates = alongLength(within(inner, 'conv'), y, 2 * width, 2 ** (i % cycle));
        const [a, b] = halves(gates);
        const [residual, skip] = halves(pointwise(within(inner, 'out'), mul(tanh(a), sigmoid(b)), 2 * width));
        h = mul(add(h, residual), Math.SQRT1_2);
        skips = skips === undefined ? skip : add(skips, skip);
      }
      const sum = mul(skips ?? h, 1 / Math.sqrt(depth));
      const last = maximum(pointwise(within(scope, 'last'), maximum(sum, 0), width), 0);
      const out = pointwise(within(scope, 'end'), last, channels, fill(0));
      return more === 0 ? out : slice(out, 2, { begin: 0, end: length });
    },
    known ? { classes: knownColumns(sampleShape), known } : {},
  );
}

function halves(x: Node): readonly [Node, Node] {
  const width = dimensionOf(x, 1) / 2;
  return [slice(x, 1, { begin: 0, end: width }), slice(x, 1, { begin: width, end: 2 * width })];
}

/** A convolution of one weight: [B, C, L] to [B, channels, L]. */
function pointwise(scope: Scope, x: Node, channels: number, init = inverseFanIn()): Node {
  const [batch = 1, from = 1, length = 1] = x.shape;
  const kernel = scope.param({ name: 'weight', shape: [channels, from, 1], init, trainable: true });
  const bias = scope.param({ name: 'bias', shape: [channels], init: fill(0), trainable: true });
  const weights = { kernel: reshape(kernel, [channels, from, 1, 1]), bias };
  return reshape(conv(reshape(x, [batch, from, 1, length]), weights, { stride: 1, pad: 0 }), [batch, channels, length]);
}

/**
 * A convolution of three weights that are `dilation` apart. In rows of `dilation` numbers, the neighbors of a number are those above and below it, so that it is a plain
 * convolution along the columns, and the zeros beyond both ends are rows of zeros.
 */
function alongLength(scope: Scope, x: Node, channels: number, dilation: number): Node {
  const [batch = 1, from = 1, length = 1] = x.shape;
  const init = gaussianInitializer(Math.sqrt(2 / (3 * from)));
  const weight = scope.param({ name: 'weight', shape: [channels, from, 3], init, trainable: true });
  const bias = scope.param({ name: 'bias', shape: [channels], init: fill(0), trainable: true });
  const flat = dilation === 1;
  const view = reshape(x, flat ? [batch, from, 1, length] : [batch, from, length / dilation, dilation]);
  const kernel = reshape(weight, flat ? [channels, from, 1, 3] : [channels, from, 3, 1]);
  const wide = pad(view, flat ? 3 : 2, { before: 1, after: 1 });
  return reshape(conv(wide, { kernel, bias }, { stride: 1, pad: 0 }), [batch, channels, length]);
}
