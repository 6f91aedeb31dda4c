/** @file The guidance `classifier-free`, by its name. */
import {
  classifierFreeGuidance,
  classifierFreeLogDensity,
  classifierFreeVjp,
} from '../../sde/guidance/classifier-free-guidance.ts';
import { guidance, intervalOf, limited } from './guidance.ts';

export const classifierFree = guidance({
  name: 'classifier-free',
  description: 'away from the score of all classes, s + w (s_class - s), by a network that knows both',
  citation: 'Ho and Salimans 2022, eq. 6; interval: Kynkäänniemi et al. 2024, eq. 5',
  guide: 'none',
  toClass: true,
  differentiable: true,
  options: limited,
  evaluations: ({ scale }) => (scale === 0 || scale === 1 ? 1 : 2),
  build: ({ scale, ...own }, { sde, conditional, unconditional }) => {
    const how = { scale, interval: intervalOf(sde, own) };
    const logDensity = classifierFreeLogDensity({
      conditional: conditional.logDensity,
      unconditional: unconditional.logDensity,
      ...how,
    });
    return {
      score: classifierFreeGuidance({ conditional: conditional.score, unconditional: unconditional.score, ...how }),
      scoreVjp: classifierFreeVjp({ conditional: conditional.scoreVjp, unconditional: unconditional.scoreVjp, ...how }),
      reverseVariance: (scale === 0 ? unconditional : conditional).reverseVariance,
      ...(logDensity && { logDensity }),
    };
  },
});
