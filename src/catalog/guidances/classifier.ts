/** @file The guidance `classifier`, by its name. */
import { classifierGuidance } from '../../sde/guidance/classifier-guidance.ts';
import { guidance, intervalOf, limited } from './guidance.ts';

export const classifier = guidance({
  name: 'classifier',
  description:
    'along the gradient of a classifier of noised samples, s + w grad log p(class), for networks without classes',
  citation: 'Song et al. 2021, eq. 14; Dhariwal and Nichol 2021, section 4',
  guide: 'classifier',
  toClass: true,
  differentiable: false,
  options: limited,
  evaluations: ({ scale, interval }) => (scale === 0 && interval === undefined ? 1 : 2),
  build: ({ scale, ...own }, { sde, unconditional: { score, reverseVariance }, guide }) => ({
    score: classifierGuidance({ score, classifier: guide, scale, interval: intervalOf(sde, own) }),
    scoreVjp: undefined,
    reverseVariance,
  }),
});
