/** @file Figures as SVG text: panels side by side, each with a frame, a title, a caption and layers of content. */
import { ShapeError, UnsupportedError } from '../base/errors.ts';
import { escapeXml, palette, short, text } from './svg-text.ts';

/** Where a layer draws: pixels of the panel's plot, from its upper left corner. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Ranges of the data. */
  readonly x: Range;
  readonly y: Range;
  /** Pixel of a data value; y grows upward in the data and downward in pixels. */
  readonly px: (x: number) => number;
  readonly py: (y: number) => number;
}

/** Lowest and highest value. */
export type Range = readonly [low: number, high: number];

/** Content of a panel: the SVG elements that it draws into a frame. */
export type Layer = (frame: Frame) => string;

/** One plot. */
export interface Panel {
  readonly x: Range;
  readonly y: Range;
  /** Drawn in order, clipped to the frame. */
  readonly layers: readonly Layer[];
  readonly title?: string;
  /** Text below, broken into lines. */
  readonly caption?: string;
  /** Whether numbers stand along the axes. */
  readonly ticks?: boolean;
  readonly legend?: readonly LegendEntry[];
}

/** A colour and what it stands for. */
export interface LegendEntry {
  readonly label: string;
  readonly color: string;
}

/** A whole figure. */
export interface Figure {
  readonly panels: readonly Panel[];
  readonly title?: string;
  readonly subtitle?: string;
  /** Panels per row; all in one row by default. */
  readonly columns?: number;
  /** Sides of each plot in pixels. */
  readonly panelWidth?: number;
  readonly panelHeight?: number;
}

const fonts = "Inter, 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, 'Noto Sans', 'DejaVu Sans', sans-serif";
const margin = 28;
const gap = 26;
const captionSize = 12;
const lineHeight = 17;
/** Width of an average character of a sans-serif font, in units of its size; on the wide side, so that lines fit. */
const characterWidth = 0.58;

/**
 * SVG text of a figure.
 * @throws ShapeError if there is no panel or a range is empty or not finite.
 */
export function figure(options: Figure): string {
  const { panels, title, subtitle, panelWidth = 280, panelHeight = panelWidth } = options;
  const columns = Math.max(1, Math.min(options.columns ?? panels.length, panels.length));
  if (panels.length === 0) throw new ShapeError('figure: expected at least one panel, got none');
  const ticks = panels.some((panel) => panel.ticks);
  const inset = ticks ? 30 : 0;
  const titleHeight = panels.some((panel) => panel.title !== undefined) ? 26 : 0;
  const captions = panels.map(({ caption = '' }) => wrap(caption, panelWidth));
  const captionHeight = Math.max(...captions.map((lines) => (lines.length > 0 ? 6 + lines.length * lineHeight : 0)));
  const headHeight = (title === undefined ? 0 : 30) + (subtitle === undefined ? 0 : 28);
  const cellWidth = inset + panelWidth + gap;
  const cellHeight = titleHeight + panelHeight + (ticks ? 22 : 0) + captionHeight + gap;
  const width = 2 * margin + columns * cellWidth - gap;
  const height = 2 * margin + headHeight + Math.ceil(panels.length / columns) * cellHeight - gap;

  const head =
    (title === undefined ? '' : text(title, { x: margin, y: margin + 16, size: 19, weight: 650 })) +
    (subtitle === undefined
      ? ''
      : text(subtitle, { x: margin, y: margin + headHeight - 20, size: 13, color: palette.muted }));
  const body = panels.map((panel, i) => {
    const left = margin + inset + (i % columns) * cellWidth;
    const top = margin + headHeight + Math.floor(i / columns) * cellHeight + titleHeight;
    const frame = frameOf(panel, panelWidth, panelHeight);
    const below = panelHeight + (ticks ? 22 : 0) + 6 + captionSize;
    const caption = (captions[i] ?? []).map((line, k) =>
      text(line, { x: 0, y: below + k * lineHeight, size: captionSize, color: palette.muted }),
    );
    return `<g transform="translate(${left} ${top})">${plot(panel, frame)}${caption.join('')}</g>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="${fonts}" role="img">${title === undefined ? '' : `<title>${escapeXml(title)}</title>`}` +
    `<rect width="${width}" height="${height}" fill="#ffffff"/>${head}${body.join('')}</svg>\n`
  );
}

/**
 * PNG file of an SVG text, with `scale` pixels per SVG pixel.
 * @throws UnsupportedError if the optional package sharp is not installed for this machine.
 */
export async function svgToPng(svg: string, { scale = 2 } = {}): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp').catch((cause: unknown) => {
    throw new UnsupportedError('PNG figures need the package sharp, which is not installed; run `npm install sharp`', {
      cause,
    });
  });
  // SVG pixels are those of 72 dots per inch here.
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .png()
    .toBuffer();
}

