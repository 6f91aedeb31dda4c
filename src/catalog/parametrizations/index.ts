/** @file Every named parametrization. */
import { edmParametrization } from './edm.ts';
import { epsilonParametrization } from './epsilon.ts';
import { noiseLevelParametrization } from './noise-level.ts';
import { scoreParametrization } from './score.ts';
import { vParametrization } from './v.ts';
import { velocityParametrization } from './velocity.ts';
import { x0Parametrization } from './x0.ts';

export const parametrizations = [
  epsilonParametrization,
  x0Parametrization,
  vParametrization,
  velocityParametrization,
  scoreParametrization,
  edmParametrization,
  noiseLevelParametrization,
] as const;
