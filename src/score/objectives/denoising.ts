/** @file Denoising score matching: at all noise levels, at some, or at one. */
import { foldIn } from '../../base/key.ts';
import { add, input, mul, square, sum } from '../../graph/build.ts';
import type { Graph } from '../../graph/node.ts';
import type { Network } from '../../nn/network.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { independentCoupling, type Coupling } from './coupling.ts';
import { oneSection, sumPerSample } from './loss.ts';
import { drawWeighed, noised, type Weighing } from './noised.ts';
import type { Drawn, Loss, LossSite, Objective } from './objective.ts';

/**
 * Denoising score matching: sum_b weight_b ||sigma s(x_t, t) + z||^2 with x_t = alpha x0 + sigma z, which is
 * lambda ||s - grad log p(x_t | x0)||^2 for weight = lambda / sigma^2; nothing is divided by a small sigma.
 * Its inputs are those of `noised` and `weight` `[B]`.
 * @see Vincent 2011, eq. 11; Song et al. 2021, eq. 7
 */
export function denoisingLoss(owner: Graph, net: Network, site: LossSite): Loss {
  const { scaledScore, z } = noised(owner, net, site);
  const squares = square(add(scaledScore, z));
  const counted = site.observed === undefined ? squares : mul(squares, site.observed);
  const losses = mul(input(owner, 'weight', [site.batch]), sumPerSample(counted));
  return { loss: sum(losses), losses };
}

/** Options of `denoising`. */
export interface DenoisingOptions extends Weighing {
  /**
   * Which noise belongs to which sample: `independentCoupling` by default, or `stored`, the noise that the data have themselves. With another one than the
   * default a velocity is learned, and no score.
   */
  readonly coupling?: Coupling | 'stored';
}

/**
 * Denoising score matching over the times of a distribution: all times of the SDE (by default), the L noise levels of
 * NCSN (`amongTimes` of `geometricTimes`), the T steps of DDPM, whose L_simple it is for the parametrization `epsilon`
 * (`amongTimes` of `chainTimes`), or one noise level (a constant). With a coupling of data and noise it is flow matching.
 * @see Vincent 2011, eq. 11; Song and Ermon 2019, eq. 6; Ho et al. 2020, eq. 14; Song et al. 2021, eq. 7
 */
export function denoising(process: ScoreProcess, options: DenoisingOptions = {}): Objective {
  const { coupling: asked = independentCoupling(), ...weighing } = options;
  const coupling = asked === 'stored' ? independentCoupling() : asked;
  return {
    kind: 'denoising',
    heedsMissing: true,
    ...(asked === 'stored' && { storedNoise: true as const }),
    sections: oneSection,
    write: denoisingLoss,
    draw: (x0, batch, key) =>
      drawWeighed(process, weighing, { ...coupling({ x0, batch }, foldIn(key, 'noise')), batch }, key),
    // Of coupled data and noise the loss is the error of a velocity, and nothing that a linear score is compared with.
    ...(options.coupling === undefined && { noiseErrors }),
  };
}

function noiseErrors({ feeds: { x0, weight, observed } }: Drawn, losses: Float32Array): Float64Array {
  const size = (x0?.length ?? NaN) / losses.length;
  const counted = (i: number): number =>
    observed?.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value, 0) ?? size;
  return Float64Array.from(losses, (loss, i) => loss / ((weight?.[i] ?? NaN) * Math.max(1, counted(i))));
}
