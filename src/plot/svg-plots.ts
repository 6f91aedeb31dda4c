/** @file Layers for measured values: bands of error, error bars, histograms and rules. */
import type { Frame, Layer } from './svg-frame.ts';
import type { LineOptions, Pairs } from './svg-layers.ts';
import { escapeXml, palette, shortNumber } from './svg-text.ts';

/** How an area looks. */
export interface AreaOptions {
  readonly color?: string;
  readonly opacity?: number;
}

/** A value between the ends of its error. */
export interface ErrorInterval {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** The area between two curves, such as a mean with its error on both sides. */
export function band(through: readonly ErrorInterval[], options: AreaOptions = {}): Layer {
  const { color = palette.indigo, opacity = 0.2 } = options;
  const corners = [
    ...through.map(({ x, high }) => [x, high] as const),
    ...through.toReversed().map(({ x, low }) => [x, low] as const),
  ];
  return ({ px, py }) => {
    const path = corners.map(([x, y]) => `${shortNumber(px(x))} ${shortNumber(py(y))}`).join('L');
    return `<path d="M${path}Z" fill="${escapeXml(color)}" fill-opacity="${opacity}"/>`;
  };
}

/** Upright lines from the lower to the upper end of each error, with a cross stroke at both. */
export function errorBars(at: readonly ErrorInterval[], options: Pick<LineOptions, 'color' | 'width'> = {}): Layer {
  const { color = palette.ink, width = 1.2 } = options;
  return ({ px, py }) => {
    const bars = at.map(({ x, low, high }) => {
      const [left, bottom, top] = [shortNumber(px(x) - 3), shortNumber(py(low)), shortNumber(py(high))];
      return `M${shortNumber(px(x))} ${bottom}V${top}M${left} ${bottom}h6M${left} ${top}h6`;
    });
    return `<path d="${bars.join('')}" fill="none" stroke="${escapeXml(color)}" stroke-width="${width}"/>`;
  };
}

/** One bar of a bar chart or a histogram, from the floor of the plot up to its height. */
export interface Bar {
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

/** Bars that stand on the lower end of the y axis. */
export function bars(all: readonly Bar[], options: AreaOptions = {}): Layer {
  const { color = palette.indigo, opacity = 0.8 } = options;
  return ({ px, py, height: floor }) => {
    const boxes = all.map(({ left, right, height }) => {
      const top = Math.min(floor, py(height));
      return (
        `<rect x="${shortNumber(px(left))}" y="${shortNumber(top)}" width="${shortNumber(px(right) - px(left))}" ` +
        `height="${shortNumber(floor - top)}"/>`
      );
    });
    return `<g fill="${escapeXml(color)}" fill-opacity="${opacity}">${boxes.join('')}</g>`;
  };
}

/** A straight line across the plot at a value of one axis. */
export function rule(at: { readonly x: number } | { readonly y: number }, options: LineOptions = {}): Layer {
  const { color = palette.muted, width = 1, opacity = 1, dash = '4 3' } = options;
  const path = ({ px, py, ...frame }: Frame): string =>
    'x' in at ? `M${shortNumber(px(at.x))} 0V${frame.height}` : `M0 ${shortNumber(py(at.y))}H${frame.width}`;
  return (frame) =>
    `<path d="${path(frame)}" fill="none" stroke="${escapeXml(color)}" stroke-width="${width}" ` +
    `stroke-opacity="${opacity}" stroke-dasharray="${escapeXml(dash)}"/>`;
}

/**
 * Bars of the density of values over equal parts of a range; their areas sum to the part of the values that lies in it.
 * @returns the bars, as `bars` takes them
 */
export function histogram(values: ArrayLike<number>, [low, high]: readonly [number, number], count: number): Bar[] {
  const counts = new Array<number>(count).fill(0);
  const width = (high - low) / count;
  for (const value of Array.from(values)) {
    const part = Math.floor((value - low) / width);
    if (part >= 0 && part < count) counts[part] = (counts[part] ?? 0) + 1;
  }
  return counts.map((n, i) => ({
    left: low + i * width,
    right: low + (i + 1) * width,
    height: n / (values.length * width),
  }));
}

/** Coordinates of points as `points` and `polyline` take them. */
export function pairsOf(x: ArrayLike<number>, y: ArrayLike<number>): Pairs {
  return Array.from(x).flatMap((value, i) => [value, y[i] ?? NaN]);
}
