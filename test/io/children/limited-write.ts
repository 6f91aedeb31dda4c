/** @file Tries to write more than the limit on file sizes allows, and prints what it gets. */
import { join } from 'node:path';
import { openAppender } from '../../../src/run/folder/append.ts';
import { writeAtomic } from '../../../src/io/atomic.ts';

const folder = process.argv[2]!;

function complaintOf(action: () => void): string {
  try {
    action();
    return 'no complaint';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

const log = openAppender(join(folder, 'log.txt'));
console.log(`atomic ${complaintOf(() => writeAtomic(join(folder, 'kept.txt'), new Uint8Array(1_000_000)))}`);
let complaint = 'no complaint';
for (let i = 0; i < 10_000 && complaint === 'no complaint'; i++)
  complaint = complaintOf(() => log.append(`entry ${String(i).padStart(30, '0')}\n`));
console.log(`append ${complaint}`);
