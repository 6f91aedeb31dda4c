/** @file RePaint: replacement that goes back and forth, so that what is unknown comes to agree with what is known. */
import { combine } from '../../base/arith.ts';
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { ancestral } from '../../sample/steps/ancestral.ts';
import type { TimeGridOptions } from '../../sample/along-grid.ts';
import type { SamplerStep, SamplerStepOf } from '../../sample/sampler-step.ts';
import { addNoise } from '../../sample/noise.ts';
import type { Sde } from '../../sde/sde.ts';
import { suitedGrid } from '../../sde/time/time-grid.ts';
import { transition } from '../../sde/transition.ts';
import { constrain, constrained, type PosteriorSampler } from '../problem.ts';
import { fitted, replacement } from './projection.ts';

/** Options of `repaint`. */
export interface RepaintOptions extends TimeGridOptions {
  /** Takes the state of the prior from each time to the next; ancestral sampling by default. */
  readonly predictor?: SamplerStepOf;
  /** Steps j of a jump back to more noise. Default 10. */
  readonly jumpLength?: number;
  /** How often r each part of the grid is walked in all. Default 10. */
  readonly resamplings?: number;
}

/**
 * Replacement along a grid of times that is walked r times: every j steps the state is noised again for j steps, by
 * the transition of the SDE, and denoised once more. With the published 250 steps, j = r = 10, that is 2410 evaluations.
 * @throws ConfigError unless steps, jumpLength and resamplings are positive integers; later, if the operator is not linear.
 * @see Lugmayr et al. 2022, "RePaint: inpainting using denoising diffusion probabilistic models", algorithm 1
 */
export function repaint(options: RepaintOptions = {}): PosteriorSampler {
  const {
    predictor = ancestral(),
    jumpLength = 10,
    resamplings = 10,
    steps = 250,
    grid = suitedGrid,
    ...rest
  } = options;
  checkOptions(
    positiveInteger('steps', steps),
    positiveInteger('jumpLength', jumpLength),
    positiveInteger('resamplings', resamplings),
  );
  const walk = repaintWalk(steps, { jumpLength, resamplings });
  const backwards = constrain(replacement(), predictor);
  return constrained({
    ...rest,
    steps: walk.length - 1,
    grid: (sde) => {
      const times = grid(sde, steps);
      return walk.map((place) => times[place] ?? sde.tEnd);
    },
    predictor: (problem) => {
      const [back, forth] = [backwards(problem), diffuse(problem.sde)];
      return (keys, x, from, to) => (to < from ? back : forth)(keys, x, from, to);
    },
    end: fitted,
  });
}

/** The transition of the SDE to a later time. */
function diffuse(sde: Sde): SamplerStep {
  return (keys, x, from, to) => {
    const { factor, variance } = transition(sde, { earlier: from, later: to });
    return Promise.resolve(addNoise(keys, combine([factor, x]), Math.sqrt(variance)));
  };
}

/** Places of the grid, 0 (noise) to `steps` (data), in the order in which they are visited. */
export function repaintWalk(
  steps: number,
  { jumpLength, resamplings }: Readonly<Record<'jumpLength' | 'resamplings', number>>,
): readonly number[] {
  // As published, jumps begin at multiples of their length from the data on, and none reaches the first step.
  const left = new Map<number, number>();
  for (let ahead = 0; ahead < steps - jumpLength; ahead += jumpLength) left.set(steps - ahead, resamplings - 1);
  const places = [0];
  for (let place = 0; place < steps;) {
    places.push(++place);
    const jumps = left.get(place) ?? 0;
    if (jumps === 0) continue;
    left.set(place, jumps - 1);
    for (let j = 0; j < jumpLength; j++) places.push(--place);
  }
  return places;
}
