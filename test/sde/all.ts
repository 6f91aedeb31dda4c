/** @file Every kind of SDE, for the tests that loop over them. */
import { custom } from '../../src/sde/processes/custom.ts';
import { cosineVp } from '../../src/sde/processes/cosine-vp.ts';
import { ddpm } from '../../src/sde/processes/ddpm.ts';
import { cosineBetas, quadraticBetas } from '../../src/sde/processes/discrete.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { linearVe } from '../../src/sde/processes/linear-ve.ts';
import { rectifiedFlow } from '../../src/sde/processes/rectified-flow.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { sigmaPower } from '../../src/sde/processes/sigma-power.ts';
import { smld } from '../../src/sde/processes/smld.ts';
import { subVp } from '../../src/sde/processes/sub-vp.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { wavegrad } from '../../src/sde/processes/wavegrad.ts';

/** alpha = cos(pi t / 2), sigma = sin(pi t / 2): the trigonometric path, as a user would write it. */
export const cosine = custom({
  kind: 'cosine',
  alpha: (t) => Math.cos((Math.PI * t) / 2),
  sigma: (t) => Math.sin((Math.PI * t) / 2),
  f: (t) => (-Math.PI / 2) * Math.tan((Math.PI * t) / 2),
  g: (t) => Math.sqrt(Math.PI * Math.tan((Math.PI * t) / 2)),
  tMin: 1e-3,
  tMax: 0.995,
});

/** Every shape of path, for the tests that take a sampler along each. */
export const allSdes: readonly Sde[] = [ve(), vp(), subVp(), sigmaPower(), edm(), cosine, rectifiedFlow()];

/** Discrete models, of many levels and of few, even and uneven. */
export const discreteSdes: readonly Sde[] = [
  smld(),
  { ...smld({ sigmas: [0.01, 0.03, 0.04, 0.2, 0.9, 1, 7, 8, 30] }), kind: 'smld of a table' },
  ddpm(),
  { ...ddpm({ betas: quadraticBetas({ steps: 200 }) }), kind: 'ddpm, quadratic' },
  { ...ddpm({ betas: cosineBetas({ steps: 50 }) }), kind: 'ddpm, cosine' },
].map((sde) => Object.freeze(sde));

/** Every process, also those that differ from one of `allSdes` in the units of time, a constant or their levels alone. */
export const everySde: readonly Sde[] = [...allSdes, linearVe(), cosineVp(), wavegrad(), ...discreteSdes];

/** Times from tMin to tMax, dense near both ends. */
export function timesWithin(sde: Sde): readonly number[] {
  const parts = [0, 1e-4, 1e-3, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1];
  return parts.map((part) => sde.tMin + part * (sde.tMax - sde.tMin));
}
