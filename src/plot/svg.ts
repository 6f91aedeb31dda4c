/** @file Figures as SVG text: panels side by side, each with a frame, a title, a caption and layers of content. */
import { ShapeError } from '../base/errors.ts';
import { axes, axisSpace, type AxisOptions } from './svg-axes.ts';
import { frameOf, type Frame, type Layer, type AxisRange } from './svg-frame.ts';
import { characterWidth, escapeXml, palette, shortNumber, text } from './svg-text.ts';

export type { Layer, AxisRange } from './svg-frame.ts';

/** One plot. */
export interface Panel extends AxisOptions {
  readonly x: AxisRange;
  readonly y: AxisRange;
  /** Drawn in order, clipped to the frame. */
  readonly layers: readonly Layer[];
  readonly title?: string;
  /** Text below, broken into lines. */
  readonly caption?: string;
  /** Whether numbers stand along the axes. */
  readonly ticks?: boolean;
  readonly legend?: readonly LegendEntry[];
  /** Corner of the legend; the upper right one by default. */
  readonly legendAt?: 'top-right' | 'top-left' | 'bottom-right' | 'bottom-left';
}

/** A color and what it stands for. */
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

/** Fonts of the text of pictures. */
export const fonts = "Inter, 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, 'Noto Sans', 'DejaVu Sans', sans-serif";
const margin = 28;
const gap = 26;
const captionSize = 12;
const lineHeight = 17;

/**
 * SVG text of a figure.
 * @throws ShapeError if there is no panel or a range is empty, not finite, or not above zero on a logarithmic axis.
 */
export function figure(options: Figure): string {
  const { panels, title, subtitle, panelWidth = 280, panelHeight = panelWidth } = options;
  const columns = Math.max(1, Math.min(options.columns ?? panels.length, panels.length));
  if (panels.length === 0) throw new ShapeError('figure: expected at least one panel, got none');
  const plots = panels.map((panel, i) => {
    const frame = frameOf(panel, panelWidth, panelHeight);
    const { left, below } = panel.ticks ? axisSpace(frame, panel) : { left: 0, below: 0 };
    const lines = wrap(panel.caption ?? '', panelWidth);
    const above = panel.title === undefined ? 0 : 26;
    const under = below + (lines.length > 0 ? 6 + lines.length * lineHeight : 0);
    return { panel, frame, lines, row: Math.floor(i / columns), column: i % columns, left, below, above, under };
  });
  const largest = (
    of: 'left' | 'below' | 'above' | 'under',
    where: Partial<Record<'row' | 'column', number>>,
  ): number =>
    Math.max(
      ...plots
        .filter(({ row, column }) => (where.row ?? row) === row && (where.column ?? column) === column)
        .map((one) => one[of]),
    );
  const headHeight = (title === undefined ? 0 : 30) + (subtitle === undefined ? 0 : 28);
  const lefts = runningSums(columns, (column) => largest('left', { column }) + panelWidth + gap);
  const tops = runningSums(
    Math.ceil(panels.length / columns),
    (row) => largest('above', { row }) + panelHeight + largest('under', { row }) + gap,
  );
  const width = 2 * margin + (lefts.at(-1) ?? 0) - gap;
  const height = 2 * margin + headHeight + (tops.at(-1) ?? 0) - gap;

  const head =
    (title === undefined ? '' : text(title, { x: margin, y: margin + 16, size: 19, weight: 650 })) +
    (subtitle === undefined
      ? ''
      : text(subtitle, { x: margin, y: margin + headHeight - 20, size: 13, color: palette.muted }));
  const body = plots.map(({ panel, frame, lines, row, column }) => {
    const left = margin + (lefts[column] ?? 0) + largest('left', { column });
    const top = margin + headHeight + (tops[row] ?? 0) + largest('above', { row });
    const below = panelHeight + largest('below', { row }) + 6 + captionSize;
    const caption = lines.map((line, k) =>
      text(line, { x: 0, y: below + k * lineHeight, size: captionSize, color: palette.muted }),
    );
    return `<g transform="translate(${shortNumber(left)} ${shortNumber(top)})">${plot(panel, frame)}${caption.join('')}</g>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${shortNumber(width)}" height="${shortNumber(height)}" viewBox="0 0 ${shortNumber(width)} ${shortNumber(height)}" ` +
    `font-family="${fonts}" role="img">${title === undefined ? '' : `<title>${escapeXml(title)}</title>`}` +
    `<rect width="${shortNumber(width)}" height="${shortNumber(height)}" fill="#ffffff"/>${head}${body.join('')}</svg>\n`
  );
}

function plot(panel: Panel, frame: Frame): string {
  const { width, height } = frame;
  const title = panel.title === undefined ? '' : text(panel.title, { x: 0, y: -11, size: 14, weight: 600 });
  // A nested svg clips by itself and needs no id, which would have to be unique in a page with several figures.
  const content = `<svg width="${width}" height="${height}">${panel.layers.map((layer) => layer(frame)).join('')}</svg>`;
  const border = `<rect width="${width}" height="${height}" fill="none" stroke="${palette.line}"/>`;
  return title + content + border + (panel.ticks ? axes(frame, panel) : '') + legend(panel, frame);
}

function legend({ legend: entries = [], legendAt = 'top-right' }: Panel, { width, height }: Frame): string {
  if (entries.length === 0) return '';
  const longest = Math.max(...entries.map(({ label }) => label.length));
  const [boxWidth, boxHeight] = [longest * 11 * characterWidth + 34, entries.length * 17 + 9];
  const left = legendAt.endsWith('left') ? 8 : width - boxWidth - 8;
  const top = legendAt.startsWith('top') ? 8 : height - boxHeight - 8;
  const box =
    `<rect x="${shortNumber(left)}" y="${shortNumber(top)}" width="${shortNumber(boxWidth)}" height="${boxHeight}" rx="4" ` +
    `fill="#ffffff" fill-opacity="0.86"/>`;
  const lines = entries.map(
    ({ label, color }, i) =>
      `<circle cx="${shortNumber(left + 13)}" cy="${shortNumber(top + 13 + i * 17)}" r="4" fill="${escapeXml(color)}"/>` +
      text(label, { x: left + 24, y: top + 17 + i * 17, size: 11 }),
  );
  return box + lines.join('');
}

/** 0, then the sums of the first, the first two, ... of n sizes. */
function runningSums(n: number, size: (i: number) => number): readonly number[] {
  const sums = [0];
  for (let i = 0; i < n; i++) sums.push((sums[i] ?? 0) + size(i));
  return sums;
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
