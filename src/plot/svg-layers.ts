/** @file What figures are made of: heat maps, points, arrows, lines and labels, each a function of the frame it is drawn in. */
import { base64Of } from '../base/base64.ts';
import { ShapeError } from '../base/errors.ts';
import { type ColorMap, mist } from './color.ts';
import { encodePng, type Image } from './png.ts';
import type { Layer, AxisRange } from './svg.ts';
import { escapeXml, palette, shortNumber, text } from './svg-text.ts';

/** Coordinates or vectors in the plane, flat: `[n, 2]`. */
export type Pairs = ArrayLike<number>;

/** A grid of cells: the first row at the lowest y, columns from the lowest x. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** How a heat map looks and where it lies. */
export interface HeatMapOptions {
  readonly colors?: ColorMap;
  /** Values of the first and the last color; by default the smallest and the largest value. */
  readonly range?: AxisRange;
  /** Part of the plane that the grid covers; by default the whole panel. */
  readonly x?: AxisRange;
  readonly y?: AxisRange;
}

/**
 * Centers of the cells of a grid over a rectangle, in the order in which `heatMap` takes values.
 * @returns `[rows * columns, 2]`
 */
export function gridPoints(x: AxisRange, y: AxisRange, { columns, rows }: Grid): Float64Array {
  const points = new Float64Array(2 * rows * columns);
  for (let i = 0; i < rows * columns; i++) {
    points[2 * i] = x[0] + ((x[1] - x[0]) * ((i % columns) + 0.5)) / columns;
    points[2 * i + 1] = y[0] + ((y[1] - y[0]) * (Math.floor(i / columns) + 0.5)) / rows;
  }
  return points;
}

/**
 * Values on a grid as colors, smoothed between cells; a value that is not finite has the first color.
 * @param values - `[rows, columns]`
 * @throws ShapeError if the number of values is not that of the cells.
 */
export function heatMap(values: ArrayLike<number>, grid: Grid, options: HeatMapOptions = {}): Layer {
  const { columns, rows } = grid;
  if (values.length !== columns * rows)
    throw new ShapeError(`heatMap: expected ${rows} x ${columns} values, got ${values.length}`);
  const colors = options.colors ?? mist;
  const [low, high] = options.range ?? extent(values);
  const data = new Uint8Array(3 * rows * columns);
  for (let i = 0; i < rows * columns; i++) {
    const row = rows - 1 - Math.floor(i / columns);
    const level = (values[row * columns + (i % columns)]! - low) / (high - low);
    data.set(
      colors(Number.isFinite(level) ? level : 0).map((channel) => Math.round(255 * channel)),
      3 * i,
    );
  }
  const png = base64Of(encodePng({ width: columns, height: rows, channels: 3, data }));
  return ({ x, y, px, py }) => {
    const [left, right] = (options.x ?? x).map(px) as [number, number];
    const [bottom, top] = (options.y ?? y).map(py) as [number, number];
    return (
      `<image x="${shortNumber(left)}" y="${shortNumber(top)}" width="${shortNumber(right - left)}" height="${shortNumber(bottom - top)}" ` +
      `preserveAspectRatio="none" href="data:image/png;base64,${png}"/>`
    );
  };
}

/** A picture that fills the frame. */
export function picture(image: Image): Layer {
  const png = base64Of(encodePng(image));
  return ({ width, height }) =>
    `<image width="${width}" height="${height}" preserveAspectRatio="none" style="image-rendering: pixelated" ` +
    `href="data:image/png;base64,${png}"/>`;
}

/** How points look. */
export interface PointOptions {
  readonly color?: string;
  /** In pixels. */
  readonly radius?: number;
  readonly opacity?: number;
}

/** Points as translucent discs, so that many in one place look dense. */
export function points(at: Pairs, options: PointOptions = {}): Layer {
  const { color = palette.indigo, radius = 1.6, opacity = 0.55 } = options;
  return ({ px, py }) => {
    const finite = pairs(at).filter(([x, y]) => Number.isFinite(x + y));
    const discs = finite.map(
      ([x, y]) => `<circle cx="${shortNumber(px(x))}" cy="${shortNumber(py(y))}" r="${radius}"/>`,
    );
    return `<g fill="${escapeXml(color)}" fill-opacity="${opacity}">${discs.join('')}</g>`;
  };
}

/** How arrows look. */
export interface ArrowOptions {
  /** Length of the arrow of a vector of length 1, in units of the data; see `arrowScale`. */
  readonly scale?: number;
  /** Longest arrow in pixels; longer ones are cut to it and keep their direction. */
  readonly longest?: number;
  readonly color?: string;
  readonly opacity?: number;
  /** Width of the lines in pixels. */
  readonly width?: number;
}

/**
 * A field of vectors as arrows that begin at their points. The shortest ones lose their heads before their lengths.
 * @throws ShapeError if there are not as many vectors as points.
 */
