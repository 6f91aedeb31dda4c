/** @file The frame of a plot: from values of the data to pixels, on even or logarithmic axes. */
import { ShapeError } from '../base/errors.ts';

/** Lowest and highest value. */
export type AxisRange = readonly [low: number, high: number];

/** How an axis goes from its lowest to its highest value; the range of a logarithmic one is above zero. */
export type Scale = 'linear' | 'log';

/** Where a layer draws: pixels of the panel's plot, from its upper left corner. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Ranges of the data. */
  readonly x: AxisRange;
  readonly y: AxisRange;
  /** Pixel of a data value; y grows upward in the data and downward in pixels. */
  readonly px: (x: number) => number;
  readonly py: (y: number) => number;
}

/** Content of a panel: the SVG elements that it draws into a frame. */
export type Layer = (frame: Frame) => string;

/** What a frame is made of. */
export interface FrameOptions {
  readonly x: AxisRange;
  readonly y: AxisRange;
  readonly xScale?: Scale;
  readonly yScale?: Scale;
}

/**
 * The frame of a plot of `width` by `height` pixels.
 * @throws ShapeError if a range is empty, not finite, or not above zero on a logarithmic axis.
 */
export function frameOf(
  { x, y, xScale = 'linear', yScale = 'linear' }: FrameOptions,
  width: number,
  height: number,
): Frame {
  const [across, up] = [placeOn(xScale, x), placeOn(yScale, y)];
  return { width, height, x, y, px: (value) => across(value) * width, py: (value) => (1 - up(value)) * height };
}

/** The place of a value between the ends of an axis: 0 at the lower, 1 at the higher. */
function placeOn(scale: Scale, [low, high]: AxisRange): (value: number) => number {
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high))
    throw new ShapeError(`figure: expected a range from a lower to a higher number, got ${low} to ${high}`);
  if (scale === 'linear') return (value) => (value - low) / (high - low);
  if (low <= 0)
    throw new ShapeError(`figure: expected a range above zero for a logarithmic axis, got ${low} to ${high}`);
  const decades = Math.log(high / low);
  // What has no logarithm is far below.
  return (value) => (value > 0 ? Math.log(value / low) / decades : -10);
}
