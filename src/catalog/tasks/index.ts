/** @file Every task. */
import { classifierTask } from './classifier.ts';
import { dequantizerTask } from './dequantizer.ts';
import { scoreTask } from './score.ts';

export const tasks = [scoreTask, classifierTask, dequantizerTask] as const;
