/** @file RefineNet: residual stages with dilated convolutions, joined again from the coarsest to the finest. */
import { dimensionOf } from '../../base/tensor.ts';
import { add, averagePool, exp, maximum, pad, sub } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { convolution, type ConvolutionOptions } from '../layers.ts';
import { within, type Scope } from '../network.ts';
import { resizeBilinear } from '../unet/resample.ts';

/** What NCSN and NCSNv2 differ in. */
export interface RefineNetOptions {
  /** Channels of the finest stage. */
  readonly width: number;
  /** How often the image is halved. */
  readonly halvings: number;
  /** The normalization of the residual stages. */
  readonly normalize: (scope: Scope, x: Node) => Node;
  /** The normalization of the refining blocks; the identity for none. */
  readonly normalizeRefined: (scope: Scope, x: Node) => Node;
  /** The pooling of the chained residual pooling, which keeps the size. */
  readonly pool: (x: Node) => Node;
}

/** x where x >= 0, else e^x - 1. */
export function elu(x: Node): Node {
  const positive = maximum(x, 0);
  return sub(add(positive, exp(sub(x, positive))), 1);
}

/**
 * Two residual blocks for each stage; after those that halve the image two stages of dilation 2 and 4. Every stage is refined
 * with what comes from the coarser one, back to the size of the image.
 * @param x - `[B, C, H, W]` of any size; odd ones are halved upwards
 * @returns `[B, C, H, W]`
 * @see Song and Ermon 2019, appendix A; Lin et al. 2017, "RefineNet", figure 2
 */
export function refineNet(scope: Scope, x: Node, options: RefineNetOptions): Node {
  const { width, halvings, normalize } = options;
  const [, channels = 1] = x.shape;
  let h = convolution(within(scope, 'conv_in'), x, { channels: width });
  const stages = stagesOf(width, halvings).map((stage, i) => {
    h = residual(within(scope, `stage.${i}.0`), h, { ...stage, normalize });
    h = residual(within(scope, `stage.${i}.1`), h, { ...stage, entry: 'plain', normalize });
    return h;
  });
  let refined: Node | undefined;
  for (const [i, stage] of [...stages.entries()].reverse()) {
    const own = within(scope, `refine.${i}`);
    const to = { channels: dimensionOf(stages[i - 1] ?? stage, 1), last: i === 0 };
    refined = refine(own, refined === undefined ? [stage] : [stage, refined], { ...options, ...to });
  }
  h = elu(normalize(within(scope, 'norm_out'), refined ?? h));
  return convolution(within(scope, 'conv_out'), h, { channels });
}

interface Stage {
  readonly channels: number;
  readonly dilation: number;
  /** What the skip of its first block is: nothing, a convolution, or one that halves the image. */
  readonly entry: 'plain' | 'convolution' | 'halving';
}

/** Channels 1, 2, … 2 and, beyond one halving, 4 times the width for the dilated stages. */
function stagesOf(width: number, halvings: number): Stage[] {
  const channels = 2 * width;
  const top = halvings > 1 ? 2 * channels : channels;
  return [
    { channels: width, dilation: 1, entry: 'plain' },
    ...Array.from({ length: halvings }, () => ({ channels, dilation: 1, entry: 'halving' as const })),
    { channels: top, dilation: 2, entry: 'convolution' },
    { channels: top, dilation: 4, entry: 'convolution' },
  ];
}

/** Normalization, ELU and convolution twice beside the skip; the first convolution keeps the channels. */
function residual(scope: Scope, x: Node, options: Stage & Pick<RefineNetOptions, 'normalize'>): Node {
  const { channels, dilation, entry, normalize } = options;
  const [, from = 1] = x.shape;
  const last = entry === 'halving' ? halved : convolution;
  const skips: Readonly<Record<Stage['entry'], (own: Scope) => Node>> = {
    plain: () => x,
    convolution: (own) => convolution(own, x, { channels, dilation }),
    halving: (own) => halved(own, x, { channels, kernel: 1 }),
  };
  let h = elu(normalize(within(scope, 'norm0'), x));
  h = convolution(within(scope, 'conv0'), h, { channels: from, dilation });
  h = elu(normalize(within(scope, 'norm1'), h));
  h = last(within(scope, 'conv1'), h, { channels, kernel: 3, dilation });
  return add(skips[entry](within(scope, 'skip')), h);
}

/** A convolution and means over squares of 2; odd sizes have a row or a column of zeros put before them. */
function halved(scope: Scope, x: Node, options: ConvolutionOptions): Node {
  const even = [2, 3].reduce((h, axis) => pad(h, axis, { before: dimensionOf(h, axis) % 2, after: 0 }), x);
  return averagePool(convolution(scope, even, options), 2);
}

type RefineOptions = RefineNetOptions & { readonly channels: number; readonly last: boolean };

function refine(scope: Scope, inputs: readonly [Node, ...Node[]], options: RefineOptions): Node {
  const [finest] = inputs;
  const adapted = inputs.map((x, i) => adapt(within(scope, `adapt.${i}`), x, { ...options, units: 2 }));
  let h = inputs.length === 1 ? (adapted[0] ?? finest) : fuse(within(scope, 'fuse'), adapted, finest, options);
  h = chainedPooling(within(scope, 'pool'), h, options);
  return adapt(within(scope, 'output'), h, { ...options, units: options.last ? 3 : 1 });
}

/** Residual units of two convolutions each. */
function adapt(scope: Scope, x: Node, { units, normalizeRefined }: RefineOptions & { units: number }): Node {
  let h = x;
  for (let i = 0; i < units; i++) {
    let branch = h;
    for (const j of [0, 1]) {
      branch = elu(normalizeRefined(within(scope, `norm.${i}.${j}`), branch));
      const channels = dimensionOf(branch, 1);
      branch = convolution(within(scope, `conv.${i}.${j}`), branch, { channels, bias: false });
    }
    h = add(h, branch);
  }
  return h;
}

/** Sum of the inputs at the size of the finest, each through a convolution. */
function fuse(scope: Scope, inputs: readonly Node[], finest: Node, options: RefineOptions): Node {
  const [, , height = 1, width = 1] = finest.shape;
  return inputs
    .map((x, i) => {
      const h = options.normalizeRefined(within(scope, `norm.${i}`), x);
      return resizeBilinear(convolution(within(scope, `conv.${i}`), h, { channels: options.channels }), [
        height,
        width,
      ]);
    })
    .reduce((a, b) => add(a, b));
}

/** Twice pooling and convolution, each result of which is added to the sum. */
function chainedPooling(scope: Scope, x: Node, { normalizeRefined, pool }: RefineOptions): Node {
  let sum = elu(x);
  let path = sum;
  for (const i of [0, 1]) {
    path = pool(normalizeRefined(within(scope, `norm.${i}`), path));
    path = convolution(within(scope, `conv.${i}`), path, { channels: dimensionOf(path, 1), bias: false });
    sum = add(sum, path);
  }
  return sum;
}
