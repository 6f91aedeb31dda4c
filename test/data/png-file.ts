/** @file PNG files of every type, with filters and passes chosen at random, for readers to agree on. */
import { crc32, deflateSync } from 'node:zlib';
import { adam7 } from '../../src/data/pictures/png-rows.ts';

/** What a file holds; `data` are samples `[height, width, bands]` of `depth` bits. */
export interface PngContent {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colorType: number;
  readonly data: ArrayLike<number>;
  readonly interlaced?: boolean;
  /** Of each row, in turn. */
  readonly filters?: readonly number[];
  readonly palette?: Uint8Array;
  readonly transparency?: Uint8Array;
  /** Other parts before the pixels. */
  readonly parts?: readonly (readonly [name: string, content: Uint8Array])[];
  /** In how many parts the pixels come. */
  readonly cut?: number;
}

/** A part of a file with its checksum. */
export function pngPart(name: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const part = Buffer.alloc(body.length + 8);
  part.writeUInt32BE(content.length, 0);
  body.copy(part, 4);
  part.writeUInt32BE(crc32(body), part.length - 4);
  return part;
}

export const bandsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** The bytes of a file. */
export function pngFile(content: PngContent): Buffer {
  const { width, height, depth, colorType, interlaced = false, palette, transparency, cut = 1 } = content;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colorType, 0, 0, Number(interlaced)], 8);
  const packed = deflateSync(rowsOf(content));
  const step = Math.max(1, Math.ceil(packed.length / cut));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngPart('IHDR', header),
    ...(content.parts ?? []).map(([name, bytes]) => pngPart(name, bytes)),
    ...(palette === undefined ? [] : [pngPart('PLTE', palette)]),
    ...(transparency === undefined ? [] : [pngPart('tRNS', transparency)]),
    ...Array.from({ length: Math.ceil(packed.length / step) }, (_, i) =>
      pngPart('IDAT', packed.subarray(i * step, (i + 1) * step)),
    ),
    pngPart('IEND', new Uint8Array()),
  ]);
}

function rowsOf({ width, height, depth, colorType, data, interlaced = false, filters = [0] }: PngContent): Buffer {
  const bands = bandsOf[colorType] ?? 1;
  const passes = interlaced ? adam7(width, height) : [{ width, height, left: 0, top: 0, right: 1, down: 1 }];
  const rows: Buffer[] = [];
  let count = 0;
  for (const pass of passes) {
    const stride = Math.ceil((pass.width * bands * depth) / 8);
    const pixel = Math.max(1, (bands * depth) >> 3);
    let above = new Uint8Array(stride);
    for (let y = 0; y < pass.height; y++) {
      const row = new Uint8Array(stride);
      for (let i = 0; i < pass.width * bands; i++) {
        const x = pass.left + Math.floor(i / bands) * pass.right;
        const value = data[((pass.top + y * pass.down) * width + x) * bands + (i % bands)]!;
        if (depth === 16) row.set([value >> 8, value & 255], 2 * i);
        else row[(i * depth) >> 3]! |= value << (8 - depth - ((i * depth) & 7));
      }
      const filter = filters[count++ % filters.length]!;
      const filtered = row.map((value, i) => {
        const a = i >= pixel ? row[i - pixel]! : 0;
        const b = above[i]!;
        const c = i >= pixel ? above[i - pixel]! : 0;
        const p = a + b - c;
        const nearest = [a, b, c].reduce((best, v) => (Math.abs(p - v) < Math.abs(p - best) ? v : best));
        return value - [0, a, b, (a + b) >> 1, nearest][filter]!;
      });
      rows.push(Buffer.from([filter]), Buffer.from(filtered));
      above = row;
    }
  }
  return Buffer.concat(rows);
}