export function arrows(at: Pairs, vectors: Pairs, options: ArrowOptions = {}): Layer {
  if (at.length !== vectors.length)
    throw new ShapeError(`arrows: expected one vector per point, got ${vectors.length / 2} for ${at.length / 2}`);
  const { color = palette.ink, opacity = 0.85, width = 1.1, longest = 40 } = options;
  const ends = pairs(vectors);
  return ({ px, py, x: [left, right], width: pixels }) => {
    const scale = (options.scale ?? arrowScale(vectors, (right - left) / 16)) * (pixels / (right - left));
    const drawn = pairs(at).map(([x, y], i) => {
      const [u, v] = ends[i] ?? [0, 0];
      return arrow([px(x), py(y)], [u, v], { factor: scale, longest });
    });
    const shafts = drawn.map(({ shaft }) => shaft).join('');
    const heads = drawn.map(({ head }) => head).join('');
    return (
      `<g opacity="${opacity}"><path d="${shafts}" fill="none" stroke="${escapeXml(color)}" stroke-width="${width}" ` +
      `stroke-linecap="round"/><path d="${heads}" fill="${escapeXml(color)}"/></g>`
    );
  };
}

/** The scale that draws all but the longest tenth of vectors at most `length` long; give it to panels that are compared. */
export function arrowScale(vectors: Pairs, length: number): number {
  const norms = pairs(vectors)
    .map(([u, v]) => Math.hypot(u, v))
    .filter((norm) => Number.isFinite(norm))
    .sort((a, b) => a - b);
  const norm = norms[Math.floor(0.9 * (norms.length - 1))] ?? 0;
  return norm > 0 ? length / norm : 1;
}

/** How a line looks. */
export interface LineOptions {
  readonly color?: string;
  /** In pixels. */
  readonly width?: number;
  readonly opacity?: number;
  /** Lengths of dashes and of the gaps between them in pixels, such as `4 3`. */
  readonly dash?: string;
}

/** A line through points; one that is not finite interrupts it. */
export function polyline(through: Pairs, options: LineOptions = {}): Layer {
  const { color = palette.indigo, width = 1.6, opacity = 1, dash = '' } = options;
  return ({ px, py }) => {
    let pen = 'M';
    let path = '';
    for (let i = 0; i + 1 < through.length; i += 2) {
      const [x, y] = [px(through[i]!), py(through[i + 1]!)];
      const visible = Number.isFinite(x) && Number.isFinite(y);
      if (visible) path += `${pen}${shortNumber(x)} ${shortNumber(y)}`;
      pen = visible ? 'L' : 'M';
    }
    return (
      `<path d="${path}" fill="none" stroke="${escapeXml(color)}" stroke-width="${width}" stroke-opacity="${opacity}" ` +
      `stroke-linejoin="round" stroke-linecap="round"${dash === '' ? '' : ` stroke-dasharray="${escapeXml(dash)}"`}/>`
    );
  };
}

/** How a label looks. */
export interface LabelOptions {
  readonly size?: number;
  readonly color?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** A text at a point of the data. */
export function label(content: string, at: readonly [x: number, y: number], options: LabelOptions = {}): Layer {
  const { size = 12, color = palette.ink, anchor = 'start' } = options;
  return ({ px, py }) => text(content, { x: px(at[0]), y: py(at[1]), size, color, anchor });
}

function arrow(
  [x, y]: readonly [number, number],
  [u, v]: readonly [number, number],
  { factor, longest }: { readonly factor: number; readonly longest: number },
): { readonly shaft: string; readonly head: string } {
  const norm = Math.hypot(u, v);
  const length = Math.min(norm * factor, longest);
  if (!(length > 0.3) || !Number.isFinite(x + y + norm)) return { shaft: '', head: '' };
  const [dx, dy] = [u / norm, -v / norm];
  const size = Math.min(5, 0.5 * length);
  const [tipX, tipY] = [x + dx * length, y + dy * length];
  const [neckX, neckY] = [tipX - dx * size, tipY - dy * size];
  const [sideX, sideY] = [-dy * size * 0.42, dx * size * 0.42];
  return {
    shaft: `M${shortNumber(x)} ${shortNumber(y)}L${shortNumber(neckX)} ${shortNumber(neckY)}`,
    head:
      `M${shortNumber(tipX)} ${shortNumber(tipY)}L${shortNumber(neckX + sideX)} ${shortNumber(neckY + sideY)}` +
      `L${shortNumber(neckX - sideX)} ${shortNumber(neckY - sideY)}Z`,
  };
}

function pairs(flat: Pairs): readonly (readonly [number, number])[] {
  return Array.from({ length: Math.floor(flat.length / 2) }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!] as const);
}

function extent(values: ArrayLike<number>): AxisRange {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
