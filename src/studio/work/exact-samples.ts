/** @file Samples of the law of a setting at any time, and how far others are from them. */
import { foldIn, key, split } from '../../base/key.ts';
import { tensor, type Tensor } from '../../base/tensor.ts';
import { drawMixture } from '../../data/sets/toy.ts';
import { meanEstimate, type Estimate } from '../../evaluate/estimate.ts';
import { fisherInformation, type FisherInformation } from '../../evaluate/fisher-information.ts';
import { slicedWasserstein } from '../../evaluate/wasserstein.ts';
import { noised } from '../../sde/forward.ts';
import { exactOf, processOf, timeAt, type Setting } from './setting.ts';

/** What exact samples are of. */
export interface SamplesAsk extends Pick<Setting, 'law'> {
  readonly seed: number;
  /** Samples. */
  readonly n: number;
}

/** Exact samples of the law of the data, others for each name, `[n, 2]`. */
export function exactSamples({ law, seed, n }: SamplesAsk, name: string): Tensor {
  return tensor(drawMixture('exact', law, foldIn(key(seed), name), n).values, [n, 2]);
}

/** Exact samples of p_t. */
export function exactAt(ask: SamplesAsk & Setting, name: string, t: number): Tensor {
  const keys = split(foldIn(key(ask.seed), `${name} noise`), ask.n);
  return noised(processOf(ask), keys, { x0: exactSamples(ask, name), t });
}

/** Directions of a distance. */
export const projections = 32;

/** The sliced Wasserstein distance (p = 1) of samples from others. Its directions are the same for all of a seed, so that distances can be compared. */
export function distanceFrom(seed: number, x: Tensor, reference: Tensor): Estimate {
  return slicedWasserstein(foldIn(key(seed), 'directions'), x, reference, { p: 1, projections });
}

/** Exact sets whose distances are the floor. */
const exactSets = 8;

/** The distance of exact samples from others: what a perfect sampler has, with the standard deviation of one set. */
export function exactDistance(ask: SamplesAsk): Estimate {
  const reference = exactSamples(ask, 'reference');
  const distances = Array.from(
    { length: exactSets },
    (_, i) => distanceFrom(ask.seed, exactSamples(ask, `exact ${i}`), reference).value,
  );
  const { value, standardError } = meanEstimate(distances);
  return { value, standardError: standardError * Math.sqrt(exactSets) };
}

/** The Fisher information of p_t, over exact samples, where the clock stands at a place. */
export function informationAt(ask: SamplesAsk & Setting & { readonly place: number }): Promise<FisherInformation> {
  const t = timeAt(processOf(ask), ask.place);
  return fisherInformation(exactOf(ask), exactAt(ask, 'information', t), t);
}
