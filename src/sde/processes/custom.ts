/** @file An SDE of the user's own, checked against the two laws that the rest of the library relies on. */
import { checkOptions, positive, type Rule } from '../../base/check.ts';
import type { Sde } from '../sde.ts';
import { timeRules } from '../time/times.ts';

/** What `custom` needs: the four functions of an `Sde`, and its times. */
export interface CustomOptions extends Pick<Sde, 'alpha' | 'sigma' | 'f' | 'g' | 'tMin' | 'grid'> {
  /** Name of the process. Default custom. */
  readonly kind?: string;
  /** Time at which sampling ends; `tMin` by default. */
  readonly tEnd?: number;
  /** Time of the prior, above tEnd; 1 by default. */
  readonly tMax?: number;
  /** Standard deviation of the prior; sigma(tMax) by default. */
  readonly priorStd?: number;
}

/** Relative error that the laws may have: far above that of the differences, far below that of a wrong formula. */
const tolerance = 1e-4;
const points = 64;

/**
 * The user's affine SDE.
 * @throws ConfigError unless 0 < tMin <= tEnd < tMax, alpha and sigma are positive, sigma / alpha grows, and at
 * 64 times f = d log(alpha) / dt and g^2 = d(sigma^2) / dt - 2 f sigma^2 to a relative error of 1e-4.
 * @example
 * ```ts
 * import { custom } from 'scorefield';
 *
 * const linear = custom({ alpha: () => 1, sigma: (t) => 10 * t, f: () => 0, g: (t) => 10 * Math.sqrt(2 * t), tMin: 1e-3 });
 * console.log(linear.priorStd); // 10
 * ```
 */
export function custom(options: CustomOptions): Sde {
  const { kind = 'custom', alpha, sigma, f, g, tMin, tEnd = tMin, tMax = 1 } = options;
  checkOptions(...timeRules({ tMin, tEnd, tMax }));
  const priorStd = options.priorStd ?? sigma(tMax);
  const sde: Sde = Object.freeze({
    kind,
    tMin,
    tEnd,
    tMax,
    priorStd,
    alpha,
    sigma,
    f,
    g,
    ...(options.grid === undefined ? {} : { grid: options.grid }),
  });
  checkOptions(positive('priorStd', priorStd), ...laws(sde));
  return sde;
}

/** The first time at which each property fails, as rules. */
function laws(sde: Sde): readonly Rule[] {
  const times = Array.from({ length: points }, (_, i) => sde.tMin + ((i + 0.5) / points) * (sde.tMax - sde.tMin));
  const failsAt = (path: string, law: string, holds: (t: number) => boolean): Rule => {
    const t = times.find((time) => !holds(time));
    return [t === undefined, path, `expected ${law}, which fails at t = ${t ?? ''}`];
  };
  const difference = (values: (t: number) => number, t: number): number => derivative(values, t, stepAt(sde, t));
  return [
    failsAt('alpha', 'a positive number', (t) => sde.alpha(t) > 0),
    failsAt('sigma', 'a positive number', (t) => sde.sigma(t) > 0),
    failsAt('sigma', 'sigma / alpha to grow', (t) => difference((u) => sde.sigma(u) / sde.alpha(u), t) > 0),
    failsAt('f', 'f = d log(alpha) / dt', (t) => {
      const slope = difference((u) => Math.log(sde.alpha(u)), t);
      return close(sde.f(t), slope, Math.abs(slope) + 1 / (sde.tMax - sde.tMin));
    }),
    failsAt('g', 'g^2 = d(sigma^2) / dt - 2 f sigma^2', (t) => {
      const slope = difference((u) => sde.sigma(u) ** 2, t);
      const damping = -2 * sde.f(t) * sde.sigma(t) ** 2;
      return close(sde.g(t) ** 2, slope + damping, Math.abs(slope) + Math.abs(damping));
    }),
  ];
}

function close(actual: number, expected: number, scale: number): boolean {
  return Math.abs(actual - expected) <= tolerance * scale;
}

/** A step that stays within [tMin, tMax] and is small beside t, near which the coefficients may change quickly. */
function stepAt(sde: Sde, t: number): number {
  return 1e-3 * Math.min(t - sde.tMin, sde.tMax - t);
}

/** Central difference of fourth order. */
function derivative(values: (t: number) => number, t: number, h: number): number {
  return (8 * (values(t + h) - values(t - h)) - (values(t + 2 * h) - values(t - 2 * h))) / (12 * h);
}
