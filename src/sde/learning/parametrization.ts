/** @file How a network's raw output becomes a score: four scalar functions of time. */
import { checkOptions, positive } from '../../base/check.ts';
import { noiseLevel, noiseRatio } from '../time/noise-ratio.ts';
import type { Sde } from '../sde.ts';

/** The score model s(x, t) = skip(t) x + out(t) F(inScale(t) x, label(t)) with the network F. */
export interface Parametrization {
  /** The name that people read; no code branches on it. */
  readonly kind: string;
  skip(t: number): number;
  out(t: number): number;
  inScale(t: number): number;
  /** The network's input of the time. */
  label(t: number): number;
}

/** A parametrization that still lacks its SDE. */
export type ParametrizationOf = (sde: Sde) => Parametrization;

/**
 * The network predicts the noise z of x_t = alpha x_0 + sigma z: s = -F(x, timeScale t) / sigma.
 * @param options - `timeScale` multiplies the time; default 999, which gives the labels of DDPM's 1000 steps at t = i / 999
 * @throws ConfigError unless timeScale > 0.
 * @see Ho et al. 2020, eq. 11 and 12
 */
export function epsilon({ timeScale = 999 }: { readonly timeScale?: number } = {}): ParametrizationOf {
  checkOptions(positive('timeScale', timeScale));
  return (sde) =>
    Object.freeze({
      kind: 'epsilon',
      skip: () => 0,
      out: (t: number) => -1 / sde.sigma(t),
      inScale: () => 1,
      label: (t: number) => timeScale * t,
    });
}

/**
 * The network predicts the noise, and is given the noise level itself in place of a step, levelScale alpha / sqrt(alpha^2 + sigma^2): one that was trained at all levels is sampled by any schedule.
 * @param options - `levelScale`: label of no noise; default 5000, for sinusoidal features
 * @throws ConfigError unless levelScale > 0.
 * @see Chen et al. 2021, "WaveGrad: estimating gradients for waveform generation", section 2.2
 */
export function epsilonOfLevel({ levelScale = 5000 }: { readonly levelScale?: number } = {}): ParametrizationOf {
  checkOptions(positive('levelScale', levelScale));
  return (sde) =>
    Object.freeze({
      ...epsilon()(sde),
      kind: 'noise-level',
      label: (t: number) => levelScale * noiseLevel(sde, t),
    });
}

/**
 * The network predicts the data: s = (alpha F(x, timeScale t) - x) / sigma^2.
 * @throws ConfigError unless timeScale > 0.
 * @see Salimans and Ho 2022, "Progressive distillation for fast sampling of diffusion models", section 4
 */
export function dataPrediction({ timeScale = 999 }: { readonly timeScale?: number } = {}): ParametrizationOf {
  checkOptions(positive('timeScale', timeScale));
  return (sde) =>
    Object.freeze({
      kind: 'x0',
      skip: (t: number) => -1 / sde.sigma(t) ** 2,
      out: (t: number) => sde.alpha(t) / sde.sigma(t) ** 2,
      inScale: () => 1,
      label: (t: number) => timeScale * t,
    });
}

/**
 * The network predicts v = (alpha z - sigma x_0) / rho with rho^2 = alpha^2 + sigma^2, the derivative of x / rho with
 * respect to the angle arctan(sigma / alpha): s = -x / rho^2 - alpha F(x / rho, timeScale t) / (sigma rho). In a
 * variance-preserving process rho = 1; in every one F is that of EDM's preconditioning for sigmaData = 1, negated.
 * @throws ConfigError unless timeScale > 0.
 * @see Salimans and Ho 2022, section 4 and appendix D
 */
export function vPrediction({ timeScale = 999 }: { readonly timeScale?: number } = {}): ParametrizationOf {
  checkOptions(positive('timeScale', timeScale));
  return (sde) => {
    const rho = (t: number): number => Math.hypot(sde.alpha(t), sde.sigma(t));
    return Object.freeze({
      kind: 'v',
      skip: (t: number) => -1 / rho(t) ** 2,
      out: (t: number) => -sde.alpha(t) / (sde.sigma(t) * rho(t)),
      inScale: (t: number) => 1 / rho(t),
      label: (t: number) => timeScale * t,
    });
  };
}

