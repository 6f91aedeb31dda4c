/** @file The rows of a PNG file: their filters, and the seven passes of an interlaced picture. */

/** A part of the pixels: `width` of each of `height` rows, pixel (x, y) of it at (left + x right, top + y down). */
export interface InterlacePass {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly down: number;
}

/** Adam7: left, top, right, down. */
const steps = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes of an interlaced picture that have pixels. */
export function adam7(width: number, height: number): readonly InterlacePass[] {
  return steps
    .map(([left, top, right, down]) => ({
      ...{ left, top, right, down },
      width: Math.ceil((width - left) / right),
      height: Math.ceil((height - top) / down),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/**
 * Undoes the filters of rows in place; each row has its filter before it.
 * @param stride - bytes of a row without its filter
 * @param pixel - bytes from a sample to the one left of it
 * @returns the first filter that is none, if there is one
 */
export function unfilterInto(rows: Uint8Array, stride: number, pixel: number): number | undefined {
  for (let start = 0; start < rows.length; start += 1 + stride) {
    const filter = rows[start]!;
    const begin = start + 1;
    const end = begin + stride;
    const above = start === 0 ? -1 : stride + 1;
    if (filter > 4) return filter;
    if (filter === 1) for (let i = begin + pixel; i < end; i++) rows[i]! += rows[i - pixel]!;
    else if (filter === 2 && above > 0) for (let i = begin; i < end; i++) rows[i]! += rows[i - above]!;
    else if (filter === 3 || filter === 4) mixedInto(rows, { begin, end, above, pixel, paeth: filter === 4 });
  }
  return undefined;
}

interface Row {
  readonly begin: number;
  readonly end: number;
  /** Bytes from a sample to the one above it; negative in the first row. */
  readonly above: number;
  readonly pixel: number;
  readonly paeth: boolean;
}

/** The filters that read the row above and the pixel to the left. */
function mixedInto(rows: Uint8Array, { begin, end, above, pixel, paeth }: Row): void {
  for (let i = begin; i < end; i++) {
    const inside = i >= begin + pixel;
    const a = inside ? rows[i - pixel]! : 0;
    const b = above > 0 ? rows[i - above]! : 0;
    if (!paeth) {
      rows[i]! += (a + b) >> 1;
      continue;
    }
    const c = inside && above > 0 ? rows[i - above - pixel]! : 0;
    const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
    rows[i]! += pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
  }
}
