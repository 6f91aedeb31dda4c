/** @file Every named noise process. */
import { cosineVpProcess } from './cosine-vp.ts';
import { ddpmCosineProcess } from './ddpm-cosine.ts';
import { ddpmQuadraticProcess } from './ddpm-quadratic.ts';
import { ddpmProcess } from './ddpm.ts';
import { edmProcess } from './edm.ts';
import { linearVeProcess } from './linear-ve.ts';
import { rectifiedFlowProcess } from './rectified-flow.ts';
import { sigmaPowerProcess } from './sigma-power.ts';
import { smldProcess } from './smld.ts';
import { subVpProcess } from './sub-vp.ts';
import { veProcess } from './ve.ts';
import { vpProcess } from './vp.ts';
import { wavegradProcess } from './wavegrad.ts';

export const processes = [
  veProcess,
  vpProcess,
  subVpProcess,
  sigmaPowerProcess,
  edmProcess,
  linearVeProcess,
  cosineVpProcess,
  rectifiedFlowProcess,
  smldProcess,
  ddpmProcess,
  ddpmQuadraticProcess,
  ddpmCosineProcess,
  wavegradProcess,
] as const;
