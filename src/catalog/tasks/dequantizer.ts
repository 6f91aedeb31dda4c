/** @file The task of learning the noise that makes bytes continuous. */
import { task } from './task.ts';

export const dequantizerTask = task({
  name: 'dequantizer',
  description: 'the noise between the gray levels of images, for `likelihood --dequantisation variational`',
  use: 'a dequantizer',
  citation: 'Ho et al. 2019, Flow++, section 3.1',
});
