import { expect, it } from 'vitest';
import { openDataSet } from '../../../src/run/data-sets.ts';
import { failure, put, temporaryFolder } from '../fixtures.ts';
import { pngFile } from '../png-file.ts';

const picture = pngFile({ width: 2, height: 2, depth: 8, colorType: 0, data: [1, 2, 3, 4] });
const text = (content: string): Uint8Array => new TextEncoder().encode(content);

async function folderOf(files: Record<string, Uint8Array>): Promise<string> {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) await put(folder, name, bytes);
  return folder;
}

it('texts are the words of the names of files, without the numbers that count them', async () => {
  const folder = await folderOf({ 'black_Cat-03.png': picture, '0001.png': picture, 'x2 engine.png': picture });
  expect((await openDataSet(folder)).texts).toEqual([[], ['black Cat'], ['x2 engine']]);
  const classes = await folderOf({ 'dogs/a-1.png': picture, 'cats/7.png': picture });
  const set = await openDataSet(classes);
  expect(set.texts).toEqual([['cats'], ['dogs a']]);
  expect(set.classNames).toEqual(['cats', 'dogs']);
  expect((await openDataSet(await folderOf({ '1.png': picture }))).texts).toBeUndefined();
});

it('a text beside a picture has its texts, one a line, and is no file that is left out', async () => {
  const folder = await folderOf({
    'a.png': picture,
    'a.txt': text('a red square\r\n\n red thing \n'),
    'b.png': picture,
    'notes.txt': text('of nothing'),
  });
  const set = await openDataSet(folder);
  expect(set.texts).toEqual([['a red square', 'red thing'], ['b']]);
  expect(set.notes).toEqual([expect.stringMatching(/^1 file left out .*\.txt$/)]);
});

it('captions.json names pictures by their paths, and wins over other texts', async () => {
  const captions = { 'cats/1.png': 'a cat', 'dogs/1.png': ['a dog', '', 'an animal'], 'missing.png': 'nothing' };
  const folder = await folderOf({
    'cats/1.png': picture,
    'cats/1.txt': text('passed over'),
    'cats/2.png': picture,
    'dogs/1.png': picture,
    'captions.json': text(JSON.stringify(captions)),
  });
  const set = await openDataSet(folder);
  expect(set.texts).toEqual([['a cat'], ['cats'], ['a dog', 'an animal']]);
  expect(set.notes).toBeUndefined();
  expect((await openDataSet(folder, { limit: 1 })).texts).toEqual([['a cat']]);
});

it.each([
  ['{"a.png": 3}', /captions\.json: expected a text or a list of texts for a\.png, found 3/],
  ['["a"]', /captions\.json: expected an object from the name of a picture to its text/],
  ['{"a.png": ', /captions\.json: expected JSON/],
])('captions of another form are refused: %s', async (content, message) => {
  const folder = await folderOf({ 'a.png': picture, 'captions.json': text(content) });
  expect((await failure(openDataSet(folder))).message).toMatch(message);
});
