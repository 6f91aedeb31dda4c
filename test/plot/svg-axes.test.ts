import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import { axes, type AxisOptions } from '../../src/plot/svg-axes.ts';
import { frameOf, type FrameOptions } from '../../src/plot/svg-frame.ts';
import { figure, type Panel } from '../../src/plot/svg.ts';

/** Numbers along both axes of a plot of 300 by 200 pixels. */
function numbers(options: FrameOptions & AxisOptions): {
  readonly x: readonly string[];
  readonly y: readonly string[];
} {
  const svg = axes(frameOf(options, 300, 200), options);
  const found = (anchor: string): string[] =>
    [...svg.matchAll(new RegExp(`text-anchor="${anchor}">([^<]*)<`, 'g'))].map((match) => match[1]!);
  return { x: found('middle'), y: found('end') };
}

describe('a logarithmic axis', () => {
  it('has its decades at equal distances', () => {
    const { px, py } = frameOf({ x: [0.01, 100], y: [1, 16], xScale: 'log', yScale: 'log' }, 400, 80);
    const tens = [0.01, 0.1, 1, 10, 100].map(px);
    tens.forEach((pixel, i) => expect(pixel).toBeCloseTo(100 * i, 9));
    [1, 2, 4, 8, 16].forEach((value, i) => expect(py(value)).toBeCloseTo(80 - 20 * i, 9));
    // Nothing at or below zero is near the plot.
    expect(px(0)).toBeLessThan(-400);
    expect(px(-1)).toBeLessThan(-400);
  });

  it('has marks at powers of ten, with 2 and 5 where there are few', () => {
    const plain = { x: [0.01, 100], y: [1, 10], xScale: 'log', yScale: 'log' } as const;
    expect(numbers(plain)).toEqual({ x: ['0.01', '0.1', '1', '10', '100'], y: ['1', '2', '5', '10'] });
    expect(numbers({ ...plain, x: [1e-5, 0.2] }).x).toEqual(['10⁻⁵', '10⁻⁴', '10⁻³', '10⁻²', '10⁻¹']);
    expect(numbers({ ...plain, x: [1e5, 3e6] }).x).toEqual(['10⁵', '2·10⁵', '5·10⁵', '10⁶', '2·10⁶']);
  });

  it('leaves out powers where they would touch', () => {
    const { x } = numbers({ x: [1e-20, 1e20], y: [0, 1], xScale: 'log' });
    expect(x.length).toBeLessThanOrEqual(300 / 26 + 1);
    expect(x).toContain('10⁰');
  });

  it('refuses a range that reaches zero', () => {
    expect(() => frameOf({ x: [0, 1], y: [0, 1], xScale: 'log' }, 1, 1)).toThrow(ShapeError);
    expect(() => frameOf({ x: [0, 1], y: [0, 1] }, 1, 1)).not.toThrow();
  });
});

describe('labels', () => {
  const panel: Panel = { x: [0, 1], y: [0, 1], layers: [], ticks: true };
  const size = (panels: readonly Panel[], columns = panels.length): readonly [number, number] => {
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(figure({ panels, columns })) ?? [];
    return [Number(width), Number(height)];
  };

  it('stand in place of numbers where a panel names its own', () => {
    const xTicks = [{ value: 0.5, label: 'half' }];
    expect(numbers({ ...panel, xTicks, xLabel: 'part (%)' }).x).toEqual(['half', 'part (%)']);
  });

  it('widen only their own column and row', () => {
    const [width, height] = size([panel, panel]);
    expect(size([{ ...panel, yLabel: 'y' }, panel])).toEqual([width + 20, height]);
    expect(size([{ ...panel, xLabel: 'x' }, panel])).toEqual([width, height + 18]);
    const [, twoRows] = size([panel, panel], 1);
    expect(size([{ ...panel, title: 'first' }, panel], 1)[1]).toBe(twoRows + 26);
  });

  it('have the room that the longest number needs', () => {
    const [width] = size([panel]);
    const [wide] = size([{ ...panel, y: [0, 1e-5] }]);
    expect(wide).toBeGreaterThan(width + 10);
  });
});

describe('legend', () => {
  it.each([
    ['top-left', 8, 8],
    ['top-right', 300 - 8, 8],
    ['bottom-left', 8, 200 - 8],
    ['bottom-right', 300 - 8, 200 - 8],
  ] as const)('stands in the %s corner', (legendAt, x, y) => {
    const svg = figure({
      panels: [{ x: [0, 1], y: [0, 1], layers: [], legend: [{ label: 'one', color: '#000000' }], legendAt }],
      panelWidth: 300,
      panelHeight: 200,
    });
    const [, left, top, width, height] = /<rect x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)" rx/.exec(svg) ?? [];
    const corner = [
      legendAt.endsWith('left') ? Number(left) : Number(left) + Number(width),
      legendAt.startsWith('top') ? Number(top) : Number(top) + Number(height),
    ];
    // Coordinates are written with two digits.
    expect(corner[0]).toBeCloseTo(x, 1);
    expect(corner[1]).toBeCloseTo(y, 1);
  });
});
