/** @file Every task. */
import { autoencoderTask } from './autoencoder.ts';
import { bridgeTask } from './bridge.ts';
import { classifierTask } from './classifier.ts';
import { dequantizerTask } from './dequantizer.ts';
import { scoreTask } from './score.ts';
import { shapeModelTask } from './shape-model.ts';
import { tokenModelTask } from './token-model.ts';

export const tasks = [
  scoreTask,
  classifierTask,
  dequantizerTask,
  tokenModelTask,
  shapeModelTask,
  autoencoderTask,
  bridgeTask,
] as const;
