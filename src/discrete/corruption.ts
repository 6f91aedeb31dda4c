/** @file How the tokens of a model are noised. */
import type { MaskSchedule } from './masked.ts';
import type { ReverseForm } from './reverse-step.ts';
import type { TokenNoise } from './token-noise.ts';

/** Masks in continuous time, or a chain of steps with the form in which its steps are reversed. */
export type Corruption =
  | { readonly kind: 'masked'; readonly schedule: MaskSchedule }
  | { readonly kind: 'steps'; readonly noise: TokenNoise; readonly form: ReverseForm };
