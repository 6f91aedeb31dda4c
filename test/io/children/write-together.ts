/** @file Writes one set of files after another into a folder, until killed. */
import { writeTogether } from '../../../src/io/atomic.ts';

const folder = process.argv[2]!;
for (let generation = Date.now() % 1e8; ; generation++) {
  const content = String(generation).padStart(8, '0').repeat(40_000);
  const names = ['00.bin', '01.bin', '02.bin', '03.bin', 'manifest.json'];
  writeTogether(
    folder,
    names.map((name) => [name, content] as const),
  );
  console.log('written');
}
