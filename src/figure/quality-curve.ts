/** @file A distance against evaluations, as a line through measurements with their errors. */
import { errorBars } from '../plot/svg-plots.ts';
import { points, polyline } from '../plot/svg-layers.ts';
import type { AxisRange, Layer } from '../plot/svg.ts';

/** One measurement. */
export interface QualityPoint {
  readonly nfe: number;
  readonly distance: number;
  readonly standardError: number;
}

/**
 * The layers of a curve.
 * @param lowest - end of a logarithmic axis, which no error reaches below
 */
export function qualityCurve(measured: readonly QualityPoint[], color: string, [lowest]: AxisRange): readonly Layer[] {
  const through = measured.flatMap(({ nfe, distance }) => [nfe, distance]);
  const errors = measured.map(({ nfe, distance, standardError }) => ({
    x: nfe,
    low: Math.max(lowest, distance - standardError),
    high: distance + standardError,
  }));
  return [
    errorBars(errors, { color, width: 0.8 }),
    polyline(through, { color, width: 1.8 }),
    points(through, { color, radius: 2.8, opacity: 1 }),
  ];
}
