/** @file Chains of Langevin steps, with noise that fades and without, and what they make of the weights of modes. */
import { combine } from '../../base/arith.ts';
import { foldIn, key, split } from '../../base/key.ts';
import { normalBatch } from '../../base/random.ts';
import { batchOf, takeRows, tensor, type Tensor } from '../../base/tensor.ts';
import type { Mixture } from '../../data/dataset.ts';
import type { Estimate } from '../../evaluate/estimate.ts';
import { modeWeights } from '../../evaluate/mode-weights.ts';
import { evenStart, geometricLevels, langevinChains } from '../../sample/chains.ts';
import { gaussianMixture } from '../../sde/exact/gaussian-mixture.ts';
import { edm } from '../../sde/processes/edm.ts';
import { chainLevels, stepsPerLevel } from './facts.ts';
import { distanceFrom, exactSamples, type SamplesAsk } from './exact-samples.ts';
import { inPicture } from './setting.ts';

/** How points are drawn: independently, by chains at the data alone, or by chains through noise levels. */
export type ChainKind = 'independent' | 'langevin' | 'annealed';

/** What is asked. */
export interface ChainsAsk extends SamplesAsk {
  readonly kind: ChainKind;
  /** Noise levels of annealed chains, in units of the data. */
  readonly first: number;
  readonly last: number;
  /** Step size alpha over the square of the noise level. */
  readonly step: number;
}

/** Where the chains are. */
export interface ChainsFrame {
  /** Steps taken. */
  readonly evaluations: number;
  /** Noise level in units of the data; 0 for the data themselves. */
  readonly level: number;
  /** x and y of each in units of the picture, which are those of the data times hypot(1, level). */
  readonly x: Float32Array;
}

/** Where they end. */
export interface ChainsResult {
  readonly evaluations: number;
  /** The part of the points that belongs to each Gaussian of the law, with what it should be; none of a law of many. */
  readonly weights: readonly { readonly found: Estimate; readonly expected: number }[];
  /** Sliced Wasserstein distance from exact samples, of the chains that have not diverged. */
  readonly distance: Estimate;
  /** The part of the chains that left the picture by far. */
  readonly diverged: number;
  /** Root mean square distance from the nearest center, and that of exact samples with the noise of the last level. */
  readonly spread: number;
  readonly exactSpread: number;
  readonly ms: number;
}

/** Chains begin evenly in a square of twice this side. */
const startReach = 2;
/** Chains beyond it have diverged. */
const farAway = 10 * 2 * startReach;
/** Steps between two frames. */
const stepsPerFrame = 20;
/** Gaussians of a law whose weights are counted. */
const mostModes = 12;

/**
 * Where chains are after every few steps, and what they have found. Plain chains take as many steps as annealed ones, each relative to
 * the smallest standard deviation of the law.
 */
export async function* chains(ask: ChainsAsk): AsyncGenerator<ChainsFrame, ChainsResult> {
  const { law, kind, seed, n, first, last } = ask;
  const sde = edm();
  const { score } = gaussianMixture(sde, { ...law, means: tensor(law.means.flat(), [law.means.length, 2]) });
  const { keys, start } = evenStart(key(seed), [-startReach, startReach], { n });
  const all = chainLevels * stepsPerLevel;
  const began = performance.now();
  let x = start;
  if (kind === 'independent') {
    x = exactSamples(ask, 'independent');
    yield { evaluations: 0, level: 0, x: inPicture(x, 1) };
  } else {
    const annealed = kind === 'annealed';
    const levels = annealed ? geometricLevels(first, last, chainLevels) : [Math.min(...law.stds)];
    yield { evaluations: 0, level: annealed ? first : 0, x: inPicture(x, annealed ? Math.hypot(1, first) : 1) };
    const steps = annealed ? stepsPerLevel : all;
    const states = langevinChains({
      ...{ keys, start, levels, steps, parts: steps / stepsPerFrame, stepSize: ask.step },
      score: annealed ? score : (at) => score(at, 0),
    });
    for await (const { step, level, x: at } of states) {
      x = at;
      yield { evaluations: step, level: annealed ? level : 0, x: inPicture(x, annealed ? Math.hypot(1, level) : 1) };
    }
  }
  const ms = performance.now() - began;
  return { ...found(ask, x), evaluations: kind === 'independent' ? 0 : all, ms };
}

function found(ask: ChainsAsk, x: Tensor): Omit<ChainsResult, 'evaluations' | 'ms'> {
  const { law, seed, n, last, kind } = ask;
  const rows = Array.from({ length: n }, (_, i) => i).filter((i) =>
    [x.data[2 * i], x.data[2 * i + 1]].every((value) => Math.abs(value ?? NaN) < farAway),
  );
  const near = takeRows(x, rows);
  const noise = kind === 'annealed' ? last : 0;
  const exact = exactSamples({ ...ask, n: 10 * n }, 'spread');
  const blurred = combine([1, exact], [noise, normalBatch(split(foldIn(key(seed), 'blur'), 10 * n), [2])]);
  const none = rows.length === 0;
  return {
    weights: none || law.means.length > mostModes ? [] : weightsOf(near, law),
    distance: none ? { value: NaN, standardError: NaN } : distanceFrom(seed, near, exactSamples(ask, 'reference')),
    diverged: 1 - rows.length / n,
    spread: Math.sqrt(meanSquare(near, law.means)),
    exactSpread: Math.sqrt(meanSquare(blurred, law.means)),
  };
}

function weightsOf(x: Tensor, { means, stds, weights }: Mixture): ChainsResult['weights'] {
  const { found, expected } = modeWeights(x, { means: tensor(means.flat(), [means.length, 2]), stds, weights });
  return found.map((own, k) => ({ found: own, expected: expected[k] ?? NaN }));
}

/** The mean square distance from the nearest of some centers. */
function meanSquare(x: Tensor, centers: readonly (readonly number[])[]): number {
  const count = batchOf(x);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const [a, b] = [x.data[2 * i] ?? NaN, x.data[2 * i + 1] ?? NaN];
    sum += centers.reduce((least, [u = NaN, v = NaN]) => Math.min(least, (a - u) ** 2 + (b - v) ** 2), Infinity);
  }
  return sum / count;
}
