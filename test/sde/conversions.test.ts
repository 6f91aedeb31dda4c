/** @file What a network predicts, and what its squared error weighs: one denoiser and one loss under many names. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import {
  dataPrediction,
  directScore,
  edmParametrization,
  epsilon,
  velocity,
  vPrediction,
  type ParametrizationOf,
} from '../../src/sde/learning/parametrization.ts';
import { rectifiedFlow } from '../../src/sde/processes/rectified-flow.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import {
  dataWeighting,
  edmWeighting,
  flowMatchingWeighting,
  minSnrWeighting,
  sigmaSquaredWeighting,
  truncatedSnrWeighting,
  vWeighting,
  type Weighting,
} from '../../src/sde/learning/weighting.ts';
import { everySde } from './all.ts';

const sigmaData = 0.7;

/** x_t = alpha x0 + sigma z at a time, with the rates of alpha and sigma. */
interface Place {
  readonly sde: Sde;
  readonly t: number;
  readonly x0: number;
  readonly z: number;
  readonly x: number;
  readonly alpha: number;
  readonly sigma: number;
  readonly alphaRate: number;
  readonly sigmaRate: number;
}

/** Central difference of fourth order; its error of h^4 and that of rounding over h are about 1e-9. */
function rate(values: (t: number) => number, t: number, h: number): number {
  return (8 * (values(t + h) - values(t - h)) - (values(t + 2 * h) - values(t - 2 * h))) / (12 * h);
}

/** Places at times that are no levels, away from the poles of the coefficients' higher derivatives. */
function places(sde: Sde): readonly Place[] {
  const parts = [0.0123, 0.0517, 0.1371, 0.3139, 0.5281, 0.7717, 0.9327, 0.9813];
  const [data, noise] = [normal(key(1), parts.length), normal(key(2), parts.length)];
  return parts.map((part, i) => {
    const t = sde.tMin + part * (sde.tMax - sde.tMin);
    const h = 1e-4 * Math.min(t - sde.tMin, sde.tMax - t);
    const [alpha, sigma] = [sde.alpha(t), sde.sigma(t)];
    const [x0, z] = [data[i]!, noise[i]!];
    const alphaRate = rate((u) => sde.alpha(u), t, h);
    const sigmaRate = rate((u) => sde.sigma(u), t, h);
    return { sde, t, x0, z, x: alpha * x0 + sigma * z, alpha, sigma, alphaRate, sigmaRate };
  });
}

interface Prediction {
  readonly name: string;
  readonly of: ParametrizationOf;
  /** What the network has to answer, as the papers have it. */
  readonly target: (place: Place) => number;
  /** The weighting under which the loss is the squared error of that answer. */
  readonly weighting: (sde: Sde) => Weighting;
}

const rho = ({ alpha, sigma }: Place): number => Math.hypot(alpha, sigma);

const predictions: readonly Prediction[] = [
  { name: 'the noise', of: epsilon(), target: ({ z }) => z, weighting: sigmaSquaredWeighting },
  { name: 'the data', of: dataPrediction(), target: ({ x0 }) => x0, weighting: (sde) => dataWeighting(sde) },
  {
    name: 'v',
    of: vPrediction(),
    target: (place) => (place.alpha * place.z - place.sigma * place.x0) / rho(place),
    weighting: vWeighting,
  },
  {
    name: 'the velocity',
    of: velocity(),
    target: ({ alphaRate, sigmaRate, x0, z }) => alphaRate * x0 + sigmaRate * z,
    weighting: flowMatchingWeighting,
  },
  {
    name: 'the score',
    of: directScore({ scaleBySigma: false }),
    target: ({ z, sigma }) => -z / sigma,
    weighting: () => () => 1,
  },
  { name: 'the score times sigma', of: directScore(), target: ({ z }) => -z, weighting: sigmaSquaredWeighting },
  {
    name: "EDM's output",
    of: edmParametrization({ sigmaData }),
    // (x0 - cSkip y) / cOut with y = x / alpha.
    target: ({ x0, x, alpha, sigma }) => {
      const [y, r] = [x / alpha, sigma / alpha];
      return ((x0 - (sigmaData ** 2 / (r ** 2 + sigmaData ** 2)) * y) * Math.hypot(r, sigmaData)) / (r * sigmaData);
    },
    weighting: (sde) => edmWeighting(sde, { sigmaData }),
  },
];

