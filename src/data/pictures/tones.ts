/**
 * @file From the samples of a picture to bytes of gray or color: on white where it is transparent, 16 bits to 8, color to gray by its
 * luminance. The arithmetic is that of libvips, to the bit, so that pictures are the same bytes whoever decodes them.
 * @see IEC 61966-2-1 (sRGB), ITU-R BT.709 (luminance)
 */
import type { PngSamples } from './png-reader.ts';

const { fround } = Math;

/** Linear light of a value of 0 to `most`, in float32. */
function linear(value: number, most: number): number {
  const f = fround(value / most);
  if (f <= 0.04045) return fround(f / fround(12.92));
  return fround(fround(fround(f + fround(0.055)) / fround(1.055)) ** fround(2.4));
}

function tabled(most: number): () => Float32Array {
  let table: Float32Array | undefined;
  return () => (table ??= Float32Array.from({ length: most + 1 }, (_, i) => linear(i, most)));
}

const linearOfByte = tabled(255);
const linearOfWord = tabled(65535);

/** Bytes of linear light of 0 to 255, with one more for the interpolation. */
const encoded = Float32Array.from({ length: 257 }, (_, i) => {
  const f = fround(Math.min(i, 255) / 255);
  return Math.round(255 * fround(f <= 0.0031308 ? 12.92 * f : 1.055 * f ** (1 / 2.4) - 0.055));
});

/** The gray byte of a linear luminance, half way to the even one. */
function grayOf(luminance: number): number {
  const place = Math.min(fround(luminance * 255), 255);
  const i = Math.floor(place);
  const low = encoded[i]!;
  const value = fround(low + fround((encoded[i + 1]! - low) * fround(place - i)));
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

const weights = [fround(0.2126), fround(0.7152), fround(0.0722)] as const;

function luminance(r: number, g: number, b: number): number {
  return fround(fround(fround(weights[0] * r) + fround(weights[1] * g)) + fround(weights[2] * b));
}

/**
 * Bytes `[height, width, channels]` of a picture.
 * @param channels - 1 makes color gray, 3 makes gray color
 */
export function bytesOf({ bands, data }: PngSamples, channels: 1 | 3): Uint8Array {
  const wide = data instanceof Uint16Array;
  const colors = bands < 3 ? 1 : 3;
  if (!wide && bands === channels) return data;
  const pixels = data.length / bands;
  const out = new Uint8Array(pixels * channels);
  const opaque = wide ? 65535 : 255;
  // White of 16 bits that are cut to 8 is 255 x 256.
  const white = wide && channels === 3 ? 65280 : opaque;
  const table = wide ? linearOfWord() : linearOfByte();
  const color = [0, 0, 0];
  for (let i = 0; i < pixels; i++) {
    const alpha = bands === colors ? opaque : data[i * bands + colors]!;
    for (let c = 0; c < colors; c++) {
      const value = data[i * bands + c]!;
      color[c] = alpha === opaque ? value : Math.floor((value * alpha + white * (opaque - alpha)) / opaque);
    }
    const [r = 0, g = 0, b = 0] = color;
    if (channels === 3)
      for (let c = 0; c < 3; c++)
        out[3 * i + c] = wide ? color[colors === 1 ? 0 : c]! >> 8 : color[colors === 1 ? 0 : c]!;
    else if (colors === 3) out[i] = grayOf(luminance(table[r]!, table[g]!, table[b]!));
    else out[i] = wide ? grayOf(table[r]!) : r;
  }
  return out;
}
