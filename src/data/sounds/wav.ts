/** @file WAV files: RIFF with samples as whole numbers of 8 to 32 bits or as floats. */
import { FileError } from '../../base/errors.ts';

/** The sound of a file. */
export interface Recording {
  /** Values of a second. */
  readonly rate: number;
  readonly channels: number;
  /** `[length, channels]`, full scale is 1. */
  readonly values: Float32Array;
}

/** Names of what is not read, by the number of the format. */
const codecs: Readonly<Record<number, string>> = {
  2: 'MS ADPCM',
  6: 'A-law',
  7: 'mu-law',
  17: 'IMA ADPCM',
  49: 'GSM',
  80: 'MPEG',
  85: 'MP3',
  255: 'AAC',
  0x674f: 'Ogg Vorbis',
  0xf1ac: 'FLAC',
};

/** What files of other formats begin with. */
const others: readonly (readonly [begin: string, name: string])[] = [
  ['OggS', 'Ogg'],
  ['fLaC', 'FLAC'],
  ['ID3', 'MP3'],
  ['\u00ff\u00fb', 'MP3'],
  ['FORM', 'AIFF'],
  ['RIFX', 'RIFX'],
  ['RF64', 'RF64'],
];

const convert = (file: string): string => `convert it first, such as by \`ffmpeg -i ${file} -c:a pcm_s16le out.wav\``;

/** Sizes of a chunk that a program writes which does not know the size yet. */
const unknownSize = 0x7ffff000;

interface Format {
  readonly float: boolean;
  readonly channels: number;
  readonly rate: number;
  /** Bytes of a value. */
  readonly bytes: number;
}

/**
 * The sound of a WAV file of 8, 16, 24 or 32 bits or of floats.
 * @throws FileError saying what the file is instead, or that it is damaged or has no sound.
 * @see IBM and Microsoft 1991, "Multimedia programming interface and data specifications 1.0"
 */
export function readWav(bytes: Uint8Array, file: string): Recording {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at: number, length = 4): string => String.fromCharCode(...bytes.subarray(at, at + length));
  if (bytes.length === 0) throw new FileError(file, 'expected a WAV file, found an empty one');
  if (name(0) !== 'RIFF' || name(8) !== 'WAVE') {
    const other = others.find(([begin]) => name(0, begin.length) === begin)?.[1];
    throw new FileError(
      file,
      other === undefined
        ? 'expected a WAV file, found one that does not begin as such'
        : `expected a WAV file, found ${other}; ${convert(file)}`,
    );
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const [id, size, begin] = [name(at), view.getUint32(at + 4, true), at + 8];
    const rest = bytes.length - begin;
    if (id === 'fmt ') {
      if (size < 16 || rest < size) throw new FileError(file, 'its header ends early; it is truncated or damaged');
      format = formatOf(new DataView(view.buffer, view.byteOffset + begin, size), file);
    } else if (id === 'data') {
      if (format === undefined) throw new FileError(file, 'expected its format before its sound; it is damaged');
      const streamed = size === 0 || size >= unknownSize;
      if (!streamed && size > rest)
        throw new FileError(file, `expected ${size} bytes of sound as its header says, found ${rest}; it is truncated`);
      return recordingOf(new DataView(view.buffer, view.byteOffset + begin, streamed ? rest : size), format, file);
    }
    // Chunks of odd sizes are followed by a byte that does not count.
    at = begin + size + (size % 2);
  }
  throw new FileError(file, 'expected sound, found none; it is truncated or damaged');
}

function formatOf(view: DataView, file: string): Format {
  const [own, channels] = [view.getUint16(0, true), view.getUint16(2, true)];
  const [rate, bits] = [view.getUint32(4, true), view.getUint16(14, true)];
  // The extensible format has its number at the begin of a longer name.
  const code = own === 0xfffe && view.byteLength >= 26 ? view.getUint16(24, true) : own;
  if (code !== 1 && code !== 3)
    throw new FileError(
      file,
      `expected samples of whole numbers or floats, found the codec ${codecs[code] ?? String(code)}; ${convert(file)}`,
    );
  const [float, bytes] = [code === 3, bits / 8];
  const fits = float ? [4, 8] : [1, 2, 3, 4];
  if (!fits.includes(bytes))
    throw new FileError(file, `expected samples of ${fits.map((count) => 8 * count).join(', ')} bits, found ${bits}`);
  if (channels === 0 || rate === 0 || rate > mostRate)
    throw new FileError(file, `expected channels and a rate up to ${mostRate} Hz, found ${channels} at ${rate} Hz`);
  return { float, channels, rate, bytes };
}

/** The greatest rate, in Hz. */
const mostRate = 768_000;

function recordingOf(view: DataView, { float, channels, rate, bytes }: Format, file: string): Recording {
  const length = Math.floor(view.byteLength / (bytes * channels));
  if (length === 0) throw new FileError(file, 'expected sound, found none: it has a header alone');
  const read = readerOf(view, float, bytes);
  const values = Float32Array.from({ length: length * channels }, (_, i) => read(i * bytes));
  if (float && !values.every(Number.isFinite)) throw new FileError(file, 'expected finite numbers, found others');
  return { rate, channels, values };
}

/** A value of full scale 1, at a byte. */
function readerOf(view: DataView, float: boolean, bytes: number): (at: number) => number {
  if (float) return bytes === 4 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  if (bytes === 1) return (at) => (view.getUint8(at) - 128) / 128;
  if (bytes === 2) return (at) => view.getInt16(at, true) / 2 ** 15;
  if (bytes === 4) return (at) => view.getInt32(at, true) / 2 ** 31;
  return (at) => (view.getUint16(at, true) + 2 ** 16 * view.getInt8(at + 2)) / 2 ** 23;
}

/** The bytes of a WAV file of one channel of 16 bits; values beyond full scale are full scale. */
export function writeWav(values: ArrayLike<number>, rate: number): Uint8Array {
  const out = new Uint8Array(44 + 2 * values.length);
  const view = new DataView(out.buffer);
  const text = (at: number, name: string): void => out.set(new TextEncoder().encode(name), at);
  text(0, 'RIFF');
  view.setUint32(4, out.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, 2 * values.length, true);
  for (let i = 0; i < values.length; i++)
    view.setInt16(44 + 2 * i, Math.max(-(2 ** 15), Math.min(2 ** 15 - 1, Math.round(2 ** 15 * values[i]!))), true);
  return out;
}

/** The mean of the channels of a recording. */
export function mono({ channels, values }: Pick<Recording, 'channels' | 'values'>): Float32Array {
  if (channels === 1) return values;
  return Float32Array.from({ length: values.length / channels }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += values[i * channels + c]!;
    return sum / channels;
  });
}
