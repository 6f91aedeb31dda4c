/** @file A sampler of the catalog on the same noise as every other one, a frame for each step, and how near it comes to exact samples. */
import { key, split } from '../../base/key.ts';
import { grids } from '../../catalog/grids.ts';
import { samplerOf } from '../../catalog/samplers/from-record.ts';
import { samplers } from '../../catalog/samplers/index.ts';
import { find } from '../../catalog/named.ts';
import type { Estimate } from '../../evaluate/estimate.ts';
import { initialState } from '../../sample/start.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import { distanceFrom, exactSamples } from './exact-samples.ts';
import { inPicture, processOf, scaleAt, type Setting } from './setting.ts';

/** A sampler that can run in a race: one whose evaluations are known before. */
export interface Runner {
  readonly name: string;
  readonly description: string;
  readonly citation: string;
  readonly stochastic: boolean;
  readonly evaluationsPerStep: number;
}

/** The samplers that take a number of evaluations. */
export function runners(): readonly Runner[] {
  return samplers.flatMap(({ name, description, citation, stochastic, evaluationsPerStep, students, energies }) =>
    evaluationsPerStep === undefined || students !== undefined || energies !== undefined
      ? []
      : [{ name, description, citation, stochastic, evaluationsPerStep }],
  );
}

/** What is asked. */
export interface RaceAsk extends Setting {
  readonly sampler: string;
  /** Evaluations of the score for each sample, at most. */
  readonly nfe: number;
  readonly seed: number;
  /** Samples. */
  readonly n: number;
}

/** The samples after some evaluations. */
export interface RaceFrame {
  readonly evaluations: number;
  /** x and y of each, in units of the picture. */
  readonly x: Float32Array;
}

/** How a race ended. */
export interface RaceResult {
  /** Evaluations for each sample. */
  readonly evaluations: number;
  /** Sliced Wasserstein distance (p = 1) from exact samples, with its standard error over samples. */
  readonly distance: Estimate;
  /** Milliseconds of sampling in this browser. */
  readonly ms: number;
}

/**
 * Runs a sampler.
 * @throws ConfigError if there is none of this name, or it needs more evaluations for one step.
 */
export async function* race(score: ScoreFn, ask: RaceAsk): AsyncGenerator<RaceFrame, RaceResult> {
  const sde = processOf(ask);
  const keys = split(key(ask.seed), ask.n);
  const record = find(samplers, ask.sampler, 'sampler');
  const perStep = record.evaluationsPerStep ?? 1;
  // The records alone: the catalog would bring networks and data along.
  const sampler = samplerOf(record, { nfe: ask.nfe, lowDimensional: true }, { grids });
  const run = sampler({ sde, score, shape: [2], keys });
  const { t, x } = await initialState({ sde, shape: [2], keys });
  yield { evaluations: 0, x: inPicture(x, scaleAt(sde, t)) };
  let ms = 0;
  for (;;) {
    const from = performance.now();
    const next = await run.next();
    ms += performance.now() - from;
    if (next.done === true) {
      const [evaluations = 0] = next.value.evals;
      // The last noise is removed: samples are in the units of the data.
      yield { evaluations, x: inPicture(next.value.x, 1) };
      return { evaluations, distance: distanceFrom(ask.seed, next.value.x, exactSamples(ask, 'reference')), ms };
    }
    const { step, t: reached, x: at } = next.value;
    yield { evaluations: step * perStep, x: inPicture(at, scaleAt(sde, reached)) };
  }
}