function frameOf({ x, y }: Panel, width: number, height: number): Frame {
  for (const [low, high] of [x, y])
    if (!(Number.isFinite(low) && Number.isFinite(high) && low < high))
      throw new ShapeError(`figure: expected a range from a lower to a higher number, got ${low} to ${high}`);
  return {
    width,
    height,
    x,
    y,
    px: (value) => ((value - x[0]) / (x[1] - x[0])) * width,
    py: (value) => ((y[1] - value) / (y[1] - y[0])) * height,
  };
}

function plot(panel: Panel, frame: Frame): string {
  const { width, height } = frame;
  const title = panel.title === undefined ? '' : text(panel.title, { x: 0, y: -11, size: 14, weight: 600 });
  // A nested svg clips by itself and needs no id, which would have to be unique in a page with several figures.
  const content = `<svg width="${width}" height="${height}">${panel.layers.map((layer) => layer(frame)).join('')}</svg>`;
  const border = `<rect width="${width}" height="${height}" fill="none" stroke="${palette.line}"/>`;
  return title + content + border + (panel.ticks ? axes(frame) : '') + legend(panel.legend ?? [], frame);
}

function axes({ width, height, x, y, px, py }: Frame): string {
  const style = { size: 11, color: palette.muted } as const;
  const marks = [
    ...tickValues(x, width).map((v) => `M${short(px(v))} ${height}v4`),
    ...tickValues(y, height).map((v) => `M0 ${short(py(v))}h-4`),
  ];
  return (
    `<path d="${marks.join('')}" stroke="${palette.line}"/>` +
    tickValues(x, width)
      .map((v) => text(tickLabel(v), { ...style, x: px(v), y: height + 17, anchor: 'middle' }))
      .join('') +
    tickValues(y, height)
      .map((v) => text(tickLabel(v), { ...style, x: -8, y: py(v) + 4, anchor: 'end' }))
      .join('')
  );
}

/** Round numbers in a range, about one per 60 pixels: multiples of 1, 2 or 5 times a power of ten. */
function tickValues([low, high]: Range, pixels: number): readonly number[] {
  const coarse = (high - low) / Math.max(1, pixels / 60);
  const power = 10 ** Math.floor(Math.log10(coarse));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= coarse) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}

function tickLabel(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '\u2212');
}

function legend(entries: readonly LegendEntry[], { width }: Frame): string {
  if (entries.length === 0) return '';
  const longest = Math.max(...entries.map(({ label }) => label.length));
  const boxWidth = longest * 11 * characterWidth + 34;
  const left = width - boxWidth - 8;
  const box =
    `<rect x="${short(left)}" y="8" width="${short(boxWidth)}" height="${entries.length * 17 + 9}" rx="4" ` +
    `fill="#ffffff" fill-opacity="0.86"/>`;
  const lines = entries.map(
    ({ label, color }, i) =>
      `<circle cx="${short(left + 13)}" cy="${21 + i * 17}" r="4" fill="${escapeXml(color)}"/>` +
      text(label, { x: left + 24, y: 25 + i * 17, size: 11 }),
  );
  return box + lines.join('');
}

function wrap(content: string, width: number): readonly string[] {
  const limit = Math.floor(width / (captionSize * characterWidth));
  const lines: string[] = [];
  for (const word of content.split(/\s+/).filter((w) => w !== '')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > limit) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
