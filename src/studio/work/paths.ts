/** @file Particles that follow the reverse process from noise to data, a frame for each step of the clock. */
import { key, split } from '../../base/key.ts';
import { tensor } from '../../base/tensor.ts';
import { predictorCorrector } from '../../sample/predictor-corrector.ts';
import { fromState, initialState } from '../../sample/start.ts';
import { ancestral } from '../../sample/steps/ancestral.ts';
import { ddim } from '../../sample/steps/ddim.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';
import { clockSteps, clockTimes, inPicture, processOf, scaleAt, timeAt, type Setting } from './setting.ts';

/** What is asked. */
export interface PathsAsk extends Pick<Setting, 'sde'> {
  /** Whether noise is drawn in each step (the reverse SDE) or none (its probability flow). */
  readonly flow: 'sde' | 'ode';
  readonly seed: number;
  /** Particles. */
  readonly n: number;
  /** Steps of the clock in one of a particle. Default 1. */
  readonly stride?: number | undefined;
  /** Where all of them start, in units of the picture, and the place of the clock there; the prior at 0 by default. */
  readonly from?: { readonly x: number; readonly y: number; readonly place: number } | undefined;
}

/** Where the particles are at a step of the clock. */
export interface Frame {
  /** Step of the clock. */
  readonly step: number;
  readonly t: number;
  /** x and y of each, in units of the picture. */
  readonly x: Float32Array;
}

/** Frames of particles under a score and the process of a name. */
export function paths(score: ScoreFn, ask: PathsAsk): AsyncGenerator<Frame, null> {
  return pathsOf(score, processOf(ask), ask);
}

/**
 * Frames of particles under a score: ancestral steps of the reverse SDE, or DDIM's of the probability flow, on the times of
 * the clock.
 */
export async function* pathsOf(
  score: ScoreFn,
  sde: Sde,
  { flow, seed, n, from, stride = 1 }: Omit<PathsAsk, 'sde'>,
): AsyncGenerator<Frame, null> {
  const keys = split(key(seed), n);
  const first = from === undefined ? 0 : Math.min(clockSteps - 1, Math.round(from.place * clockSteps));
  const t = from === undefined ? sde.tMax : timeAt(sde, first / clockSteps);
  const scale = scaleAt(sde, t);
  const start =
    from &&
    fromState(
      tensor(
        Array.from({ length: 2 * n }, (_, i) => scale * (i % 2 === 0 ? from.x : from.y)),
        [n, 2],
      ),
      t,
    );
  const shape = [2];
  const initial = await initialState({ sde, shape, keys, start });
  yield { step: first, t, x: inPicture(initial.x, scale) };
  const times = clockTimes(sde).filter((_, i) => i >= first && (i - first) % stride === 0);
  const sampler = predictorCorrector({
    predictor: flow === 'sde' ? ancestral() : ddim(),
    steps: times.length - 1,
    grid: () => times,
    denoiseLast: false,
  });
  for await (const { step, t: reached, x } of sampler({ sde, score, shape, keys, start }))
    yield { step: first + step * stride, t: reached, x: inPicture(x, scaleAt(sde, reached)) };
  return null;
}
