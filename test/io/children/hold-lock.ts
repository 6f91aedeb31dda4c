/** @file Takes the lock of a folder when the file `go` appears in it, tells whether it got it, and keeps it until killed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder } from '../../../src/run/folder/lock.ts';

const folder = process.argv[2]!;
console.log(`ready ${process.pid}`);
while (!existsSync(join(folder, 'go'))) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
try {
  lockFolder(folder);
  console.log('answer held');
} catch (error) {
  console.log(`answer ${(error as Error).message}`);
}
setInterval(() => undefined, 1000);
