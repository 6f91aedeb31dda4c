/** @file Frames of a spectrogram as more frames, for networks that read one for each place of a wave. */
import { positiveInteger, type Rule } from '../base/check.ts';
import { foldIn } from '../base/key.ts';
import { normal } from '../base/random.ts';
import { dimensionOf, sizeOf, type Shape } from '../base/tensor.ts';
import { conv, maximum, mul, reshape, transpose } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { fill, type Initializer } from './initializer.ts';
import { within, type Scope } from './network.ts';

/** Frames that one step makes of one at most; more are made by several steps. */
const mostOfStep = 16;

/** Slope of values below 0. */
const leak = 0.4;

/** Spread of the parameters before training around those of linear interpolation. */
const spread = 0.02;

/**
 * Frames `[B, 1, M, F]` as `[B, 1, M, factor F]`, by transposed convolutions over three bands and the frames beside each, with leaky ReLUs of slope 0.4. Each is a convolution of one channel for
 * each new frame, which are then put beside each other. Before training it interpolates nearly linearly, new frame r of frame i standing at i + (r + 1/2) / factor - 1/2.
 * @see Kong et al. 2021, "DiffWave", section 3.2, of which this has three frames for each in place of two
 */
export function upsampledFrames(scope: Scope, frames: Node, factor: number): Node {
  const own = stepOf(factor);
  if (own === 1) return frames;
  const [batch, bands, count] = [dimensionOf(frames, 0), dimensionOf(frames, 2), dimensionOf(frames, 3)];
  const part = within(scope, String(factor));
  const kernel = part.param({ name: 'weight', shape: [own, 1, 3, 3], init: interpolating, trainable: true });
  const bias = part.param({ name: 'bias', shape: [own], init: fill(0), trainable: true });
  const phases = conv(frames, { kernel, bias }, { stride: 1, pad: 1 });
  const made = reshape(transpose(phases, [0, 2, 3, 1]), [batch, 1, bands, count * own]);
  return upsampledFrames(scope, maximum(made, mul(made, leak)), factor / own);
}

/** What a network of waves `[C, L]` asks of the spectrograms that it is conditional on; of 0 bands, for none, only that their options are numbers of them. */
export function frameRules(
  {
    bands,
    hop,
    patch,
    known,
    classes,
  }: {
    readonly bands: number;
    readonly hop: number;
    readonly patch: number;
    readonly known: boolean;
    readonly classes: number;
  },
  [, length = 0]: Shape,
): readonly Rule[] {
  return [
    [Number.isInteger(bands) && bands >= 0, 'bands', `expected a whole number of 0 or more, got ${bands}`],
    positiveInteger('hop', hop),
    [bands === 0 || (!known && classes === 0), 'bands', 'expected 0 for a network of classes or known numbers'],
    [bands === 0 || hop % patch === 0, 'patch', `expected a divisor of the ${hop} values of a frame, got ${patch}`],
    [
      bands === 0 || length % hop === 0,
      'hop',
      `expected a divisor of the length of the samples, ${length}, got ${hop}`,
    ],
  ];
}

/** The frames of rows `[B, M F]` of spectrograms of M bands, one for each place of a wave: `[B, M, 1, hop / patch F]`. */
export function framesOf(
  scope: Scope,
  rows: Node,
  { bands, hop, patch }: { readonly bands: number; readonly hop: number; readonly patch: number },
): Node {
  const [batch, columns] = [dimensionOf(rows, 0), dimensionOf(rows, 1)];
  const [count, factor] = [columns / bands, hop / patch];
  const frames = mul(reshape(rows, [batch, 1, bands, count]), Math.sqrt(columns));
  return reshape(upsampledFrames(within(scope, 'frames'), frames, factor), [batch, bands, 1, factor * count]);
}

/** The greatest divisor of a factor that one step makes. */
function stepOf(factor: number): number {
  for (let own = Math.min(mostOfStep, factor); own > 1; own--) if (factor % own === 0) return own;
  return factor;
}

/** Kernels `[factor, 1, 3, 3]` that interpolate linearly between frames, and a little noise. */
const interpolating: Initializer = (key, shape) => {
  const [factor = 1] = shape;
  const out = normal(foldIn(key, 'frames'), sizeOf(shape)).map((z) => spread * z);
  for (let r = 0; r < factor; r++) {
    const at = (r + 0.5) / factor - 0.5;
    const middle = r * 9 + 3;
    const beside = middle + (at < 0 ? 0 : 2);
    out[middle + 1] = (out[middle + 1] ?? 0) + 1 - Math.abs(at);
    out[beside] = (out[beside] ?? 0) + Math.abs(at);
  }
  return out;
};
