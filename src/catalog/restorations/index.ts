/** @file Every named restoration. */
import { colorizeRestoration } from './colorize.ts';
import { csRestoration } from './cs.ts';
import { ctRestoration } from './ct.ts';
import { deblurRestoration } from './deblur.ts';
import { denoiseRestoration } from './denoise.ts';
import { inpaintRestoration } from './inpaint.ts';
import { mriRestoration } from './mri.ts';
import { superresRestoration } from './superres.ts';

export const restorations = [
  inpaintRestoration,
  colorizeRestoration,
  superresRestoration,
  deblurRestoration,
  denoiseRestoration,
  csRestoration,
  mriRestoration,
  ctRestoration,
] as const;
