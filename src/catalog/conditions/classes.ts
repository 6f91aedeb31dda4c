/** @file Classes as a condition. */
import { condition } from './condition.ts';

export const classesCondition = condition({
  name: 'classes',
  description: 'one class of each sample, a one-hot row',
  citation: 'Ho and Salimans 2022',
  options: {},
});
