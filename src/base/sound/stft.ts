/**
 * @file The short-time Fourier transform of sounds and its least-squares inverse. Frame t is centered on the hop from t hop to (t + 1) hop, so that L numbers have L / hop
 * frames, and silence stands around the sound.
 */
import { checkOptions } from '../check.ts';
import { fftInto, inverseFftInto, type Complex } from '../fft.ts';

/** How a sound is cut into frames. */
export interface FrameForm {
  /** N, values of a frame, an even number. */
  readonly window: number;
  /** Values from the begin of a frame to that of the next; at most half of the window, from which it differs by an even number. */
  readonly hop: number;
}

/** The spectra of frames. */
export interface Stft {
  readonly frames: number;
  /** N / 2 + 1. */
  readonly bins: number;
  /** `[frames, bins]` */
  readonly spectrum: Complex;
}

/** Frames of a sound of a length. */
export function framesOf(length: number, { hop }: FrameForm): number {
  return Math.ceil(length / hop);
}

/** The periodic Hann window: w_n = (1 - cos(2 pi n / N)) / 2. */
export function hann(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, n) => (1 - Math.cos((2 * Math.PI * n) / size)) / 2);
}

/**
 * X_tk = sum_n w_n x_(t hop + n - (N - hop) / 2) exp(-2 pi i k n / N), with a Hann window w.
 * @throws ConfigError unless the window is even and the hop at most half of it, with an even difference.
 */
export function stft(x: ArrayLike<number>, form: FrameForm): Stft {
  requireForm(form);
  const { window, hop } = form;
  const [frames, bins] = [framesOf(x.length, form), window / 2 + 1];
  const weights = hann(window);
  const pairs = pairsOf(frames, window);
  const before = (window - hop) / 2;
  for (let t = 0; t < frames; t++) {
    const frame = frameOf(pairs, t, window);
    const begin = t * hop - before;
    for (let n = Math.max(0, -begin); n < window && begin + n < x.length; n++) frame[n] = weights[n]! * x[begin + n]!;
  }
  fftInto(pairs, window);
  const half = Math.sqrt(window) / 2;
  const spectrum = { re: new Float64Array(frames * bins), im: new Float64Array(frames * bins) };
  for (let t = 0; t < frames; t++) {
    const row = (t >> 1) * window;
    // Of z = a + i b with a and b real: a has (z_k + conj z_-k) / 2, b has (z_k - conj z_-k) / 2i.
    for (let k = 0; k < bins; k++) {
      const [to, from] = [row + k, row + ((window - k) % window)];
      const [a, b, c, d] = [pairs.re[to]!, pairs.im[to]!, pairs.re[from]!, pairs.im[from]!];
      spectrum.re[t * bins + k] = half * (t % 2 === 0 ? a + c : b + d);
      spectrum.im[t * bins + k] = half * (t % 2 === 0 ? b - d : c - a);
    }
  }
  return { frames, bins, spectrum };
}

/** Frames two by two, as the real and the imaginary part of a row each. */
function pairsOf(frames: number, window: number): Complex {
  const size = ((frames + 1) >> 1) * window;
  return { re: new Float64Array(size), im: new Float64Array(size) };
}

function frameOf({ re, im }: Complex, t: number, window: number): Float64Array {
  return (t % 2 === 0 ? re : im).subarray((t >> 1) * window, ((t >> 1) + 1) * window);
}

/**
 * The sound whose transform is nearest to spectra: x = sum_t w x_t / sum_t w^2 of the frames x_t. The inverse of `stft` where the spectra are those of a sound.
 * @param length - of the sound
 * @see Griffin and Lim 1984, eq. 6
 */
export function inverseStft({ frames, bins, spectrum }: Stft, form: FrameForm, length: number): Float64Array {
  requireForm(form);
  const { window, hop } = form;
  const weights = hann(window);
  const pairs = pairsOf(frames, window);
  for (let t = 0; t < frames; t++) {
    const row = (t >> 1) * window;
    // The spectrum of a real frame a, and i times that of b: z_k = a_k + i b_k, z_-k = conj a_k + i conj b_k.
    const [one, i] = t % 2 === 0 ? [1, 0] : [0, 1];
    for (let k = 0; k < bins; k++) {
      const edge = k === 0 || k === bins - 1;
      const [re, im] = [spectrum.re[t * bins + k]!, edge ? 0 : spectrum.im[t * bins + k]!];
      pairs.re[row + k]! += one * re - i * im;
      pairs.im[row + k]! += one * im + i * re;
      if (edge) continue;
      pairs.re[row + window - k]! += one * re + i * im;
      pairs.im[row + window - k]! += i * re - one * im;
    }
  }
  inverseFftInto(pairs, window);
  const [sum, weight] = [new Float64Array(length), new Float64Array(length)];
  const before = (window - hop) / 2;
  const scale = 1 / Math.sqrt(window);
  for (let t = 0; t < frames; t++) {
    const frame = frameOf(pairs, t, window);
    const begin = t * hop - before;
    for (let n = Math.max(0, -begin); n < window && begin + n < length; n++) {
      sum[begin + n]! += scale * weights[n]! * frame[n]!;
      weight[begin + n]! += weights[n]! ** 2;
    }
  }
  return sum.map((value, at) => (weight[at]! > 0 ? value / weight[at]! : 0));
}

/** The magnitudes of spectra, `[frames, bins]`. */
export function magnitudesOf({ spectrum: { re, im } }: Stft): Float64Array {
  return re.map((value, at) => Math.sqrt(value ** 2 + im[at]! ** 2));
}

function requireForm({ window, hop }: FrameForm): void {
  checkOptions(
    [Number.isInteger(window) && window >= 2 && window % 2 === 0, 'window', `expected an even number, got ${window}`],
    [
      Number.isInteger(hop) && hop >= 1 && 2 * hop <= window && (window - hop) % 2 === 0,
      'hop',
      `expected at most half of the window of ${window}, with an even difference, got ${hop}`,
    ],
  );
}
