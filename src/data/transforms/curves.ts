/** @file Transformations along smooth curves, each standardized behind it. */
import { alongCurve } from './transform.ts';

/** (value - mean) / std. */
export const affine = alongCurve({ name: 'affine', description: 'mean 0 and variance 1' }, () => ({
  at: (value) => value,
  inverse: (y) => y,
  logSlope: () => 0,
}));

/** log(1 + value): for amounts and counts with a long tail. */
export const log1p = alongCurve(
  {
    name: 'log1p',
    description: 'log(1 + x), for amounts of 0 or more',
    // Half of a step is added and taken away.
    refuses: ({ sorted: [least = 0], step }) =>
      least - step / 2 > -1 ? undefined : `numbers above -1 for log1p, found ${least}`,
  },
  () => ({ at: Math.log1p, inverse: Math.expm1, logSlope: (y) => -y }),
);

/** asinh(value / scale) with the median magnitude as scale: linear in the middle, a logarithm in both tails. */
export const asinh = alongCurve(
  { name: 'asinh', description: 'asinh(x / s), for numbers of both signs with long tails' },
  (scale) => ({
    at: (value) => Math.asinh(value / scale),
    inverse: (y) => scale * Math.sinh(y),
    // d asinh(v / s) / dv = 1 / (s cosh(asinh(v / s)))
    logSlope: (y) => -Math.log(scale * Math.cosh(y)),
  }),
  (sorted) => {
    const sizes = sorted.map(Math.abs).sort();
    return sizes[sizes.length >> 1] || sizes.at(-1) || 1;
  },
);

const mu = 255;

/**
 * sign(v) log(1 + mu |v| / m) / log(1 + mu) with the largest magnitude m: the companding of sound, exact near 0.
 * @see ITU-T G.711
 */
export const muLaw = alongCurve(
  { name: 'mu-law', description: 'the companding of sound, finest near 0' },
  (scale) => ({
    at: (value) => (Math.sign(value) * Math.log1p((mu * Math.abs(value)) / scale)) / Math.log1p(mu),
    inverse: (y) => (Math.sign(y) * scale * Math.expm1(Math.abs(y) * Math.log1p(mu))) / mu,
    logSlope: (y) => Math.log(mu / (scale * Math.log1p(mu))) - Math.abs(y) * Math.log1p(mu),
  }),
  (sorted) => Math.max(Math.abs(sorted[0] ?? 0), Math.abs(sorted.at(-1) ?? 0)) || 1,
);
