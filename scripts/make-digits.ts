/**
 * @file Makes assets/digits.br of the digits of E. Alpaydin and C. Kaynak (UCI Machine Learning Repository, CC BY 4.0):
 *
 *   npx tsx scripts/make-digits.ts <digits.csv.gz>
 *
 * The file is that of the Debian package python3-sklearn, in sklearn/datasets/data: a row for each digit, 64 numbers of 0 to 16 and the class. What is
 * written has all classes first, then the pictures.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gunzipSync } from 'node:zlib';

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('usage: make-digits.ts <digits.csv.gz>');
const lines = gunzipSync(readFileSync(source)).toString('utf8').trim().split(/\s+/);
const rows = lines.map((line) => line.split(',').map(Number));
const classes = rows.map((row) => row[64] ?? NaN);
const levels = rows.flatMap((row) => row.slice(0, 64));
const wrong = [...classes.map((own) => own / 9), ...levels.map((own) => own / 16)].some(
  (own) => !(own >= 0 && own <= 1),
);
if (wrong || levels.length !== 64 * classes.length) throw new Error(`${source} has no rows of 64 levels and a class`);
const file = join(import.meta.dirname, '../assets/digits.br');
const packed = brotliCompressSync(Uint8Array.from([...classes, ...levels]));
writeFileSync(file, packed);
console.log(`${classes.length} digits, ${packed.length} bytes`);