/**
 * The network predicts the velocity dx/dt = alpha' x_0 + sigma' z, whose mean is the drift f x - g^2 s / 2 of the
 * probability flow: s = 2 (f x - F(x, timeScale t)) / g^2. Of `rectifiedFlow` it is z - x_0.
 * @throws ConfigError unless timeScale > 0.
 * @see Lipman et al. 2023, "Flow matching for generative modeling", theorem 2; Song et al. 2021, eq. 13
 */
export function velocity({ timeScale = 999 }: { readonly timeScale?: number } = {}): ParametrizationOf {
  checkOptions(positive('timeScale', timeScale));
  return (sde) =>
    Object.freeze({
      kind: 'velocity',
      skip: (t: number) => (2 * sde.f(t)) / sde.g(t) ** 2,
      out: (t: number) => -2 / sde.g(t) ** 2,
      inScale: () => 1,
      label: (t: number) => timeScale * t,
    });
}

/** Options of `directScore`. */
export interface DirectScoreOptions {
  /** Whether the output is divided by sigma(t), so that a network of unit size fits every noise level. Default true. */
  readonly scaleBySigma?: boolean;
  /** Whether the network gets timeScale t or log(sigma(t)). Default time. */
  readonly label?: 'time' | 'logSigma';
  /** Factor of the time in the label. Default 1. */
  readonly timeScale?: number;
}

/**
 * The network predicts the score itself, divided by sigma(t) or not: s = F(x, label) / sigma.
 *
 * The defaults are those of Song's tutorial; label 'logSigma' is that of NCSN++.
 * @throws ConfigError unless timeScale > 0.
 * @see Song and Ermon 2020, "Improved techniques for training score-based generative models", technique 3
 */
export function directScore(options: DirectScoreOptions = {}): ParametrizationOf {
  const { scaleBySigma = true, label = 'time', timeScale = 1 } = options;
  checkOptions(positive('timeScale', timeScale));
  return (sde) =>
    Object.freeze({
      kind: 'score',
      skip: () => 0,
      out: scaleBySigma ? (t: number) => 1 / sde.sigma(t) : () => 1,
      inScale: () => 1,
      label: label === 'time' ? (t: number) => timeScale * t : (t: number) => Math.log(sde.sigma(t)),
    });
}

/**
 * EDM's preconditioning, for any affine SDE: a denoiser D = cSkip y + cOut F(cIn y, log(r) / 4) of y = x / alpha with
 * noise level r = sigma / alpha, whose score is (alpha D - x) / sigma^2.
 *
 * With S = sigma^2 + alpha^2 sigmaData^2 that is skip = -1 / S, out = alpha sigmaData / (sigma sqrt(S)) and
 * inScale = 1 / sqrt(S): the network corrects the score of Gaussian data.
 * @param options - `sigmaData`: standard deviation of the scaled data; default 0.5
 * @throws ConfigError unless sigmaData > 0.
 * @see Karras et al. 2022, eq. 7 and appendix B.6
 */
export function edmParametrization({ sigmaData = 0.5 }: { readonly sigmaData?: number } = {}): ParametrizationOf {
  checkOptions(positive('sigmaData', sigmaData));
  return (sde) => {
    const total = (t: number): number => sde.sigma(t) ** 2 + (sde.alpha(t) * sigmaData) ** 2;
    return Object.freeze({
      kind: 'edm',
      skip: (t: number) => -1 / total(t),
      out: (t: number) => (sde.alpha(t) * sigmaData) / (sde.sigma(t) * Math.sqrt(total(t))),
      inScale: (t: number) => 1 / Math.sqrt(total(t)),
      label: (t: number) => Math.log(noiseRatio(sde, t)) / 4,
    });
  };
}
