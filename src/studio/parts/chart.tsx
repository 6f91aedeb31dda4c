/** @file Lines over logarithmic or even axes, as SVG in the colors of the page. */
import type { JSX } from 'preact';

/** A line, or points. */
export interface Series {
  readonly name: string;
  /** x and y of each point. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** A class of the style sheet: its color. */
  readonly look: 'learned' | 'ink' | 'muted' | 'accent';
  readonly dots?: boolean;
  readonly dashed?: boolean;
}

/** An axis. */
export interface Axis {
  readonly label: string;
  readonly range: readonly [least: number, most: number];
  readonly log?: boolean;
  readonly ticks: readonly number[];
}

/** Properties of a chart. */
export interface ChartProps {
  /** What it shows, for screen readers and above it. */
  readonly title: string;
  readonly series: readonly Series[];
  readonly x: Axis;
  readonly y: Axis;
  /** Whether it stands under a picture and is as wide; it is half as wide by default. */
  readonly wide?: boolean;
}

const [narrow, broad, height] = [280, 600, 178];

function placeOn(
  { range: [least, most], log = false }: Axis,
  [from, to]: readonly [number, number],
): (value: number) => number {
  const map = log ? Math.log : (value: number) => value;
  return (value) => from + ((map(value) - map(least)) / (map(most) - map(least))) * (to - from);
}

/** A chart. What lies outside its axes is drawn at their end. */
export function Chart({ title, series, x, y, wide = false }: ChartProps): JSX.Element {
  const width = wide ? broad : narrow;
  const inner = { left: 44, right: width - 8, top: 8, bottom: height - 34 };
  const [atX, atY] = [placeOn(x, [inner.left, inner.right]), placeOn(y, [inner.bottom, inner.top])];
  const within = (value: number, { range: [least, most] }: Axis): number => Math.min(most, Math.max(least, value));
  const at = ([px, py]: readonly [number, number]): string =>
    `${atX(within(px, x)).toFixed(1)},${atY(within(py, y)).toFixed(1)}`;
  return (
    <figure class="chart">
      <figcaption>
        {title}
        {series.map(({ name, look, dashed = false }) => (
          <span key={name}>
            <i class={`swatch ${look}${dashed ? ' dashed' : ''}`} aria-hidden="true" />
            {name}
          </span>
        ))}
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${title}: ${series.map(({ name }) => name).join(', ')}`}
      >
        {y.ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={inner.left} x2={inner.right} y1={atY(tick)} y2={atY(tick)} />
            <text x={inner.left - 6} y={atY(tick) + 4} text-anchor="end">
              {tick}
            </text>
          </g>
        ))}
        {x.ticks.map((tick) => (
          <text key={tick} x={atX(tick)} y={inner.bottom + 15} text-anchor="middle">
            {tick}
          </text>
        ))}
        <text class="name" x={(inner.left + inner.right) / 2} y={height - 4} text-anchor="middle">
          {x.label}
        </text>
        {series.map(({ name, points, look, dots = false, dashed = false }) => (
          <g key={name} class={look}>
            {points.length > 1 && <polyline class={dashed ? 'dashed' : ''} points={points.map(at).join(' ')} />}
            {dots &&
              points.map((point, i) => (
                <circle key={i} cx={atX(within(point[0], x))} cy={atY(within(point[1], y))} r={2.6} />
              ))}
          </g>
        ))}
      </svg>
    </figure>
  );
}
