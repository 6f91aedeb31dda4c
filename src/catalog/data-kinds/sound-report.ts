/** @file How samples of sounds compare with real ones, with noise that has their spectrum, and with what a decoder of spectrograms loses. */
import { fftInto } from '../../base/fft.ts';
import { foldIn, key } from '../../base/key.ts';
import { normal } from '../../base/random.ts';
import { melLevels } from '../../base/sound/mel.ts';
import { magnitudesOf, stft } from '../../base/sound/stft.ts';
import { tensor } from '../../base/tensor.ts';
import { decodedLevels, levelsOfRow, waveOfRow, type SoundSet } from '../../data/sounds/sound.ts';
import { frechetTo, moments, type Moments } from '../../evaluate/frechet.ts';
import { logSpectralDistance, melCepstralDistance } from '../../evaluate/sounds.ts';
import type { Compared, KindReport, RowsOf } from './data-kind.ts';

/** Sounds of each set whose frames are compared, and sounds that are decoded. */
const [mostSounds, decodedSounds] = [500, 16] as const;

/** Levels of some sounds, each `[bands, frames]`. */
function levelsOf({ set, rows }: RowsOf<SoundSet>): readonly Float32Array[] {
  return rows.slice(0, mostSounds).map((row) => levelsOfRow(set, row));
}

/** Mean and covariance of the frames of sounds, each a vector of its bands. */
function frameMoments(all: readonly Float32Array[], bands: number): Moments {
  const frames = (all[0]?.length ?? 0) / bands;
  const data = Float64Array.from({ length: all.length * frames * bands }, (_, j) => {
    const [frame, band] = [Math.floor(j / bands), j % bands];
    return all[Math.floor(frame / frames)]?.[band * frames + (frame % frames)] ?? NaN;
  });
  return moments(tensor(data, [all.length * frames, bands]));
}

/** Noise that has the mean power of the waves of a set at each frequency, as many clips. */
function noiseLike({ set, rows }: RowsOf<SoundSet>): readonly Float32Array[] {
  const { length, mel } = set.form;
  const own = rows.slice(0, mostSounds);
  const modes = { re: new Float64Array(own.length * length), im: new Float64Array(own.length * length) };
  own.forEach((row, i) => modes.re.set(waveOfRow(set, row), i * length));
  fftInto(modes, length);
  const power = new Float64Array(length);
  modes.re.forEach((value, j) => (power[j % length] = (power[j % length] ?? 0) + (value ** 2 + (modes.im[j] ?? 0) ** 2) / own.length)); // prettier-ignore
  const noise = {
    re: normal(foldIn(key(0), 'noise of a spectrum'), own.length * length),
    im: new Float64Array(own.length * length),
  };
  fftInto(noise, length);
  const factors = power.map(Math.sqrt);
  const shaped = { re: noise.re.map((value, j) => value * (factors[j % length] ?? 0)), im: noise.im.map((value, j) => value * (factors[j % length] ?? 0)) }; // prettier-ignore
  // The inverse is the transform of the two parts exchanged.
  fftInto({ re: shaped.im, im: shaped.re }, length);
  return own.map((_, i) => Float32Array.from(melLevels(shaped.re.subarray(i * length, (i + 1) * length), mel)));
}

/** What the decoder of spectrograms loses of sounds whose waves are known. */
function decoderLoss({ set, rows }: RowsOf<SoundSet>): Readonly<Record<'spectral' | 'cepstral', number>> | undefined {
  const waves = set.waves ?? (set.form.as === 'wave' ? set.values : undefined);
  const own = rows.slice(0, decodedSounds);
  if (waves === undefined || own.length === 0) return undefined;
  const { form } = set;
  const found = own.map((row) => {
    const levels = levelsOfRow(set, row);
    const wave = decodedLevels(levels, form, { seed: row });
    const [a, b] = [stft(wave, form.mel), stft(waveOfRow(set, row), form.mel)];
    return [
      logSpectralDistance({ a: magnitudesOf(a), b: magnitudesOf(b), frames: a.frames }),
      melCepstralDistance({ a: melLevels(wave, form.mel), b: levels, frames: a.frames }),
    ] as const;
  });
  const mean = (part: 0 | 1): number => found.reduce((sum, pair) => sum + pair[part], 0) / found.length;
  return { spectral: mean(0), cepstral: mean(1) };
}

const digits = (value: number): number => Number(value.toPrecision(5));

/** The report of sounds. */
export function soundReport({ samples, reference, real }: Compared<SoundSet>): KindReport {
  const { mel } = reference.set.form;
  const distance = frechetTo(frameMoments(levelsOf(reference), mel.bands));
  const others = { set: real.set, rows: real.rows.slice(0, samples.rows.length) };
  const of = (levels: readonly Float32Array[]): number => digits(distance(frameMoments(levels, mel.bands)));
  const frames = { distance: of(levelsOf(samples)), floor: of(levelsOf(others)), noise: of(noiseLike(others)) };
  const decoder = decoderLoss(reference);
  return {
    rows: {
      [`  FD (mel-${mel.bands})`]: `${frames.distance.toFixed(1)}, of real sounds ${frames.floor.toFixed(1)}, of Gaussian noise of their spectrum ${frames.noise.toFixed(1)}`,
      ...(decoder && {
        '  Griffin-Lim': `real sounds decoded from their spectrograms: log-spectral distance ${decoder.spectral.toFixed(2)} dB, mel-cepstral ${decoder.cepstral.toFixed(2)} dB`,
      }),
    },
    value: {
      frames,
      ...(decoder && { decoder: { spectral: digits(decoder.spectral), cepstral: digits(decoder.cepstral) } }),
    },
  };
}
