/** @file What is drawn of a field: a density or an error, arrows, particles, paths. Units are those of the picture, a square of -reach to reach. */
import type { ColorMap } from '../../plot/color.ts';
import { reach } from '../state/fields.ts';
import type { Colors } from './palette.ts';

/** Values of square cells, row by row from the top. */
export interface Cells {
  readonly values: Float32Array;
  readonly colors: ColorMap;
  /** From a value to 0 (nothing) to 1 (the end of the colors). */
  readonly level: (value: number) => number;
}

/** Arrows at the centers of square cells. */
export interface Arrows {
  /** x and y of each. */
  readonly vectors: Float32Array;
  readonly color: string;
  readonly width: number;
}

/** Points of one size and color. */
export interface Dots {
  /** x and y of each. */
  readonly at: Float32Array;
  readonly color: string;
  /** Diameter in CSS pixels. */
  readonly size: number;
  readonly opacity: number;
}

/** A line through points. */
export interface Line {
  readonly through: Float32Array;
  readonly color: string;
  readonly width: number;
  readonly dashed?: boolean;
  /** A disk at its end. */
  readonly head?: boolean;
}

/** A picture, from the ground up. */
export interface Picture {
  readonly cells?: Cells | undefined;
  readonly dots?: readonly Dots[];
  readonly arrows?: readonly Arrows[];
  readonly lines?: readonly Line[];
  /** Arrows from points: x, y, dx, dy of each, at their own length. */
  readonly pointers?: readonly {
    readonly from: Float32Array;
    readonly by: Float32Array;
    readonly color: string;
    readonly factor: number;
  }[];
}

/** Density as it is colored: its square root, so that thin places are seen too. */
export const densityLevel = (value: number): number => Math.sqrt(value);

/** The error of a score as it is colored: 1 where it is as large as the noise itself. */
export const errorLevel = (value: number): number => value / (0.6 + value);

/** Size and opacity of so many particles. */
export function dotStyle(count: number): Pick<Dots, 'size' | 'opacity'> {
  if (count > 1500) return { size: 2.2, opacity: 0.7 };
  return count > 600 ? { size: 3, opacity: 0.75 } : { size: 3.6, opacity: 0.85 };
}

/** A canvas of its own for cells, which is drawn enlarged. */
let small: HTMLCanvasElement | undefined;

/** Draws a picture on a canvas of `size` CSS pixels. */
export function draw(context: CanvasRenderingContext2D, size: number, picture: Picture, colors: Colors): void {
  context.fillStyle = colors.ground;
  context.fillRect(0, 0, size, size);
  if (picture.cells !== undefined) drawCells(context, size, picture.cells);
  for (const dots of picture.dots ?? []) drawDots(context, size, dots);
  for (const arrows of picture.arrows ?? []) drawArrows(context, size, arrows);
  for (const { from, by, color, factor } of picture.pointers ?? []) {
    context.strokeStyle = color;
    context.lineWidth = 1.4;
    context.beginPath();
    for (let i = 0; i < from.length; i += 2) {
      const [x, y] = [at(from[i], size), size - at(from[i + 1], size)];
      arrow(
        context,
        [x, y],
        [(((by[i] ?? 0) * factor) / reach / 2) * size, (-((by[i + 1] ?? 0) * factor) / reach / 2) * size],
      );
    }
    context.stroke();
  }
  for (const line of picture.lines ?? []) drawLine(context, size, line);
}

const at = (value: number | undefined, size: number): number => (((value ?? NaN) / reach + 1) / 2) * size;

function drawCells(context: CanvasRenderingContext2D, size: number, { values, colors, level }: Cells): void {
  const cells = Math.round(Math.sqrt(values.length));
  small ??= document.createElement('canvas');
  if (small.width !== cells) [small.width, small.height] = [cells, cells];
  const own = small.getContext('2d');
  if (own === null) return;
  const image = own.createImageData(cells, cells);
  const table = tableOf(colors);
  for (let k = 0; k < values.length; k++) {
    const entry = 3 * Math.round(255 * Math.min(1, Math.max(0, level(values[k] ?? 0))));
    image.data[4 * k] = table[entry] ?? 0;
    image.data[4 * k + 1] = table[entry + 1] ?? 0;
    image.data[4 * k + 2] = table[entry + 2] ?? 0;
    image.data[4 * k + 3] = 255;
  }
  own.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(small, 0, 0, size, size);
}

const tables = new WeakMap<ColorMap, Uint8ClampedArray>();
function tableOf(map: ColorMap): Uint8ClampedArray {
  const known = tables.get(map);
  if (known !== undefined) return known;
  const values = Array.from({ length: 256 }, (_, i) => map(i / 255)).flat();
  const made = Uint8ClampedArray.from(values, (value) => 255 * value);
  tables.set(map, made);
  return made;
}

function drawDots(
  context: CanvasRenderingContext2D,
  size: number,
  { at: places, color, size: side, opacity }: Dots,
): void {
  context.globalAlpha = opacity;
  context.fillStyle = color;
  context.beginPath();
  for (let i = 0; i < places.length; i += 2) {
    const [x, y] = [at(places[i], size), size - at(places[i + 1], size)];
    context.moveTo(x + side / 2, y);
    context.arc(x, y, side / 2, 0, 2 * Math.PI);
  }
  context.fill();
  context.globalAlpha = 1;
}

/** Lengths m become m / (4 + m) of a cell, so that long ones do not cover short ones. */
function drawArrows(context: CanvasRenderingContext2D, size: number, { vectors, color, width }: Arrows): void {
  const count = Math.round(Math.sqrt(vectors.length / 2));
  const cell = size / count;
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineCap = 'round';
  context.beginPath();
  for (let k = 0; k < count * count; k++) {
    const [x, y] = [vectors[2 * k] ?? 0, vectors[2 * k + 1] ?? 0];
    const length = Math.hypot(x, y);
    if (length < 0.02) continue;
    const factor = (1.05 * cell) / (4 + length);
    const [dx, dy] = [x * factor, -y * factor];
    arrow(
      context,
      [(k % count) * cell + cell / 2 - dx / 2, Math.floor(k / count) * cell + cell / 2 - dy / 2],
      [dx, dy],
    );
  }
  context.stroke();
}

function arrow(
  context: CanvasRenderingContext2D,
  [x, y]: readonly [number, number],
  [dx, dy]: readonly [number, number],
): void {
  const length = Math.hypot(dx, dy);
  const head = Math.min(4.5, 0.4 * length) / (length || 1);
  const [x1, y1] = [x + dx, y + dy];
  context.moveTo(x, y);
  context.lineTo(x1, y1);
  context.moveTo(x1 - head * (dx + 0.55 * dy), y1 - head * (dy - 0.55 * dx));
  context.lineTo(x1, y1);
  context.lineTo(x1 - head * (dx - 0.55 * dy), y1 - head * (dy + 0.55 * dx));
}

function drawLine(
  context: CanvasRenderingContext2D,
  size: number,
  { through, color, width, dashed, head }: Line,
): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineJoin = 'round';
  context.setLineDash(dashed === true ? [3, 4] : []);
  context.beginPath();
  for (let i = 0; i < through.length; i += 2) context.lineTo(at(through[i], size), size - at(through[i + 1], size));
  context.stroke();
  context.setLineDash([]);
  if (head !== true || through.length < 2) return;
  context.fillStyle = color;
  context.beginPath();
  context.arc(at(through.at(-2), size), size - at(through.at(-1), size), 5, 0, 2 * Math.PI);
  context.fill();
}
