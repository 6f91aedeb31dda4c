import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listImages } from '../../../src/data/pictures/list-images.ts';
import { failure, put, temporaryFolder } from '../fixtures.ts';
import { onUnix, unix } from '../../platform.ts';

async function folderOf(...names: readonly string[]): Promise<string> {
  const folder = temporaryFolder();
  for (const name of names) await put(folder, name, name.endsWith('/') ? '' : 'x');
  return folder;
}

test.skipIf(!unix)(`links to folders are folders, and links to files are files${onUnix}`, async () => {
  const folder = await folderOf('real/1.png', 'elsewhere.txt');
  const other = await folderOf('1.png', '2.png');
  symlinkSync(other, join(folder, 'linked'));
  symlinkSync(join(other, '1.png'), join(folder, 'real', '2.png'));
  symlinkSync(join(folder, 'nothing'), join(folder, 'broken'));
  const { files, labels, classNames, notes } = await listImages(folder);
  expect(classNames).toEqual(['linked', 'real']);
  expect([...labels!]).toEqual([0, 0, 1, 1]);
  expect(files.map((file) => file.slice(folder.length + 1))).toEqual([
    ...['linked/1.png', 'linked/2.png', 'real/1.png', 'real/2.png'],
  ]);
  expect(notes).toEqual([expect.stringMatching(/^2 files left out .*: without an ending, \.txt$/)]);
});

test('folders without pictures are no classes, and are reported', async () => {
  const folder = await folderOf(
    ...['__MACOSX/._1.png', 'a/1.png', 'b/1.png', 'b/notes.txt', 'b/deep/1.png', 'c/readme.md', '.hidden/1.png'],
  );
  const { labels, classNames, notes } = await listImages(folder);
  expect(classNames).toEqual(['a', 'b']);
  expect([...labels!]).toEqual([0, 1]);
  expect(notes).toEqual([
    expect.stringMatching(/^2 files left out that are no PNG, .* by their name: \.txt, \.md$/),
    '2 folders without pictures left out: __MACOSX, c',
    '1 folder inside of folders left out: classes are the folders at the top',
  ]);
});

test('pictures of every kind that is read are taken, others are reported', async () => {
  const kinds = ['PNG', 'jpg', 'jpeg', 'jpe', 'jfif', 'webp', 'gif', 'tif', 'tiff', 'avif'];
  const folder = await folderOf(...kinds.map((kind, i) => `${i}.${kind}`), 'x.bmp', 'y.bmp', 'z.HEIC', 'Thumbs.db');
  const { files, notes } = await listImages(folder);
  expect(files).toHaveLength(kinds.length);
  expect(notes).toEqual([expect.stringMatching(/^3 files left out .*: \.bmp \(2\), \.heic$/)]);
});

test('pictures beside folders of pictures are refused, with what to do', async () => {
  const folder = await folderOf('0.png', 'dog/1.png');
  expect((await failure(listImages(folder))).message).toMatch(
    /expected either pictures or one folder of pictures for each class, found both: .*0\.png lies beside the folder dog; move/,
  );
  expect((await listImages(await folderOf('0.png', 'notes/1.txt'))).labels).toBeUndefined();
});

test('a limit leaves the classes that it reaches', async () => {
  const folder = await folderOf('a/1.png', 'a/2.png', 'b/1.png', 'c/1.png');
  expect(await listImages(folder, 3)).toMatchObject({ classNames: ['a', 'b'], labels: Uint8Array.of(0, 0, 1) });
});

test('more folders than the most classes are reported', async () => {
  const names = Array.from({ length: 257 }, (_, i) => `c${i}/1.png`);
  const { labels, notes } = await listImages(await folderOf(...names));
  expect(labels).toBeUndefined();
  expect(notes).toEqual([expect.stringMatching(/^257 folders with pictures are more classes than 256/)]);
  expect((await listImages(await folderOf(...names.slice(1)))).classNames).toHaveLength(256);
});
