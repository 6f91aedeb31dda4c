/** @file Moving pictures as GIF files: each frame has colors of its own, so that frames can be written as they come. */

/** Frames of a GIF file that is being written. */
export interface GifWriter {
  /** Adds a frame. `rgba` has four bytes for each pixel, of which the last is not looked at; `delay` is its time in hundredths of a second. */
  add(rgba: ArrayLike<number>, delay: number): void;
  /** The file. */
  finish(): Uint8Array<ArrayBuffer>;
}

/** Bits of each color that differ where a palette is made. */
const depth = 6;
const most = 256;

/**
 * Begins a GIF file that plays for ever.
 * @see GIF89a specification, CompuServe 1990
 */
export function gifWriter(width: number, height: number): GifWriter {
  const parts: Uint8Array[] = [];
  const word = (value: number): readonly number[] => [value & 255, value >> 8];
  const put = (...bytes: readonly number[]): void => void parts.push(Uint8Array.from(bytes));
  const text = (value: string): readonly number[] => Array.from(value, (letter) => letter.charCodeAt(0));
  put(...text('GIF89a'), ...word(width), ...word(height), 0x70, 0, 0);
  put(0x21, 0xff, 11, ...text('NETSCAPE2.0'), 3, 1, 0, 0, 0);
  return {
    add(rgba, delay) {
      const pixels = coarse(rgba, width * height);
      const { palette, indexOf } = paletteOf(pixels);
      put(0x21, 0xf9, 4, 4, ...word(delay), 0, 0);
      put(0x2c, 0, 0, 0, 0, ...word(width), ...word(height), 0x87);
      parts.push(palette);
      put(8);
      const indices = new Uint8Array(pixels.length);
      for (let i = 0; i < indices.length; i++) indices[i] = indexOf[pixels[i] ?? 0] ?? 0;
      const codes = compress(indices, 8);
      for (let at = 0; at < codes.length; at += 255) {
        const block = codes.subarray(at, at + 255);
        put(block.length);
        parts.push(block);
      }
      put(0);
    },
    finish() {
      put(0x3b);
      const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        file.set(part, at);
        at += part.length;
      }
      return file;
    },
  };
}

/** Colors of a few bits each. */
function coarse(rgba: ArrayLike<number>, count: number): Uint32Array {
  const shift = 8 - depth;
  const colors = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const red = (rgba[4 * i] ?? 0) >> shift;
    const green = (rgba[4 * i + 1] ?? 0) >> shift;
    const blue = (rgba[4 * i + 2] ?? 0) >> shift;
    colors[i] = (red << (2 * depth)) | (green << depth) | blue;
  }
  return colors;
}

const channel = (color: number, which: number): number => (color >> (depth * (2 - which))) & (2 ** depth - 1);

/** Up to 256 colors by median cut, and which of them stands for each color that occurs. */
function paletteOf(pixels: Uint32Array): { readonly palette: Uint8Array; readonly indexOf: Uint8Array } {
  const counts = new Uint32Array(2 ** (3 * depth));
  for (const color of pixels) counts[color] = (counts[color] ?? 0) + 1;
  const found = Array.from(counts.keys()).filter((color) => (counts[color] ?? 0) > 0);
  const boxes = [boxOf(found, counts)];
  while (boxes.length < most) {
    const widest = boxes.reduce((best, box) => (box.size > best.size ? box : best));
    const { colors, total, along, size } = widest;
    if (size === 0) break;
    const sorted = [...colors].sort((a, b) => channel(a, along) - channel(b, along));
    let [sum, cut] = [0, 0];
    while (cut < sorted.length - 1 && sum < total / 2) sum += counts[sorted[cut++] ?? 0] ?? 0;
    const parts = [sorted.slice(0, Math.max(1, cut)), sorted.slice(Math.max(1, cut))];
    boxes.splice(boxes.indexOf(widest), 1, ...parts.map((part) => boxOf(part, counts)));
  }
  const palette = new Uint8Array(3 * most);
  const indexOf = new Uint8Array(counts.length);
  boxes.forEach(({ colors, total }, k) => {
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (const color of colors) sum += channel(color, c) * (counts[color] ?? 0);
      palette[3 * k + c] = Math.round(((sum / total) * 255) / (2 ** depth - 1));
    }
    for (const color of colors) indexOf[color] = k;
  });
  return { palette, indexOf };
}

/** Colors for which one may stand. */
interface Box {
  readonly colors: readonly number[];
  /** Pixels of them. */
  readonly total: number;
  /** The channel along which they differ most, and that width times the root of the pixels: 0 where there is nothing to cut. */
  readonly along: number;
  readonly size: number;
}

function boxOf(colors: readonly number[], counts: Uint32Array): Box {
  let total = 0;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const color of colors) {
    total += counts[color] ?? 0;
    for (let c = 0; c < 3; c++) {
      const value = channel(color, c);
      low[c] = Math.min(low[c] ?? value, value);
      high[c] = Math.max(high[c] ?? value, value);
    }
  }
  const widths = high.map((value, c) => value - (low[c] ?? 0));
  const widest = Math.max(...widths);
  return { colors, total, along: widths.indexOf(widest), size: colors.length < 2 ? 0 : Math.sqrt(total) * widest };
}

/** Lempel, Ziv and Welch's codes of GIF, of growing length, for indices of so many bits. */
function compress(indices: Uint8Array, bits: number): Uint8Array {
  const [clear, end, longest] = [1 << bits, (1 << bits) + 1, 4096];
  const out: number[] = [];
  let [buffer, waiting, size] = [0, 0, bits + 1];
  const emit = (code: number): void => {
    buffer |= code << waiting;
    waiting += size;
    while (waiting >= 8) {
      out.push(buffer & 255);
      buffer >>>= 8;
      waiting -= 8;
    }
  };
  // The code of a prefix and an index, after the number of the table to which it belongs: a new table costs nothing.
  const table = new Uint32Array(longest << 8);
  let tables = 1;
  let next = end + 1;
  emit(clear);
  let prefix = indices[0] ?? 0;
  for (let i = 1; i < indices.length; i++) {
    const index = indices[i] ?? 0;
    const pair = (prefix << 8) | index;
    const known = table[pair] ?? 0;
    if (known >>> 12 === tables) {
      prefix = known & 4095;
      continue;
    }
    emit(prefix);
    if (next < longest) {
      if (next === 1 << size) size++;
      table[pair] = (tables << 12) | next++;
    } else {
      emit(clear);
      tables++;
      [next, size] = [end + 1, bits + 1];
    }
    prefix = index;
  }
  emit(prefix);
  if (next === 1 << size && size < 12) size++;
  emit(end);
  if (waiting > 0) out.push(buffer & 255);
  return Uint8Array.from(out);
}
