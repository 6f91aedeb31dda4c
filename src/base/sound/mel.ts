/**
 * @file Mel spectrograms: how loud a sound is in bands as ears have them. The scale is HTK's, 2595 log10(1 + f / 700), bands are triangles of height 1 over magnitudes, and
 * levels are decibels in which a sine of amplitude 1 has 0 where it falls on the middle of a band.
 */
import { checkOptions } from '../check.ts';
import { hann, magnitudesOf, stft, type FrameForm, type Stft } from './stft.ts';

/** The bands of a mel spectrogram. */
export interface MelForm extends FrameForm {
  /** Values of a second. */
  readonly rate: number;
  /** M, the number of bands. */
  readonly bands: number;
  /** The least and the greatest frequency, in Hz. */
  readonly low: number;
  readonly high: number;
  /** Levels below this are this, in decibels. */
  readonly floor: number;
}

/** The place of a frequency in Hz on the scale of HTK. */
export function melOf(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700);
}

/** The inverse of `melOf`. */
export function hertzOf(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}

/** Frequencies of a band that is not empty: its first bin and the weights from there. */
interface Band {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * The weights of the bins in each band: triangles from the middle of the band below to that of the band above, even in Hz, so that between the middles of the first and the
 * last band all weights of a bin add up to 1.
 * @throws ConfigError unless 0 <= low < high <= rate / 2, or if a band has no bin.
 */
export function melBands({ rate, window, bands, low, high }: Omit<MelForm, 'hop' | 'floor'>): readonly Band[] {
  checkOptions(
    [
      low >= 0 && low < high && high <= rate / 2,
      'high',
      `expected 0 <= low < high <= ${rate / 2}, got ${low}, ${high}`,
    ],
    [Number.isInteger(bands) && bands >= 1, 'bands', `expected a whole number of at least 1, got ${bands}`],
  );
  const [from, to] = [melOf(low), melOf(high)];
  const edges = Array.from({ length: bands + 2 }, (_, i) => hertzOf(from + ((to - from) * i) / (bands + 1)));
  return Array.from({ length: bands }, (_, band) => {
    const [begin = 0, middle = 0, end = 0] = edges.slice(band, band + 3);
    const weightOf = (k: number): number => {
      const hertz = (k * rate) / window;
      return Math.max(0, Math.min((hertz - begin) / (middle - begin), (end - hertz) / (end - middle)));
    };
    const first = Math.floor((begin * window) / rate) + 1;
    const last = Math.min(window / 2, Math.ceil((end * window) / rate) - 1);
    checkOptions([
      last >= first,
      'bands',
      `expected fewer, or a longer window: band ${band + 1} of ${bands} has no bin`,
    ]);
    return { first, weights: Float64Array.from({ length: last - first + 1 }, (__, i) => weightOf(first + i)) };
  });
}

/** The factor by which a sine of amplitude 1 has a magnitude of 1. */
function unitOf(window: number): number {
  return 2 / hann(window).reduce((sum, value) => sum + value, 0);
}

/** The most bands, a multiple of 8 up to 80, that are as wide as the bins are apart at `low`. */
export function usualBands({ rate, window, low, high }: Pick<MelForm, 'rate' | 'window' | 'low' | 'high'>): number {
  const least = melOf(low + rate / window) - melOf(low);
  const most = Math.floor((melOf(high) - melOf(low)) / least) - 1;
  return Math.max(8, Math.min(80, 8 * Math.floor(most / 8)));
}

/** Levels in decibels of a sound: `[bands, frames]`, as an image with the lowest band first. */
export function melLevels(x: ArrayLike<number>, form: MelForm): Float64Array {
  return levelsOf(stft(x, form), form);
}

/** Levels in decibels of spectra. */
function levelsOf(transform: Stft, form: MelForm): Float64Array {
  const { frames, bins } = transform;
  const magnitudes = magnitudesOf(transform);
  const unit = unitOf(form.window);
  const least = 10 ** (form.floor / 20);
  const out = new Float64Array(form.bands * frames);
  melBands(form).forEach(({ first, weights }, band) => {
    for (let t = 0; t < frames; t++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * magnitudes[t * bins + first + i]!;
      out[band * frames + t] = 20 * Math.log10(Math.max(least, unit * sum));
    }
  });
  return out;
}

/** Steps after which magnitudes are near to those that bands ask for. */
const matchingSteps = 100;

/**
 * Magnitudes `[frames, bins]` of which a mel spectrogram has these levels, as nearly as non-negative ones can: by multiplicative steps that never raise the squared error.
 * Bands at the floor count as silent.
 * @param levels - `[bands, frames]` in decibels
 * @see Lee and Seung 2001, "Algorithms for non-negative matrix factorization", eq. 4
 */
export function magnitudesOfLevels(levels: ArrayLike<number>, form: MelForm): Float64Array {
  const bands = melBands(form);
  const [frames, bins] = [levels.length / form.bands, form.window / 2 + 1];
  const unit = unitOf(form.window);
  const out = new Float64Array(frames * bins);
  for (let t = 0; t < frames; t++) {
    const asked = Float64Array.from({ length: form.bands }, (_, band) => {
      const level = levels[band * frames + t]!;
      return level <= form.floor ? 0 : 10 ** (level / 20) / unit;
    });
    const row = out.subarray(t * bins, (t + 1) * bins);
    transposeInto(row, bands, asked);
    const wanted = row.slice();
    const now = new Float64Array(bins);
    const found = new Float64Array(form.bands);
    for (let step = 0; step < matchingSteps; step++) {
      applyInto(found, bands, row);
      transposeInto(now, bands, found);
      for (let k = 0; k < bins; k++) if (now[k]! > 0) row[k]! *= wanted[k]! / now[k]!;
    }
  }
  return out;
}

function applyInto(out: Float64Array, bands: readonly Band[], row: Float64Array): void {
  for (let band = 0; band < out.length; band++) {
    const { first, weights } = bands[band]!;
    let sum = 0;
    for (let i = 0; i < weights.length; i++) sum += weights[i]! * row[first + i]!;
    out[band] = sum;
  }
}

function transposeInto(out: Float64Array, bands: readonly Band[], values: Float64Array): void {
  out.fill(0);
  for (let band = 0; band < values.length; band++) {
    const { first, weights } = bands[band]!;
    for (let i = 0; i < weights.length; i++) out[first + i]! += weights[i]! * values[band]!;
  }
}
