/** @file Competes with others for the names of a store, and adds to a number that all of them change, when the file `go` appears in its folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { folderStore } from '../../../src/node/store/folder-store.ts';
import { textOf } from '../../../src/node/store/store.ts';

const [, , folder = '', id = '', times = '0'] = process.argv;
const store = folderStore(join(folder, 'store'));
console.log(`ready ${process.pid}`);
while (!existsSync(join(folder, 'go'))) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
const won: number[] = [];
for (let name = 0; name < Number(times); name++) if (await store.create(`names/${name}`, id)) won.push(name);
for (let added = 0; added < Number(times);) {
  const before = await store.read('number');
  if (before !== undefined && (await store.replace('number', before, String(Number(textOf(before)) + 1)))) added++;
}
console.log(`answer ${won.join(',')}`);
