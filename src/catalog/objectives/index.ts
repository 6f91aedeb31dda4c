/** @file Every named objective. */
import { crossEntropyObjective } from './cross-entropy.ts';
import { ddpmObjective } from './ddpm.ts';
import { denoisingObjective } from './denoising.ts';
import { dsmObjective } from './dsm.ts';
import { exactObjective } from './exact.ts';
import { hybridObjective } from './hybrid.ts';
import { ncsnObjective } from './ncsn.ts';
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
  crossEntropyObjective,
] as const;
