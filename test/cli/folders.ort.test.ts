/** @file Folders of pictures on the command line: what is reported of them, and how much of them is read. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { pngFile } from '../data/png-file.ts';
import { oneAfterAnother, smallImages } from './scorefield.ts';

const folder = mkdtempSync(join(tmpdir(), 'scorefield-folders-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), bytes);
}

function picture(channels: 1 | 3, seed = 0): Buffer {
  const data = Uint8Array.from({ length: 64 * channels }, (_, i) => (i * 37 + seed * 11) & 255);
  return pngFile({ width: 8, height: 8, depth: 8, colorType: channels === 1 ? 0 : 2, data });
}

it('reports what is left out and what to type, and reads what it draws', async () => {
  for (let i = 0; i < 4; i++) {
    put(`mixed/${i}.png`, picture(i === 2 ? 1 : 3, i));
    put(`gray #1/${i}.png`, picture(1, i));
    put(`color/${i}.png`, picture(3, i));
  }
  put('color/notes.txt', '');
  // `data` draws 100 pictures; the one behind them is damaged.
  for (let i = 0; i < 101; i++) put(`many/${String(i).padStart(3, '0')}.png`, i < 100 ? picture(1, i) : 'damaged');
  for (let i = 0; i < 257; i++) put(`classes/c${i}/1.png`, picture(1, i));
  const [, , group, faces, ...small] = smallImages;
  expect([group, faces]).toEqual(['--group', 'faces']);
  const train = ['train', 'color', '--net', 'ddpmpp', ...small, '--steps', '1', '--out', 'run'];
  const calls = [
    ['info', 'mixed'],
    ['info', 'mixed', '--channels', '3', '--json'],
    ['info', 'mixed', '--channels', '2'],
    ['data', 'many', '--out', 'many.png'],
    ['data', 'many', '-n', '101', '--out', 'many.png'],
    ['data', 'gray #1', '--levels', '--channels', '3'],
    ['train', 'classes', '--conditional', '--steps', '1', '--out', 'no-run'],
    train,
    // A run of color reads gray pictures in color.
    ['likelihood', 'run', '--data', 'gray #1', '-n', '1', '--method', 'bound', '--json'],
  ];
  const [mixed, color, two, some, all, levels, many, trained, other] = await oneAfterAnother(calls, { cwd: folder });
  expect(mixed).toMatchObject({ code: 2, out: '' });
  expect(mixed?.err).toMatch(/2\.png: expected color as .*0\.png, found gray; give --channels 3 .*, or --channels 1/);
  expect(JSON.parse(color?.out ?? '')).toMatchObject({ count: 4, shape: [3, 8, 8] });
  expect(two?.err).toMatch(/--channels <C>.* expected 1 or 3/);
  expect(some?.out).toBe('100 samples of many: many.png\n');
  expect(all).toMatchObject({ code: 2 });
  expect(all?.err).toMatch(/100\.png: .*does not decode/);
  expect(levels?.out).toContain("train with: scorefield train 'gray #1' --channels 3 --sde smld");
  expect(many?.err).toMatch(
    /--conditional: expected data with classes, found none in classes; 257 folders .* than 256/,
  );
  expect(trained?.err).toMatch(/^note: .*color: 1 file left out that are no PNG, .*: \.txt$/m);
  expect(trained?.out).toMatch(/draw samples with: scorefield sample run$/m);
  expect({ code: other?.code, data: (JSON.parse(other?.out ?? '{}') as { data?: string }).data }, other?.err).toEqual({
    ...{ code: 0, data: 'gray #1' },
  });
});
