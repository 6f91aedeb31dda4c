/** @file Sets of points. */
import type { PointSet } from './set-kind.ts';

/** A set of points of its parts. */
export function setOfPoints(parts: Omit<PointSet, 'kind'>): PointSet {
  return { kind: 'points', ...parts };
}
