/** @file How a network's raw output becomes a score: four scalar functions of time. */
import type { Sde } from './sde.ts';

/** The score model s(x, t) = skip(t) x + out(t) F(inScale(t) x, label(t)) with the network F. */
export interface Parametrization {
  /** The name that people read; no code branches on it. */
  readonly kind: string;
  skip(t: number): number;
  out(t: number): number;
  inScale(t: number): number;
  /** What the network is told of the time. */
  label(t: number): number;
}

/** A parametrization that still lacks its SDE. */
export type ParametrizationOf = (sde: Sde) => Parametrization;
