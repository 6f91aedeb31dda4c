/** @file The exact density and score of a setting at one time, on the cells of a picture. */
import { cellCenters, exactOf, inPicture, processOf, scaleAt, timeAt, type Setting } from './setting.ts';

/** What is asked. */
export interface FieldAsk extends Setting {
  /** Place of the clock. */
  readonly place: number;
  /** Half the side of the picture. */
  readonly reach: number;
  /** Cells of a side, of the density and of the arrows. */
  readonly cells: number;
  readonly arrows: number;
}

/** Noise level and time of a picture. */
export interface Moment {
  readonly t: number;
  readonly alpha: number;
  readonly sigma: number;
  /** Units of the state in a unit of the picture. */
  readonly scale: number;
}

/** The field at a time. */
export interface Field extends Moment {
  readonly place: number;
  /** The density over its largest value in the picture, row by row from the top. */
  readonly density: Float32Array;
  /** The score at the cells of the arrows, for states in units of the picture: x and y in turn. */
  readonly arrows: Float32Array;
}

/** The moment of a place of the clock. */
export function momentAt(setting: Pick<Setting, 'sde'>, place: number): Moment {
  const sde = processOf(setting);
  const t = timeAt(sde, place);
  return { t, alpha: sde.alpha(t), sigma: sde.sigma(t), scale: scaleAt(sde, t) };
}

/** The exact field. */
export async function exactField({ place, reach, cells, arrows, ...setting }: FieldAsk): Promise<Field> {
  const moment = momentAt(setting, place);
  const { t, scale } = moment;
  const exact = exactOf(setting);
  const logs = exact.logDensity(cellCenters(cells, { reach, scale }), t);
  const most = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  const score = await exact.score(cellCenters(arrows, { reach, scale }), t);
  return {
    ...moment,
    place,
    density: Float32Array.from(logs, (log) => Math.exp(log - most)),
    arrows: inPicture(score, 1 / scale),
  };
}
