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
      const codes = compress(
        Uint8Array.from(pixels, (color) => indexOf[color] ?? 0),
        8,
      );
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
  return Uint32Array.from({ length: count }, (_, i) => {
    const [red, green, blue] = [rgba[4 * i] ?? 0, rgba[4 * i + 1] ?? 0, rgba[4 * i + 2] ?? 0];
    return ((red >> shift) << (2 * depth)) | ((green >> shift) << depth) | (blue >> shift);
  });
}

const channel = (color: number, which: number): number => (color >> (depth * (2 - which))) & (2 ** depth - 1);

/** Up to 256 colors by median cut, and which of them stands for each color that occurs. */
function paletteOf(pixels: Uint32Array): { readonly palette: Uint8Array; readonly indexOf: Uint8Array } {
  const counts = new Uint32Array(2 ** (3 * depth));
  for (const color of pixels) counts[color] = (counts[color] ?? 0) + 1;
  const found = Array.from(counts.keys()).filter((color) => (counts[color] ?? 0) > 0);
  const boxes: (readonly number[])[] = [found];
  while (boxes.length < most) {
    const [at, which] = widest(boxes, counts);
    const box = boxes[at];
    if (box === undefined || box.length < 2) break;
    const sorted = [...box].sort((a, b) => channel(a, which) - channel(b, which));
    const half = sorted.reduce((sum, color) => sum + (counts[color] ?? 0), 0) / 2;
    let [sum, cut] = [0, 0];
    while (cut < sorted.length - 1 && sum < half) sum += counts[sorted[cut++] ?? 0] ?? 0;
    boxes.splice(at, 1, sorted.slice(0, Math.max(1, cut)), sorted.slice(Math.max(1, cut)));
  }
  const palette = new Uint8Array(3 * most);
  const indexOf = new Uint8Array(counts.length);
  boxes.forEach((box, k) => {
    const total = box.reduce((sum, color) => sum + (counts[color] ?? 0), 0);
    for (let c = 0; c < 3; c++) {
      const mean = box.reduce((sum, color) => sum + channel(color, c) * (counts[color] ?? 0), 0) / total;
      palette[3 * k + c] = Math.round((mean * 255) / (2 ** depth - 1));
    }
    for (const color of box) indexOf[color] = k;
  });
  return { palette, indexOf };
}

/** The box to cut next, by its width times the root of its pixels, and the color along which it is widest. */
function widest(boxes: readonly (readonly number[])[], counts: Uint32Array): readonly [at: number, which: number] {
  let best: readonly [number, number] = [-1, 0];
  let largest = 0;
  boxes.forEach((box, at) => {
    if (box.length < 2) return;
    const weight = Math.sqrt(box.reduce((sum, color) => sum + (counts[color] ?? 0), 0));
    for (let which = 0; which < 3; which++) {
      const values = box.map((color) => channel(color, which));
      const size = weight * (Math.max(...values) - Math.min(...values));
      if (size > largest) [best, largest] = [[at, which], size];
    }
  });
  return best;
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
  let table = new Map<number, number>();
  let next = end + 1;
  emit(clear);
  let prefix = indices[0] ?? 0;
  for (let i = 1; i < indices.length; i++) {
    const index = indices[i] ?? 0;
    const pair = (prefix << 8) | index;
    const known = table.get(pair);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    emit(prefix);
    if (next < longest) {
      if (next === 1 << size) size++;
      table.set(pair, next++);
    } else {
      emit(clear);
      table = new Map();
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
