/** @file The guidance `autoguidance`, by its name. */
import {
  classifierFreeGuidance,
  classifierFreeLogDensity,
  classifierFreeVjp,
} from '../../sde/guidance/classifier-free-guidance.ts';
import { guidance, intervalOf, limited } from './guidance.ts';

export const autoguidance = guidance({
  name: 'autoguidance',
  description: 'away from a weaker network of the same data, s_weak + w (s - s_weak), with or without a class',
  citation: 'Karras et al. 2024, "Guiding a diffusion model with a bad version of itself", eq. 3',
  guide: 'score',
  toClass: false,
  differentiable: true,
  options: limited,
  evaluations: ({ scale }) => (scale === 0 || scale === 1 ? 1 : 2),
  build: ({ scale, ...own }, { sde, conditional, guide }) => {
    const how = { scale, interval: intervalOf(sde, own) };
    const logDensity = classifierFreeLogDensity({
      conditional: conditional.logDensity,
      unconditional: guide.logDensity,
      ...how,
    });
    return {
      score: classifierFreeGuidance({ conditional: conditional.score, unconditional: guide.score, ...how }),
      scoreVjp: classifierFreeVjp({ conditional: conditional.scoreVjp, unconditional: guide.scoreVjp, ...how }),
      reverseVariance: conditional.reverseVariance,
      ...(logDensity && { logDensity }),
    };
  },
});
