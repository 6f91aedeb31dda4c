/** @file Axes of a plot: marks at round numbers, their labels, and what the axis measures. */
import type { Frame, AxisRange, Scale } from './svg-frame.ts';
import { characterWidth, palette, shortNumber, text } from './svg-text.ts';

/** What stands along the axes. */
export interface AxisOptions {
  /** What the axis measures, with its unit in parentheses. */
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly xScale?: Scale;
  readonly yScale?: Scale;
  /** Labels at values of the x axis in place of round numbers, for kinds of things. */
  readonly xTicks?: readonly Tick[];
  /** The same for the y axis; none leaves it bare. */
  readonly yTicks?: readonly Tick[];
}

/** A mark on an axis. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

const size = 11;
const labelSize = 12;
const markLength = 4;
/** From the axis to the baseline of the numbers below it. */
const numbersBelow = 17;

/** Pixels that an axis needs left of and below the plot. */
export function axisSpace(frame: Frame, options: AxisOptions): { readonly left: number; readonly below: number } {
  const longest = Math.max(0, ...yTicks(frame, options).map(({ label }) => label.length));
  return {
    left: Math.round(Math.max(30, 14 + longest * size * characterWidth)) + (options.yLabel === undefined ? 0 : 20),
    below: 22 + (options.xLabel === undefined ? 0 : 18),
  };
}

/** Marks, numbers and labels of both axes. */
export function axes(frame: Frame, options: AxisOptions): string {
  const { width, height, px, py } = frame;
  const style = { size, color: palette.muted } as const;
  const across = options.xTicks ?? ticks(options.xScale, frame.x, width);
  const up = yTicks(frame, options);
  const marks = [
    ...across.map(({ value }) => `M${shortNumber(px(value))} ${height}v${markLength}`),
    ...up.map(({ value }) => `M0 ${shortNumber(py(value))}h-${markLength}`),
  ];
  const { left } = axisSpace(frame, options);
  return (
    `<path d="${marks.join('')}" stroke="${palette.line}"/>` +
    across
      .map(({ value, label }) => text(label, { ...style, x: px(value), y: height + numbersBelow, anchor: 'middle' }))
      .join('') +
    up.map(({ value, label }) => text(label, { ...style, x: -8, y: py(value) + 4, anchor: 'end' })).join('') +
    (options.xLabel === undefined
      ? ''
      : text(options.xLabel, {
          x: width / 2,
          y: height + 36,
          size: labelSize,
          color: palette.muted,
          anchor: 'middle',
        })) +
    (options.yLabel === undefined
      ? ''
      : `<g transform="translate(${shortNumber(12 - left)} ${shortNumber(height / 2)}) rotate(-90)">` +
        `${text(options.yLabel, { x: 0, y: 0, size: labelSize, color: palette.muted, anchor: 'middle' })}</g>`)
  );
}

function yTicks({ y, height }: Frame, options: AxisOptions): readonly Tick[] {
  return options.yTicks ?? ticks(options.yScale, y, height);
}

function ticks(scale: Scale = 'linear', range: AxisRange, pixels: number): readonly Tick[] {
  return scale === 'log' ? logTicks(range, pixels) : linearTicks(range, pixels);
}

/** Round numbers in a range, about one per 60 pixels: multiples of 1, 2 or 5 times a power of ten. */
function linearTicks([low, high]: AxisRange, pixels: number): readonly Tick[] {
  const coarse = (high - low) / Math.max(1, pixels / 60);
  const power = 10 ** Math.floor(Math.log10(coarse));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= coarse) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step).map((value) => ({ value, label: plain(value) }));
}

/** Powers of ten in a range, at most one per 26 pixels; with 2 and 5 between them where a range has fewer than three. */
function logTicks([low, high]: AxisRange, pixels: number): readonly Tick[] {
  const decades = Math.log10(high / low);
  const [first, last] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  const every = Math.max(1, Math.ceil((26 * decades) / pixels));
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((power) => power % every === 0);
  const values = powers.flatMap((power) => (decades < 3 ? [1, 2, 5] : [1]).map((factor) => factor * 10 ** power));
  const inside = values.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  const readable = inside.every((value) => value >= 1e-3 && value < 1e5);
  return inside.map((value) => ({ value, label: readable ? plain(value) : asPower(value) }));
}

function plain(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '\u2212');
}

/** 10 to a power, such as 10⁻³ or 2·10⁴. */
function asPower(value: number): string {
  const power = Math.floor(Math.log10(value) + 1e-9);
  const factor = Math.round(value / 10 ** power);
  const raised = String(power).replaceAll(/[-\d]/g, (sign) => superscripts[sign] ?? sign);
  return `${factor === 1 ? '' : `${factor}\u00b7`}10${raised}`;
}

const superscripts: Readonly<Record<string, string>> = {
  '-': '\u207b',
  ...Object.fromEntries(
    ['\u2070', '\u00b9', '\u00b2', '\u00b3', '\u2074', '\u2075', '\u2076', '\u2077', '\u2078', '\u2079'].entries(),
  ),
};
