/** @file Every kind of SDE, for the tests that loop over them. */
import { custom } from '../../src/sde/custom.ts';
import { edm } from '../../src/sde/edm.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { sigmaPower } from '../../src/sde/sigma-power.ts';
import { subVp } from '../../src/sde/sub-vp.ts';
import { ve } from '../../src/sde/ve.ts';
import { vp } from '../../src/sde/vp.ts';

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

export const allSdes: readonly Sde[] = [ve(), vp(), subVp(), sigmaPower(), edm(), cosine];

/** Times from tMin to tMax, dense near both ends. */
export function timesWithin(sde: Sde): readonly number[] {
  const parts = [0, 1e-4, 1e-3, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1];
  return parts.map((part) => sde.tMin + part * (sde.tMax - sde.tMin));
}
