/** @file The task of learning sequences of tokens, such as text. */
import { task } from './task.ts';

export const tokenModelTask = task({
  name: 'token-model',
  description: 'what the tokens of a sequence are under noise, to write text and melodies and to fill gaps in them',
  use: 'writes text or melodies',
  citation: 'Sahoo et al. 2024; Austin et al. 2021',
  objective: 'masked',
  ofKind: true,
});
