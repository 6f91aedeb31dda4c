/** @file What the objectives of students share: models whose denoised estimate is where the flow ends. */
import * as v from 'valibot';
import { ConfigError } from '../../base/errors.ts';
import type { FrozenScore } from '../../score/objectives/frozen-score.ts';
import { place } from '../config/data-config.ts';
import { nonNegative, upTo, whole } from '../config/limits.ts';
import { optional, required, withDefault } from '../option.ts';
import type { ObjectiveParts, Sampling, StudentSampling } from './objective.ts';

/** The trained model that a student learns from. */
export const teacherOptions = {
  teacher: required(place, 'run or model that the student learns from'),
  teacherStep: optional(whole, 'step of its checkpoint (default: the latest when the training begins)'),
  guidance: withDefault(nonNegative, 1, 'scale by which it is guided to the class or the text of each sample'),
};

/** The teacher of a student, guided. */
export function teacherIn({ teacher }: ObjectiveParts, { guidance }: { readonly guidance: number }): FrozenScore {
  if (teacher !== undefined) {
    if (guidance === 1 || teacher.net.classes > 0) return { ...teacher, guidance };
    throw new ConfigError([{ path: 'loss.guidance', message: 'expected a teacher of classes or texts to guide' }]);
  }
  const message = 'expected a trained score; train a student with scorefield distill';
  throw new ConfigError([{ path: 'loss.teacher', message }]);
}

/** Which parameters targets are computed with. */
export const targetOf = (value: 'stopped' | 'average'): ReturnType<typeof withDefault<'stopped' | 'average'>> =>
  withDefault(
    v.picklist(['stopped', 'average']),
    value,
    'parameters of the targets: those of the step, or their average',
  );

export const target = targetOf('stopped');

/** The c of a pseudo-Huber distance. */
export const huber = (value: number): ReturnType<typeof withDefault<number>> =>
  withDefault(nonNegative, value, 'c of the distance sqrt(mean d^2 + c^2) - c of two estimates');

export const stageSteps = (value: number): ReturnType<typeof withDefault<number>> =>
  withDefault(upTo(10_000_000), value, 'training steps of a stage', { unit: 'steps' });

/** Students that end the flow from every time are sampled by noise and estimate in turn. */
const anySteps: StudentSampling = { samplers: ['consistency', 'few-step'], steps: undefined };

/** Evaluations of a sample. */
export const evaluations = withDefault(upTo(1024), 2, 'evaluations of a sample unless others are asked for');

/** How consistency models are sampled. */
export const consistencySampling = ({ steps }: { readonly steps: number }): Partial<Sampling> => ({
  sampler: 'consistency',
  steps,
  grid: 'cosine',
  denoise: false,
  student: anySteps,
});
