import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../../src/data/fingerprint.ts';
import { readImageFolder } from '../../../src/data/pictures/image-folder.ts';
import { pictureCache, type Decoded } from '../../../src/data/pictures/picture-cache.ts';
import { failure, put, temporaryFolder } from '../fixtures.ts';
import { pngFile } from '../png-file.ts';

const size = 4;
/** Enough pictures to be kept. */
const count = 600;

function picture(seed: number, channels: 1 | 3 = 1): Buffer {
  const data = Uint8Array.from({ length: channels * size * size }, (_, i) => (seed * 31 + i * 7) & 255);
  return pngFile({ width: size, height: size, depth: 8, colorType: channels === 1 ? 0 : 2, data });
}

const past = new Date(Date.now() - 60_000);
function write(folder: string, i: number, bytes: Uint8Array, time = past): void {
  const file = join(folder, `${String(i).padStart(4, '0')}.png`);
  writeFileSync(file, bytes);
  utimesSync(file, time, time);
}

function pictures(): { folder: string; cache: string; kept: () => string[] } {
  const folder = temporaryFolder();
  const cache = temporaryFolder();
  for (let i = 0; i < count; i++) write(folder, i, picture(i));
  const kept = (): string[] => {
    try {
      return readdirSync(join(cache, 'pictures'));
    } catch {
      return [];
    }
  };
  return { folder, cache, kept };
}

/** How many pictures were decoded. */
async function decodes(folder: string, options: Parameters<typeof readImageFolder>[1]): Promise<number> {
  let decoded = 0;
  await readImageFolder(folder, { ...options, onProgress: ({ done }) => (decoded = done) });
  return decoded;
}

describe('decoded pictures', () => {
  it('are found again, by one thread or several, until a file, its time, or how it is read changes', async () => {
    const { folder, cache, kept } = pictures();
    const first = await readImageFolder(folder, { cache });
    expect(first).toMatchObject({ count, channels: 1, height: size, width: size });
    expect(kept()).toEqual([expect.stringMatching(/^[0-9a-f]{40}\.pictures$/)]);
    expect(await decodes(folder, { cache })).toBe(0);
    expect(fingerprint(await readImageFolder(folder, { cache }))).toBe(fingerprint(first));
    const apart = await readImageFolder(folder, { cache: temporaryFolder(), threads: 2 });
    expect(fingerprint(apart)).toBe(fingerprint(first));

    expect(await decodes(folder, { cache, size: 2 })).toBe(count);
    expect(await decodes(folder, { cache, channels: 3 })).toBe(count);
    expect(await decodes(folder, { cache, limit: count - 1 })).toBe(count - 1);
    const other = picture(5);
    write(folder, 3, other, new Date(past.getTime() - 5000));
    const changed = await readImageFolder(folder, { cache });
    expect(fingerprint(changed)).not.toBe(fingerprint(first));
    expect([...changed.pixels.subarray(3 * 16, 4 * 16)]).toEqual([...changed.pixels.subarray(5 * 16, 6 * 16)]);
    // The same size and time: what tells the change is when the entry of the file changed.
    write(folder, 3, picture(3), new Date(past.getTime() - 5000));
    expect(fingerprint(await readImageFolder(folder, { cache }))).toBe(fingerprint(first));
  });

  it('are not kept of files that have just been written, nor of a few', async () => {
    const { folder, cache, kept } = pictures();
    write(folder, 0, picture(9), new Date());
    await readImageFolder(folder, { cache });
    expect(kept()).toEqual([]);
    await readImageFolder(folder, { cache, limit: 100 });
    expect(kept()).toEqual([]);
  });

  it('are decoded anew where what was kept is damaged or cannot be kept', async () => {
    const { folder, cache, kept } = pictures();
    const whole = fingerprint(await readImageFolder(folder, { cache }));
    const entry = join(cache, 'pictures', kept()[0]!);
    const bytes = readFileSync(entry);
    const turned = Buffer.from(bytes);
    turned[bytes.length - 7]! ^= 1;
    for (const spoiled of [turned, bytes.subarray(0, bytes.length - 1), bytes.subarray(0, 10), Buffer.alloc(0)]) {
      writeFileSync(entry, spoiled);
      expect(fingerprint(await readImageFolder(folder, { cache }))).toBe(whole);
      expect(readFileSync(entry)).toEqual(bytes);
    }
    const taken = join(temporaryFolder(), 'file');
    writeFileSync(taken, 'not a folder');
    expect(fingerprint(await readImageFolder(folder, { cache: taken }))).toBe(whole);
  });

  it('take no more room than they may; other files are left alone', () => {
    const cache = temporaryFolder();
    const folder = join(cache, 'pictures');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'mine.pictures'), 'x'.repeat(5000));
    const abandoned = join(folder, '00000000-0000-4000-8000-000000000000.unfinished-pictures');
    writeFileSync(abandoned, 'x');
    const old = new Date(Date.now() - 7_200_000);
    utimesSync(abandoned, old, old);
    const kept = pictureCache({ cache }, 5000);
    const entry = (n: number): Decoded => ({ shape: [1, 1, 1, n], pixels: new Uint8Array(n).fill(n & 255) });
    const keys = ['a', 'b', 'c'].map((letter) => letter.repeat(40));
    for (const [i, key] of keys.entries()) {
      kept.put(key, entry(2000), 0);
      const time = new Date(Date.now() - 10_000 + 1000 * i);
      utimesSync(join(folder, `${key}.pictures`), time, time);
      // Used just now, the first is newer than the second.
      if (i === 1) expect(kept.get(keys[0]!)?.pixels).toHaveLength(2000);
    }
    expect(keys.map((key) => kept.get(key) !== undefined)).toEqual([true, false, true]);
    kept.put('d'.repeat(40), entry(3000), 0);
    expect(kept.get('d'.repeat(40))).toBeUndefined();
    expect(readdirSync(folder).sort()).toEqual([
      ...[keys[0], keys[2]].map((key) => `${key}.pictures`),
      'mine.pictures',
    ]);
  });
});

describe('threads', () => {
  it('report the first file that cannot be used, and nothing is kept', async () => {
    const { folder, cache, kept } = pictures();
    for (const i of [590, 310, 305]) write(folder, i, picture(i, 3));
    await put(folder, '0520.png', 'no picture');
    for (const threads of [1, 2]) {
      const { message, name } = await failure(readImageFolder(folder, { cache, threads }));
      expect(name).toBe('FileError');
      expect(message).toMatch(/0305\.png: expected gray as .*0000\.png, found color; give --channels 3/);
    }
    expect(kept()).toEqual([]);
  });

  it('end on request', async () => {
    const { folder, cache } = pictures();
    for (const threads of [1, 2]) {
      const stop = new AbortController();
      const onProgress = (): void => stop.abort();
      const reading = readImageFolder(folder, { cache, threads, onProgress, signal: stop.signal });
      await expect(reading).rejects.toThrow(/abort/);
    }
  });
});
