/** @file What every computation of the page is about: a law of the data and a process that noises it, as messages carry them. */
import { tensor, type Tensor } from '../../base/tensor.ts';
import type { Mixture } from '../../data/dataset.ts';
import { gaussianMixture, type ExactMarginals } from '../../sde/exact/gaussian-mixture.ts';
import { edm } from '../../sde/processes/edm.ts';
import { subVp } from '../../sde/processes/sub-vp.ts';
import { ve } from '../../sde/processes/ve.ts';
import { vp } from '../../sde/processes/vp.ts';
import type { Sde } from '../../sde/sde.ts';
import { cosineGrid } from '../../sde/time/time-grid.ts';

/** Names of the processes. */
export type ProcessName = 'vp' | 'sub-vp' | 've' | 'edm';

/** A law and a process. */
export interface Setting {
  /** The law of the data: every set of the page is a mixture of Gaussians, so that its score is known exactly. */
  readonly law: Mixture;
  readonly sde: ProcessName;
}

/** Steps of the clock, from noise to data. */
export const clockSteps = 120;

const processes: Readonly<Record<ProcessName, Sde>> = {
  vp: vp(),
  'sub-vp': subVp(),
  ve: ve({ sigmaMax: 12 }),
  edm: edm({ sigmaMin: 0.01, sigmaMax: 12 }),
};

/** The process of a name, always the same object. */
export function processOf({ sde }: Pick<Setting, 'sde'>): Sde {
  return processes[sde];
}

/** Density and score of a setting at every time, in closed form. */
export function exactOf({ law, sde }: Setting): ExactMarginals {
  const { weights, means, stds } = law;
  return gaussianMixture(processOf({ sde }), { weights, stds, means: tensor(means.flat(), [means.length, 2]) });
}

const times = new WeakMap<Sde, readonly number[]>();

/** The times at which the clock stands. */
export function clockTimes(sde: Sde): readonly number[] {
  const known = times.get(sde) ?? cosineGrid(sde, clockSteps);
  times.set(sde, known);
  return known;
}

/** The time at a place of the clock, 0 at the noise to 1 at the data. */
export function timeAt(sde: Sde, place: number): number {
  const times = clockTimes(sde);
  const at = Math.min(1, Math.max(0, place)) * clockSteps;
  const below = Math.min(clockSteps - 1, Math.floor(at));
  const [from = sde.tMax, to = sde.tEnd] = [times[below], times[below + 1]];
  const part = at - below;
  // Both ends are met exactly.
  return from * (1 - part) + to * part;
}

/** Units of the state in one unit of the picture, which shows states over their standard deviation for data of one. */
export function scaleAt(sde: Sde, t: number): number {
  return Math.hypot(sde.alpha(t), sde.sigma(t));
}

/** The centers of the cells of a square picture, row by row from its top, in the units of the state, `[cells^2, 2]`. */
export function cellCenters(
  cells: number,
  { reach, scale }: { readonly reach: number; readonly scale: number },
): Tensor {
  const at = (i: number): number => (((i + 0.5) / cells) * 2 - 1) * reach * scale;
  const values = Array.from({ length: cells * cells }, (_, k) => [at(k % cells), -at(Math.floor(k / cells))]);
  return tensor(values.flat(), [cells * cells, 2]);
}

/** States in the units of the picture. */
export function inPicture({ data }: Tensor, scale: number): Float32Array {
  return Float32Array.from(data, (value) => value / scale);
}
