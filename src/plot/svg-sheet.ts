/** @file A contact sheet: a table of pictures with headings, captions and the scale of colors that stand for numbers. */
import { base64Of } from '../base/base64.ts';
import { ShapeError } from '../base/errors.ts';
import type { ColorMap } from './color.ts';
import { encodePng, type Image } from './png.ts';
import { fonts } from './svg.ts';
import { escapeXml, palette, shortNumber, text } from './svg-text.ts';

/** A picture of the sheet, with lines of text below it. */
export interface Cell {
  readonly image: Image;
  readonly caption?: readonly string[];
}

/** What colors mean. */
export interface ColorBar {
  readonly label: string;
  readonly colors: ColorMap;
  /** Values of the first and the last color. */
  readonly range: readonly [low: number, high: number];
}

/** A table of pictures. */
export interface ContactSheet {
  readonly title: string;
  readonly subtitle?: string;
  readonly headings: readonly string[];
  /** Rows with a cell for each heading; `undefined` leaves a place empty. */
  readonly rows: readonly (readonly (Cell | undefined)[])[];
  readonly bar?: ColorBar;
}

const side = 112;
const gap = 12;
const margin = 28;
const lineHeight = 14;
const headHeight = 84;
const barWidth = 160;

/**
 * SVG text of a contact sheet. Pictures keep their shape and their pixels: they are enlarged, not smoothed, to fit squares.
 * @throws ShapeError if a row has not one cell for each heading.
 */
export function contactSheet({ title, subtitle = '', headings, rows, bar }: ContactSheet): string {
  const bad = rows.find((row) => row.length !== headings.length);
  if (bad !== undefined) throw new ShapeError(`sheet: expected ${headings.length} cells in a row, got ${bad.length}`);
  const lines = rows.map((row) => Math.max(0, ...row.map((cell) => cell?.caption?.length ?? 0)));
  const heights = lines.map((count) => side + gap + (count === 0 ? 0 : 4 + count * lineHeight));
  const table = heights.reduce((sum, height) => sum + height, 0);
  const width = 2 * margin + headings.length * (side + gap) - gap;
  const height = 2 * margin + headHeight + table + (bar === undefined ? 0 : 44) - gap;
  const left = (column: number): number => margin + column * (side + gap);
  const top = (row: number): number =>
    margin + headHeight + heights.slice(0, row).reduce((sum, value) => sum + value, 0);
  const head = [
    text(title, { x: margin, y: margin + 16, size: 19, weight: 650 }),
    text(subtitle, { x: margin, y: margin + 40, size: 12.5, color: palette.muted }),
    ...headings.map((heading, i) => text(heading, { x: left(i), y: margin + headHeight - 10, size: 12, weight: 600 })),
  ];
  const body = rows.flatMap((row, r) =>
    row.flatMap((cell, c) => (cell === undefined ? [] : [drawn(cell, left(c), top(r))])),
  );
  const foot = bar === undefined ? '' : scaleOf(bar, margin, height - margin - 30);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${shortNumber(width)}" height="${shortNumber(height)}" viewBox="0 0 ${shortNumber(width)} ${shortNumber(height)}" ` +
    `font-family="${fonts}" role="img"><title>${escapeXml(title)}</title>` +
    `<rect width="${shortNumber(width)}" height="${shortNumber(height)}" fill="#ffffff"/>${head.join('')}${body.join('')}${foot}</svg>\n`
  );
}

function drawn({ image, caption = [] }: Cell, x: number, y: number): string {
  const longer = Math.max(image.width, image.height);
  const [width, height] = [(image.width / longer) * side, (image.height / longer) * side];
  // Pixels are enlarged here, as programs that draw SVG smooth what they enlarge.
  const png = base64Of(encodePng(enlarged(image, Math.ceil((4 * side) / longer))));
  const place = `x="${shortNumber(x)}" y="${shortNumber(y)}" width="${shortNumber(width)}" height="${shortNumber(height)}"`;
  return (
    `<image ${place} preserveAspectRatio="none" href="data:image/png;base64,${png}"/>` +
    `<rect ${place} fill="none" stroke="${palette.line}"/>` +
    caption
      .map((line, i) => text(line, { x, y: y + side + 15 + i * lineHeight, size: 11, color: palette.muted }))
      .join('')
  );
}

function enlarged({ width, height, channels, data }: Image, factor: number): Image {
  const [wide, tall] = [width * factor, height * factor];
  const out = new Uint8Array(wide * tall * channels);
  const line = wide * channels;
  for (let y = 0; y < height; y++) {
    const first = y * factor * line;
    for (let x = 0; x < wide; x++) {
      const from = (y * width + Math.floor(x / factor)) * channels;
      out.set(data.subarray(from, from + channels), first + x * channels);
    }
    for (let k = 1; k < factor; k++) out.copyWithin(first + k * line, first, first + line);
  }
  return { width: wide, height: tall, channels, data: out };
}

/** A bar of all colors with the values of its ends. */
function scaleOf({ label, colors, range: [low, high] }: ColorBar, x: number, y: number): string {
  const steps = 64;
  const stripes = Array.from({ length: steps }, (_, i) => {
    const fill = hex(colors((i + 0.5) / steps));
    return `<rect x="${shortNumber(x + (i * barWidth) / steps)}" y="${shortNumber(y)}" width="${shortNumber(barWidth / steps + 0.3)}" height="10" fill="${fill}"/>`;
  });
  const style = { size: 11, color: palette.muted } as const;
  return (
    stripes.join('') +
    text(String(Number(low.toPrecision(3))), { x, y: y + 24, ...style }) +
    text(String(Number(high.toPrecision(3))), { x: x + barWidth, y: y + 24, anchor: 'end', ...style }) +
    text(label, { x: x + barWidth + 12, y: y + 9, ...style })
  );
}

function hex(rgb: readonly number[]): string {
  return `#${rgb
    .map((channel) =>
      Math.round(255 * channel)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}
