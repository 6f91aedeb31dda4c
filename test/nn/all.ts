/** @file Every kind of network in small, with the inputs that laws need. */
import { foldIn, key } from '../../src/base/key.ts';
import { normal, uniform } from '../../src/base/random.ts';
import { sizeOf, type Shape } from '../../src/base/tensor.ts';
import { input } from '../../src/graph/build.ts';
import { graph, type Node } from '../../src/graph/node.ts';
import { classifier } from '../../src/nn/classifier.ts';
import { ddpmpp, ddpmUnet, ncsnpp } from '../../src/nn/unet/ddpmpp.ts';
import { residualMlp } from '../../src/nn/residual-mlp.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { ncsn, ncsnv2 } from '../../src/nn/ncsn/ncsn.ts';
import { layout, vectorScope, type Network } from '../../src/nn/network.ts';
import { scoreNet } from '../../src/nn/score-net.ts';
import type { UnetOptions } from '../../src/nn/unet/unet-options.ts';

export type Feeds = Record<string, Float64Array>;

const shape = [1, 4, 8];
const small: UnetOptions = { width: 4, multipliers: [1, 2], blocks: 1, attention: [2] };
const both = { progressive: 'residual', progressiveInput: 'residual' } as const;

/** U-Nets that together have every value of every option. */
export const unets: readonly (readonly [label: string, net: Network])[] = [
  ['ddpmpp', ddpmpp(shape, small)],
  ['ncsnpp', ncsnpp(shape, small)],
  ['ddpm', ddpmUnet(shape, small)],
  ['ddpmpp with the filter', ddpmpp(shape, { ...small, fir: true })],
  ['ddpm with the filter', ddpmUnet(shape, { ...small, fir: true })],
  ['ddpm rescaled', ddpmUnet(shape, { ...small, skipRescale: true, blocks: 2 })],
  ['ncsnpp with plain sums', ncsnpp(shape, { ...small, skipRescale: false })],
  ['ddpmpp with growing activations', ddpmpp(shape, { ...small, ...both })],
  ['ncsnpp with growing activations, three levels', ncsnpp(shape, { ...small, ...both, multipliers: [1, 1, 2] })],
  [
    'ddpmpp with growing images',
    ddpmpp(shape, { ...small, progressive: 'output_skip', progressiveInput: 'input_skip' }),
  ],
  [
    'ncsnpp with growing images beside the channels',
    ncsnpp(shape, { ...small, progressive: 'output_skip', progressiveInput: 'input_skip', combine: 'cat' }),
  ],
  ['ncsnpp with classes', ncsnpp(shape, { ...small, classes: 3 })],
  [
    'ddpmpp with classes, without attention',
    ddpmpp(shape, { ...small, attention: [], classes: 2, attentionInit: 0.2 }),
  ],
  ['ddpmpp in patches', ddpmpp(shape, { ...small, patch: 2 })],
  ['ncsnpp in patches that do not fit', ncsnpp([2, 5, 4], { ...small, patch: 3, progressive: 'output_skip' })],
  ['ddpmpp of series with classes', ddpmpp([2, 8], { ...small, classes: 3 })],
  ['ncsnpp of series with growing images', ncsnpp([1, 12], { ...small, progressive: 'output_skip', patch: 2 })],
  ['ddpm of series that do not fit', ddpmUnet([2, 11], small)],
  ['ddpm of series with the filter', ddpmUnet([1, 8], { ...small, fir: true, ...both })],
];

/** Networks of other families. */
export const others: readonly (readonly [label: string, net: Network])[] = [
  ['mlp', mlp(3, { width: 6, depth: 2, features: 4 })],
  ['mlp with classes', mlp(3, { width: 6, depth: 2, features: 4, classes: 3 })],
  ['residual-mlp', residualMlp(3, { width: 6, depth: 2, features: 4 })],
  ['residual-mlp that completes nothing', residualMlp(2, { width: 5, depth: 1, features: 2, known: false })],
  ['score-net', scoreNet([2, 9, 11], { channels: [8, 6], features: 6 })],
  ['ncsn', ncsn([2, 5, 6], { width: 3, levels: 4 })],
  ['ncsnv2', ncsnv2([1, 7, 4], { width: 3 })],
];

/** Classifiers, whose output has as many numbers as a sample, so that they pass for networks of scores. */
export const classifiers: readonly (readonly [label: string, net: Network])[] = [
  ['classifier of points', classifier([3], { classes: 3, width: 8, depth: 2 })],
  ['classifier of images', classifier([2, 4, 2], { classes: 16, width: 4, depth: 2 })],
];

export const values = (name: string, of: Shape): Float64Array => normal(foldIn(key(3), name), sizeOf(of));

/** A network whose parameters are two input vectors. */
export function instance(
  net: Network,
  batch: number,
): { inputs: readonly [Node, Node, Node]; y: Node; masks: ReturnType<typeof vectorScope>['masks'] } {
  const g = graph();
  const { trained, fixed } = layout(net);
  const x = input(g, 'x', [batch, ...net.sampleShape]);
  const label = input(g, 'label', [batch]);
  const params = input(g, 'params', [trained]);
  const bound = vectorScope(net, { trained: params, fixed: fixed === 0 ? undefined : input(g, 'fixed', [fixed]) });
  const classes = net.classes === 0 ? undefined : input(g, 'classes', [batch, net.classes]);
  return { inputs: [x, label, params], y: net.forward(bound.scope, x, label, classes), masks: bound.masks };
}

/** Inputs of an instance; all parameters are random, so that no branch starts at zero. */
export function feedsOf(
  net: Network,
  batch: number,
): Feeds & Record<'x' | 'label' | 'params' | 'fixed' | 'classes', Float64Array> {
  const { trained, fixed, segments } = layout(net);
  const params = values('params', [trained]);
  // As large as initial values are, so that activations are of order 1; gains around 1.
  for (const { shape: own, begin, end, name } of segments.filter(({ trainable }) => trainable)) {
    const fanIn = Math.max(1, sizeOf(own.slice(1)));
    const center = name.includes('norm') && name.endsWith('weight') ? 1 : 0;
    for (let i = begin; i < end; i++) params[i] = center + params[i]! / Math.sqrt(fanIn + 1);
  }
  const x = values('x', [batch, ...net.sampleShape]);
  const classes = new Float64Array(batch * net.classes).map((_, i) =>
    i % net.classes === Math.floor(i / net.classes) % net.classes ? 1 : 0,
  );
  return { x, label: uniform(key(4), batch), params, fixed: values('fixed', [fixed]), classes };
}
