import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { FileError } from '../../src/base/errors.ts';
import { parseIdx } from '../../src/data/arrays/idx.ts';
import { formatNpy, parseNpy } from '../../src/data/arrays/npy.ts';
import { formatNpz, parseNpz } from '../../src/data/arrays/npz.ts';
import { idxFile } from './fixtures.ts';

const array = { shape: [3, 2, 2], data: Uint8Array.from({ length: 12 }, (_, i) => 20 * i) };
const floats = { shape: [3, 2], data: Float64Array.from([1, 2, 3, 4, 5, 6]) };
const idx = idxFile(array.shape, array.data);

/** Each reader with sound files to spoil; a reader returns the sizes of what it read. */
const readers: Record<string, { sound: Uint8Array[]; read: (bytes: Uint8Array) => Promise<number> | number }> = {
  idx: { sound: [idx, gzipSync(idx)], read: async (bytes) => (await parseIdx(bytes, 3, 'x')).data.length },
  npy: { sound: [formatNpy(array), formatNpy(floats)], read: (bytes) => parseNpy(bytes, 'x').data.byteLength },
  npz: {
    sound: [formatNpz({ array, floats })],
    read: (bytes) => [...parseNpz(bytes, 'x').values()].reduce((sum, { data }) => sum + data.byteLength, 0),
  },
};

/** A file cut off, lengthened, or with some bytes (mostly of its header) changed. */
function spoiled(sound: Uint8Array): fc.Arbitrary<Uint8Array> {
  const early = fc.nat({ max: Math.min(140, sound.length - 1) });
  const anywhere = fc.nat({ max: sound.length - 1 });
  const change = fc.tuple(fc.oneof(early, anywhere), fc.nat({ max: 255 }));
  const changed = fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) => {
    const bytes = Uint8Array.from(sound);
    for (const [at, value] of changes) bytes[at] = value;
    return bytes;
  });
  const cut = anywhere.map((length) => sound.slice(0, length));
  const longer = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((tail) => Uint8Array.from([...sound, ...tail]));
  return fc.oneof({ weight: 6, arbitrary: changed }, cut, longer, fc.uint8Array({ maxLength: 64 }));
}

for (const [name, { sound, read }] of Object.entries(readers)) {
  test(`${name}: spoiled files are read or refused with a FileError, and never take much memory`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(...sound.map(spoiled)), async (bytes) => {
        const before = process.memoryUsage().arrayBuffers;
        try {
          // Deflate makes data at most 1032 times smaller.
          expect(await read(bytes)).toBeLessThanOrEqual(1032 * bytes.length);
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          expect(error.message).toMatch(/^x( \(".*"\))?: expected .*found /s);
        }
        // Inflating buffers by the megabyte is all that such small files may cost.
        expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 25);
      }),
      { numRuns: 400 },
    );
  });
}
