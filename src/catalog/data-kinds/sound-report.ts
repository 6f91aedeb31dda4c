/** @file How samples of sounds compare with real ones, with noise that has their spectrum, and with what a decoder of spectrograms loses. */
import { fftInto } from '../../base/fft.ts';
import { foldIn, key } from '../../base/key.ts';
import { normal } from '../../base/random.ts';
import { melLevels } from '../../base/sound/mel.ts';
import { tensor } from '../../base/tensor.ts';
import { decodedLevels, levelsOfRow, waveOfRow, type SoundSet } from '../../data/sounds/sound.ts';
import { estimateText } from '../../evaluate/estimate.ts';
import { frechetTo, moments, type Moments } from '../../evaluate/frechet.ts';
import { waveDistance, type WaveDistance } from '../../evaluate/sounds.ts';
import type { Compared, KindReport, RowsOf } from './data-kind.ts';

/** Sounds of each set whose frames are compared, and sounds that are decoded. */
const [mostSounds, decodedSounds] = [500, 16] as const;

/** Sounds that are compared with the waves that a run has made of their spectrograms; values of a silent sound are at most this. */
const [pairedSounds, quiet] = [64, 1e-2] as const;

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
function noiseLike({ set, rows }: RowsOf<SoundSet>): readonly Float64Array[] {
  const { length } = set.form;
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
  return own.map((_, i) => shaped.re.subarray(i * length, (i + 1) * length));
}

/** How far some waves are from the waves of the first rows of a set, each from its own. */
function distanceOf(waves: readonly ArrayLike<number>[], { set, rows }: RowsOf<SoundSet>): WaveDistance {
  const truth = waves.map((_, i) => waveOfRow(set, rows[i] ?? 0));
  return waveDistance(waves, truth, set.form.mel);
}

/** Rows whose waves are known, and not silent, by which decoders are measured. */
function heardRows({ set, rows }: RowsOf<SoundSet>, most: number): readonly number[] {
  const waves = set.waves ?? (set.form.as === 'wave' ? set.values : undefined);
  const isHeard = (row: number): boolean => waveOfRow(set, row).some((value) => Math.abs(value) > quiet);
  return waves === undefined ? [] : [...rows.keys()].filter((i) => isHeard(rows[i] ?? 0)).slice(0, most);
}

/** Rows of a set by their places in a list. */
function at({ set, rows }: RowsOf<SoundSet>, places: readonly number[]): RowsOf<SoundSet> {
  return { set, rows: places.map((i) => rows[i] ?? 0) };
}

/** The waves that Griffin and Lim's decoder makes of the levels of sounds; yields the part that is done. */
function* decodedOf({ set, rows }: RowsOf<SoundSet>): Generator<number, readonly Float32Array[]> {
  const waves: Float32Array[] = [];
  for (const row of rows) {
    waves.push(decodedLevels(levelsOfRow(set, row), set.form, { seed: row }));
    yield waves.length / rows.length;
  }
  return waves;
}

/** What the decoder of spectrograms loses of sounds whose waves are known. */
function* decoderLoss(reference: RowsOf<SoundSet>): Generator<number, Decoders | undefined> {
  const own = at(reference, heardRows(reference, decodedSounds));
  return own.rows.length === 0 ? undefined : { 'Griffin-Lim': distanceOf(yield* decodedOf(own), own) };
}

/** Ways from spectrograms to waves, by their names. */
type Decoders = Readonly<Record<string, WaveDistance>>;

/** How far waves that were made of the spectrograms of sounds are from these, and those of Griffin and Lim's decoder and noise of their spectrum. */
function* vocoderLoss({
  samples,
  reference,
  noise,
}: {
  readonly samples: RowsOf<SoundSet>;
  readonly reference: RowsOf<SoundSet>;
  readonly noise: readonly Float64Array[];
}): Generator<number, Decoders | undefined> {
  const places = heardRows({ ...reference, rows: reference.rows.slice(0, samples.rows.length) }, pairedSounds);
  if (places.length === 0) return undefined;
  const [made, own] = [at(samples, places), at(reference, places)];
  return {
    'this run': distanceOf(
      made.rows.map((row) => waveOfRow(made.set, row)),
      own,
    ),
    'Griffin-Lim': distanceOf(yield* decodedOf(own), own),
    'noise of the spectrum': distanceOf(
      places.map((_, i) => noise[i % noise.length] ?? []),
      own,
    ),
  };
}

const digits = (value: number): number => Number(value.toPrecision(5));

const inDecibels = ({ spectral, cepstral }: WaveDistance): string =>
  `log-spectral distance ${estimateText(spectral)} dB, mel-cepstral ${estimateText(cepstral)} dB`;

/** The report of sounds. */
export function* soundReport({
  samples,
  reference,
  real,
  paired = false,
}: Compared<SoundSet>): Generator<number, KindReport> {
  const { mel } = reference.set.form;
  const distance = frechetTo(frameMoments(levelsOf(reference), mel.bands));
  const others = { set: real.set, rows: real.rows.slice(0, samples.rows.length) };
  const of = (levels: readonly Float32Array[]): number => digits(distance(frameMoments(levels, mel.bands)));
  const noise = noiseLike(others);
  const noisy = noise.map((wave) => Float32Array.from(melLevels(wave, mel)));
  const frames = { distance: of(levelsOf(samples)), floor: of(levelsOf(others)), noise: of(noisy) };
  const decoders = yield* paired ? vocoderLoss({ samples, reference, noise }) : decoderLoss(reference);
  return {
    rows: {
      [`  FD (mel-${mel.bands})`]: `${frames.distance.toFixed(1)}, of real sounds ${frames.floor.toFixed(1)}, of Gaussian noise of their spectrum ${frames.noise.toFixed(1)}`,
      ...Object.fromEntries(
        Object.entries(decoders ?? {}).map(([name, own]) => [
          `  ${name}`,
          `waves of real spectrograms: ${inDecibels(own)}`,
        ]),
      ),
    },
    value: {
      frames,
      ...(decoders && {
        decoders: Object.fromEntries(
          Object.entries(decoders).map(([name, { spectral, cepstral }]) => [
            name,
            { spectral: { ...spectral }, cepstral: { ...cepstral } },
          ]),
        ),
      }),
    },
  };
}