describe.each(everySde)('under $kind', (sde) => {
  it.each(predictions)('a network that predicts $name has the score of its answer', ({ of, target }) => {
    const p = of(sde);
    for (const place of places(sde)) {
      const { t, x, z, sigma } = place;
      // sigma s = -z, in which terms of the size of x, and of x / sigma where s is made of data, cancel.
      const scale = 1 + Math.abs(sigma * p.skip(t) * x);
      const score = p.skip(t) * x + p.out(t) * target(place);
      expect(Math.abs(sigma * score + z) / scale).toBeLessThan(1e-7);
    }
  });

  it.each(predictions)(
    'the squared error of a network that predicts $name is the loss of its weights',
    ({ of, weighting }) => {
      const p = of(sde);
      for (const { t } of places(sde)) expect(weighting(sde)(t) * p.out(t) ** 2).toBeCloseTo(1, 10);
    },
  );

  it('every squared error is one loss of the score with the weights of its name', () => {
    for (const place of places(sde)) {
      const { t, x, x0, z, alpha, sigma, alphaRate, sigmaRate } = place;
      const snr = (alpha / sigma) ** 2;
      // A score that is wrong by a tenth of its noise.
      const gap = 0.1 / sigma;
      const s = -z / sigma + gap;
      const denoised = (x + sigma ** 2 * s) / alpha;
      const noise = -sigma * s;
      const errors = {
        epsilon: noise - z,
        x0: denoised - x0,
        v: (alpha * (noise - z) - sigma * (denoised - x0)) / rho(place),
        velocity: alphaRate * (denoised - x0) + sigmaRate * (noise - z),
      };
      const loss = (weighting: Weighting): number => weighting(t) * gap ** 2;
      const pairs = [
        [loss(sigmaSquaredWeighting(sde)), errors.epsilon ** 2],
        [loss(sigmaSquaredWeighting(sde)), snr * errors.x0 ** 2],
        [loss(dataWeighting(sde)), errors.x0 ** 2],
        [loss(dataWeighting(sde, (r) => r ** 1.5)), snr ** 1.5 * errors.x0 ** 2],
        [loss(vWeighting(sde)), errors.v ** 2],
        [loss(vWeighting(sde)), (1 + snr) * errors.x0 ** 2],
        [loss(flowMatchingWeighting(sde)), errors.velocity ** 2],
        [loss(minSnrWeighting(sde)), Math.min(snr, 5) * errors.x0 ** 2],
        [loss(minSnrWeighting(sde, { gamma: 2 })), Math.min(1, 2 / snr) * errors.epsilon ** 2],
        [loss(minSnrWeighting(sde)), (Math.min(snr, 5) / (snr + 1)) * errors.v ** 2],
        [loss(truncatedSnrWeighting(sde)), Math.max(errors.epsilon ** 2, errors.x0 ** 2)],
      ] as const;
      // The errors are differences of numbers up to x / alpha, 1e4 times their size.
      for (const [actual, expected] of pairs) expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-6);
    }
  });

  it('v is the output of EDM for data of unit variance, negated', () => {
    const [v, edm] = [vPrediction()(sde), edmParametrization({ sigmaData: 1 })(sde)];
    for (const { t } of places(sde)) {
      expect(v.skip(t) / edm.skip(t)).toBeCloseTo(1, 12);
      expect(v.out(t) / edm.out(t)).toBeCloseTo(-1, 12);
      expect(v.inScale(t) / edm.inScale(t)).toBeCloseTo(1, 12);
      expect(vWeighting(sde)(t) / edmWeighting(sde, { sigmaData: 1 })(t)).toBeCloseTo(1, 12);
    }
  });
});

it('the velocity of rectified flow is z - x0, whatever the time', () => {
  const p = velocity()(rectifiedFlow());
  for (const t of [1e-5, 0.2, 0.5, 0.995]) {
    const [x0, z] = [0.8, -1.3];
    const x = (1 - t) * x0 + t * z;
    expect((-z / t - p.skip(t) * x) / p.out(t)).toBeCloseTo(z - x0, 9);
    expect(flowMatchingWeighting(rectifiedFlow())(t) / (t / (1 - t)) ** 2).toBeCloseTo(1, 12);
  }
});

it('a variance-preserving process gives its state to the network as it is', () => {
  for (const t of [1e-5, 0.3, 1]) expect(vPrediction()(vp()).inScale(t)).toBeCloseTo(1, 14);
});

it('labels are times in the units that are asked for', () => {
  for (const of of [dataPrediction, vPrediction, velocity]) {
    expect(of()(vp()).label(0.5)).toBe(499.5);
    expect(of({ timeScale: 1 })(vp()).label(0.5)).toBe(0.5);
    expect(() => of({ timeScale: -1 })).toThrow(ConfigError);
  }
  expect(() => minSnrWeighting(vp(), { gamma: 0 })).toThrow(ConfigError);
});
