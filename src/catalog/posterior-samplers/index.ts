/** @file Every named posterior sampler, those without derivatives of the score first. */
import { annealedLangevinPosterior } from './annealed-langevin.ts';
import { ddrmPosterior } from './ddrm.ts';
import { diffpirPosterior } from './diffpir.ts';
import { dpsPosterior } from './dps.ts';
import { mmpsPosterior } from './mmps.ts';
import { pigdmPosterior } from './pigdm.ts';
import { projectionPosterior } from './projection.ts';
import { redDiffPosterior } from './red-diff.ts';
import { repaintPosterior } from './repaint.ts';
import { replacementPosterior } from './replacement.ts';
import { twistedPosterior } from './twisted.ts';

export const posteriorSamplers = [
  replacementPosterior,
  projectionPosterior,
  annealedLangevinPosterior,
  repaintPosterior,
  ddrmPosterior,
  diffpirPosterior,
  redDiffPosterior,
  dpsPosterior,
  pigdmPosterior,
  mmpsPosterior,
  twistedPosterior,
] as const;
