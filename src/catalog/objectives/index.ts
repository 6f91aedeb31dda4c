/** @file Every named objective. */
import { bridgeMatchingObjective } from './bridge-matching.ts';
import { consistencyDistillationObjective } from './consistency-distillation.ts';
import { consistencyTrainingObjective } from './consistency-training.ts';
import { crossEntropyObjective } from './cross-entropy.ts';
import { d3pmObjective } from './d3pm.ts';
import { ddpmObjective } from './ddpm.ts';
import { denoisingObjective } from './denoising.ts';
import { dsmObjective } from './dsm.ts';
import { easyConsistencyObjective } from './easy-consistency.ts';
import { exactObjective } from './exact.ts';
import { hybridObjective } from './hybrid.ts';
import { lsgmObjective } from './lsgm.ts';
import { luhmanObjective } from './luhman.ts';
import { maskedObjective } from './masked.ts';
import { ncsnObjective } from './ncsn.ts';
import { progressiveObjective } from './progressive.ts';
import { meanFlowObjective } from './mean-flow.ts';
import { meanMatchingObjective } from './mean-matching.ts';
import { reconstructionObjective } from './reconstruction.ts';
import { shapeGfObjective } from './shape-gf.ts';
import { shortcutObjective } from './shortcut.ts';
import { slicedVrObjective } from './sliced-vr.ts';
import { slicedObjective } from './sliced.ts';
import { vlbObjective } from './vlb.ts';

export const objectives = [
  denoisingObjective,
  dsmObjective,
  ncsnObjective,
  ddpmObjective,
  vlbObjective,
  hybridObjective,
  exactObjective,
  slicedObjective,
  slicedVrObjective,
  shortcutObjective,
  meanFlowObjective,
  lsgmObjective,
  progressiveObjective,
  consistencyDistillationObjective,
  consistencyTrainingObjective,
  easyConsistencyObjective,
  luhmanObjective,
  crossEntropyObjective,
  maskedObjective,
  d3pmObjective,
  shapeGfObjective,
  bridgeMatchingObjective,
  meanMatchingObjective,
  reconstructionObjective,
] as const;
