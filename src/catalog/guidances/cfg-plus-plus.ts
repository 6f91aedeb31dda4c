/** @file The guidance `cfg++`, by its name. */
import type { Tensor } from '../../base/tensor.ts';
import { classifierFreeGuidance } from '../../sde/guidance/classifier-free-guidance.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import { guidance } from './guidance.ts';

export const cfgPlusPlus = guidance({
  name: 'cfg++',
  description:
    'the estimate is that of s + w (s_class - s) with w of 0 to 1, and the noise of each step that of s, a step of ddim',
  citation: 'Chung et al. 2025, algorithm 2',
  guide: 'none',
  toClass: true,
  differentiable: false,
  samplers: ['ddim'],
  most: 1,
  options: {},
  evaluations: ({ scale }) => (scale === 0 ? 1 : 2),
  build: ({ scale }, { conditional, unconditional }) => {
    const unguided = keptForTheStep(unconditional.score);
    return {
      score: classifierFreeGuidance({ conditional: conditional.score, unconditional: unguided, scale }),
      scoreVjp: undefined,
      reverseVariance: undefined,
      unguided,
    };
  },
});

/** A score that is computed once where a step asks for it twice. */
function keptForTheStep(score: ScoreFn): ScoreFn {
  let last: { readonly x: Tensor; readonly t: number | readonly number[]; readonly value: Promise<Tensor> } | undefined;
  return (x, t, rows, to) => {
    if (last?.x !== x || last.t !== t) last = { x, t, value: score(x, t, rows, to) };
    return last.value;
  };
}
