/**
 * @file Writes the sayings of Debian's package fortunes as one text of printable ASCII, in a random order, so that its end is like its begin.
 * Run with `npx tsx scripts/make-fortunes.ts FILE [FOLDER]`; the folder is /usr/share/games/fortunes by default.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { key } from '../src/base/key.ts';
import { permutation } from '../src/base/random.ts';

const [file, folder = '/usr/share/games/fortunes'] = process.argv.slice(2);
if (file === undefined) throw new Error('expected the name of a file');
const names = readdirSync(folder).filter((name) => !name.includes('.') && name !== 'ascii-art');
const sayings = names.sort().flatMap((name) =>
  readFileSync(join(folder, name), 'latin1')
    .split(/^%\n/m)
    .map((saying) => saying.replaceAll('\t', ' ').replace(/ {2,}/g, ' ').trim())
    .filter((saying) => /^[\n -~]+$/.test(saying)),
);
const text = Array.from(permutation(key(0), sayings.length), (i) => sayings[i]).join('\n\n');
writeFileSync(file, text);
console.log(`${sayings.length} sayings, ${text.length} characters`);
