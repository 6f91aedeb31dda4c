/** @file The colors of pictures as values: maps of densities and errors, light and dark. */
import { dusk, mist, type ColorMap } from '../../plot/color.ts';

/** Colors of what is drawn on a canvas. */
export interface Colors {
  readonly dark: boolean;
  readonly ink: string;
  readonly muted: string;
  readonly accent: string;
  readonly learned: string;
  readonly data: string;
  readonly ground: string;
  readonly density: ColorMap;
  /** From nothing to a large error. */
  readonly error: ColorMap;
}

/** The dark ground as the style sheet has it, as which thin densities look. */
const darkGround = [0.09, 0.078, 0.122] as const;

/** From the dark ground to teal. */
const duskOnGround: ColorMap = (value) => {
  const [red, green, blue] = dusk(0.2 + 0.38 * value);
  const part = Math.min(1, 2.2 * value);
  const mix = (i: 0 | 1 | 2, to: number): number => darkGround[i] * (1 - part) + to * part;
  return [mix(0, red), mix(1, green), mix(2, blue)];
};

/** From one color to another. */
const between =
  (from: readonly [number, number, number], to: readonly [number, number, number]): ColorMap =>
  (value) => {
    const mix = (i: 0 | 1 | 2): number => from[i] * (1 - value) + to[i] * value;
    return [mix(0), mix(1), mix(2)];
  };
const warmOnLight = between([1, 1, 1], [0.95, 0.62, 0.32]);
const warmOnDark = between(darkGround, [0.62, 0.3, 0.12]);

/** The maps of a look. */
export function mapsOf(dark: boolean): Pick<Colors, 'density' | 'error'> {
  return dark
    ? { density: duskOnGround, error: warmOnDark }
    : { density: (value) => mist(0.72 * value), error: warmOnLight };
}
