/** @file How near the samples of each named sampler come to an exact mixture for a number of score evaluations. */
import { foldIn, split, type Key } from '../base/key.ts';
import { tensor, type Tensor } from '../base/tensor.ts';
import { buildSampler, samplerList, type SamplerInfo, type SamplerOptions } from '../catalog/samplers/build-sampler.ts';
import type { Mixture } from '../data/dataset.ts';
import { drawMixture, eightGaussians } from '../data/sets/toy.ts';
import { meanEstimate, type Estimate } from '../evaluate/estimate.ts';
import { slicedWasserstein } from '../evaluate/wasserstein.ts';
import { finish, type Sampler } from '../sample/sampler.ts';
import { vp } from '../sde/processes/vp.ts';
import { exactMixture } from './mixture.ts';

/** Score evaluations per sample that fixed steps have to make do with. */
export const budgets = [5, 10, 20, 50, 100, 250];

/** Tolerances of the samplers that choose their steps, from rough to fine: of an SDE, whose steps are small, and an ODE. */
const tolerances = { sde: [0.5, 0.2, 0.1, 0.05, 0.02], ode: [0.1, 0.03, 0.01, 1e-3, 1e-4] };

/** Eight Gaussians on a circle, of weights 1 to 8: samplers have to find places, spreads and weights. */
const ring: Mixture = { ...eightGaussians(), weights: Array.from({ length: 8 }, (_, k) => (k + 1) / 36) };

/** One measurement: the distance from exact samples with its standard error over samples. */
export interface QualityRow {
  /** Mean evaluations per sample, the last denoising included. */
  readonly nfe: number;
  readonly distance: number;
  readonly standardError: number;
  /** Of a sampler that chooses its steps. */
  readonly tolerance?: number;
}

/** All measurements of one sampler, by growing cost. */
export interface SamplerQuality {
  readonly sampler: string;
  readonly points: readonly QualityRow[];
}

/** What was measured. */
export interface QualityStudy {
  readonly samplers: readonly SamplerQuality[];
  /** The distance between exact sets of the same size. */
  readonly floor: { readonly mean: number; readonly standardDeviation: number };
  readonly samples: number;
  readonly projections: number;
}

/** Sizes of the study. */
export interface StudyOptions {
  readonly key: Key;
  readonly samples: number;
  /** Exact sets whose distances from the reference are the floor. */
  readonly exactSets: number;
  readonly list?: readonly SamplerInfo[];
}

const projections = 32;

/**
 * Sliced Wasserstein distance (p = 1) of each sampler's draws from one exact set, under the VP SDE and the exact score.
 * All distances share their directions, the exact set and the keys of the samples, so that their differences are less
 * uncertain than each is.
 */
export async function qualityStudy({
  key,
  samples,
  exactSets,
  list = samplerList,
}: StudyOptions): Promise<QualityStudy> {
  const sde = vp();
  const { score } = exactMixture(sde, ring);
  const keys = split(foldIn(key, 'samples'), samples);
  const reference = exactSet(foldIn(key, 'reference'), samples);
  const distance = (x: Tensor): Estimate =>
    slicedWasserstein(foldIn(key, 'directions'), x, reference, { p: 1, projections, groups: 20 });
  const measure = async (sampler: Sampler): Promise<QualityRow> => {
    const { x, evals } = await finish(sampler({ sde, score, shape: [2], keys }));
    const { value, standardError } = distance(x);
    return { nfe: meanEstimate(evals).value, distance: value, standardError };
  };
  const measured: SamplerQuality[] = [];
  for (const info of list) {
    const points: QualityRow[] = [];
    for (const options of optionsOf(info)) {
      const point = await measure(buildSampler(info.name, { ...options, lowDimensional: true }));
      points.push({ ...point, ...(options.tolerance === undefined ? {} : { tolerance: options.tolerance }) });
    }
    measured.push({ sampler: info.name, points });
  }
  const exact = Array.from(
    { length: exactSets },
    (_, i) => distance(exactSet(foldIn(foldIn(key, 'floor'), i), samples)).value,
  );
  const { value: mean, standardError } = meanEstimate(exact);
  const floor = { mean, standardDeviation: standardError * Math.sqrt(exactSets) };
  return { samplers: measured, floor, samples, projections };
}

/** Every budget that contains a step, or every tolerance. */
function optionsOf({ evaluationsPerStep, stochastic }: SamplerInfo): readonly SamplerOptions[] {
  if (evaluationsPerStep === undefined)
    return tolerances[stochastic ? 'sde' : 'ode'].map((tolerance) => ({ tolerance }));
  return budgets.filter((nfe) => nfe > evaluationsPerStep).map((nfe) => ({ nfe }));
}

function exactSet(key: Key, n: number): Tensor {
  return tensor(drawMixture('ring', ring, key, n).values, [n, 2]);
}
