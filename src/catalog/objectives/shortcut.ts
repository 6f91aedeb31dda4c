/** @file Shortcut models as a named objective. */
import * as v from 'valibot';
import { shortcut } from '../../score/distillation/shortcut.ts';
import { sectionEnds } from '../../sde/learning/step-ends.ts';
import { fraction, upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { bounded, objective } from './objective.ts';
import { targetOf } from './student.ts';

/** Powers of two, each the double of the one before. */
const powerOfTwo = (least: number, most: number): v.GenericSchema<unknown, number> =>
  v.pipe(
    upTo(most),
    v.minValue(least, `expected at least ${least}`),
    v.check((value) => Number.isInteger(Math.log2(value)), 'expected a power of two'),
  );

export const shortcutObjective = objective({
  name: 'shortcut',
  description: 'flow matching of a model that also learns its own steps of every length, each from two of half of it',
  citation: 'Frans et al. 2025, One step diffusion via shortcut models',
  task: 'score',
  options: {
    sections: withDefault(powerOfTwo(2, 4096), 128, 'shortest steps of the way, a power of two'),
    share: withDefault(
      v.pipe(fraction, v.maxValue(0.9, 'expected at most 0.9')),
      0.125,
      'part of a batch that learns long steps',
    ),
    target: targetOf('average'),
    steps: withDefault(powerOfTwo(1, 4096), 4, 'evaluations of a sample unless others are asked for'),
  },
  suits: { process: 'rectified-flow', parametrizations: bounded },
  ends: ({ sections }) => sectionEnds(sections),
  build: (loss, { process }) => shortcut(process, loss),
  sampling: ({ sections, steps }) => ({
    ...{ sampler: 'few-step', steps: Math.min(steps, sections), grid: 'cosine' },
    leaps: {
      samplers: ['few-step'],
      steps: Array.from({ length: Math.log2(sections) + 1 }, (_, k) => 2 ** k),
    },
  }),
});
