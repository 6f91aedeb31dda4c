/** @file The figures that have a name, in the order of the gallery. */
import { annealingImages } from './annealing-images.ts';
import { bridgeFigure } from './bridge.ts';
import { calibration } from './calibration.ts';
import { energy } from './energy.ts';
import { fewStepsFigure } from './few-steps.ts';
import type { Figure } from './figure.ts';
import { langevinModes } from './langevin-modes.ts';
import { latentFigure } from './latent.ts';
import { lowDensity } from './low-density.ts';
import { nfeQuality } from './nfe-quality.ts';
import { noiseToImageDdpm, noiseToImageSde, noiseToImageSmld } from './noise-to-image.ts';
import { scoreField } from './score-field.ts';
import { sigmaEnd } from './sigma-end.ts';
import { slicedCost } from './sliced-cost.ts';
import { stagesFigure } from './stages.ts';
import { trajectories } from './trajectories.ts';

/** All figures. */
export const figures: readonly Figure[] = [
  scoreField,
  lowDensity,
  langevinModes,
  sigmaEnd,
  trajectories,
  noiseToImageSmld,
  noiseToImageDdpm,
  noiseToImageSde,
  annealingImages,
  slicedCost,
  nfeQuality,
  fewStepsFigure,
  energy,
  stagesFigure,
  latentFigure,
  bridgeFigure,
  calibration,
];
