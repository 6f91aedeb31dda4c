/** @file A transformer of tokens that sees in both directions. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { dimensionOf, type Shape } from '../../base/tensor.ts';
import {
  add,
  concat,
  constant,
  matmul,
  mul,
  neg,
  reshape,
  silu,
  slice,
  softmax,
  standardize,
  transpose,
} from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { fill, gaussianInitializer } from '../initializer.ts';
import { dense, sinusoidalFeatures } from '../layers.ts';
import { network, within, type Network, type Scope } from '../network.ts';
import { embedding, tokenOdds } from './embedding.ts';

/** Options of networks of tokens. */
export interface TokenNetOptions {
  /** K, the tokens that it distinguishes; a masked position has the number K. */
  readonly tokens: number;
  /** Whether it reads the label, for noise of which the tokens do not say how much there is. Default false. */
  readonly timed?: boolean | undefined;
}

/** Options of `transformer`. */
export interface TransformerOptions extends TokenNetOptions {
  /** Units of each position, at least 2: a multiple of twice the heads. Default 128. */
  readonly width?: number;
  /** Blocks of attention and two dense layers. Default 4. */
  readonly depth?: number;
  /** Heads of the attention, of which each has an even number of the numbers. Default 4. */
  readonly heads?: number;
  /** Part of the activations that training drops after attention and dense layers. Default 0. */
  readonly dropout?: number;
}

/** Options of the transformer where none are given. */
export const transformerDefaults = { width: 128, depth: 4, heads: 4, dropout: 0 } as const;

const labelFeatures = 64;

/**
 * Blocks of attention in both directions and two dense layers, each behind a layer normalization, with the positions in the angles of
 * queries and keys: from tokens `[B, L]` of 0 to K to log-odds `[B, L, K]`. It begins with nearly even odds.
 * @param sampleShape - `[L]`
 * @throws ConfigError if an option is out of its range.
 * @see Vaswani et al. 2017; Xiong et al. 2020 (the place of the normalization); Su et al. 2021 (positions)
 */
export function transformer(sampleShape: Shape, options: TransformerOptions): Network {
  const { tokens, timed = false, width, depth, heads, dropout } = { ...transformerDefaults, ...options };
  checkOptions(
    [sampleShape.length === 1, 'kind', `expected sequences [L], got samples [${sampleShape}]`],
    positiveInteger('tokens', tokens),
    positiveInteger('depth', depth),
    positiveInteger('heads', heads),
    [
      Number.isInteger(width) && width > 0 && width % (2 * heads) === 0,
      'width',
      `expected a multiple of ${2 * heads}, twice the heads, got ${width}`,
    ],
  );
  return network('transformer', sampleShape, (scope, x, label) => {
    const [batch, length] = [dimensionOf(x, 0), dimensionOf(x, 1)];
    const size = { batch, length, width, heads };
    const dropped = (h: Node): Node => {
      const mask = scope.mask(h.shape, dropout);
      return mask === undefined ? h : mul(h, mask);
    };
    let h = embedding(within(scope, 'embed'), x, { tokens, width });
    if (timed) h = addLabel(within(scope, 'label'), h, label, size);
    for (let i = 0; i < depth; i++) {
      const own = within(scope, `block.${i}`);
      h = add(h, dropped(attention(own, layerNorm(within(own, 'norm0'), h), size)));
      const inner = silu(dense(within(own, 'dense0'), layerNorm(within(own, 'norm1'), h), { size: 4 * width }));
      h = add(h, dropped(dense(within(own, 'dense1'), inner, { size: width, ...nearZero(depth) })));
    }
    return tokenOdds(scope, layerNorm(within(scope, 'norm'), h), { batch, length, tokens });
  });
}

/** The start of the layers that end a branch: the deeper the network, the less each branch says at first. */
function nearZero(depth: number): { init: ReturnType<typeof gaussianInitializer>; biasInit: ReturnType<typeof fill> } {
  return { init: gaussianInitializer(0.02 / Math.sqrt(2 * depth)), biasInit: fill(0) };
}

/** Normalization of each row of h `[N, width]`, with trained gain and bias. */
export function layerNorm(scope: Scope, h: Node): Node {
  const shape = [dimensionOf(h, 1)];
  const gain = scope.param({ name: 'weight', shape, init: fill(1), trainable: true });
  const bias = scope.param({ name: 'bias', shape, init: fill(0), trainable: true });
  return add(mul(standardize(h, 1e-5), gain), bias);
}

interface Sizes {
  readonly batch: number;
  readonly length: number;
  readonly width: number;
  readonly heads: number;
}

/** Adds features of the label `[B]` to every position of h `[B L, width]`. */
export function addLabel(
  scope: Scope,
  h: Node,
  label: Node,
  { batch, length, width }: Pick<Sizes, 'batch' | 'length' | 'width'>,
): Node {
  const time = dense(scope, sinusoidalFeatures(mul(label, 1000), labelFeatures), { size: width });
  return reshape(add(reshape(h, [batch, length, width]), reshape(time, [batch, 1, width])), [batch * length, width]);
}

function attention(scope: Scope, h: Node, { batch, length, width, heads }: Sizes): Node {
  const size = width / heads;
  const project = (name: string): Node => {
    const y = reshape(dense(within(scope, name), h, { size: width }), [batch, length, heads, size]);
    return transpose(y, [0, 2, 1, 3]); // [B, H, L, d]
  };
  const [q, k, v] = [rotated(project('q')), rotated(project('k')), project('v')];
  const weights = softmax(mul(matmul(q, k, { transposeB: true }), size ** -0.5)); // [B, H, L, L]
  const mixed = transpose(matmul(weights, v), [0, 2, 1, 3]);
  return dense(within(scope, 'proj'), reshape(mixed, [batch * length, width]), { size: width, ...nearZero(1) });
}

/** Pairs of numbers of x `[B, H, L, d]` turned by angles that grow with the position, so that products depend on distances. */
function rotated(x: Node): Node {
  const [length, size] = [dimensionOf(x, 2), dimensionOf(x, 3)];
  const half = size / 2;
  const angle = (i: number): number => Math.floor(i / half) / 10_000 ** ((i % half) / half);
  const table = (f: (angle: number) => number): Node =>
    constant(
      x.graph,
      Float64Array.from({ length: length * half }, (_, i) => f(angle(i))),
      [1, 1, length, half],
    );
  const [cosines, sines] = [table(Math.cos), table(Math.sin)];
  const [a, b] = [slice(x, 3, { begin: 0, end: half }), slice(x, 3, { begin: half, end: size })];
  return concat([add(mul(a, cosines), neg(mul(b, sines))), add(mul(a, sines), mul(b, cosines))], 3);
}
